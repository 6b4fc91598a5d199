"""From a conversation to a streamed answer."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phi_sidecar.chat.trimming import without_oldest_turn
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import PhiSidecarError, PromptTooLong
from phi_sidecar.generated import protocol as p

CANCEL_GRACE_S = 10.0
"""How long a stopped answer may take to report itself: a prefill that cannot be interrupted."""


@dataclass(frozen=True)
class Answer:
    """A chat's end.

    Attributes:
        dropped_messages: how many of the oldest were left out to fit the context window.
    """

    result: p.GenerateResult
    active: ActiveModel
    dropped_messages: int

    @property
    def chat_result(self) -> p.ChatResult:
        """What clients are told of it."""
        return p.ChatResult(
            text=self.result.text,
            finish_reason=self.result.finish_reason,
            metrics=self.result.metrics,
            accelerator=self.active.selection.accelerator,
            model=self.active.info,
            dropped_messages=self.dropped_messages,
        )


async def answer(
    engine: Engine,
    messages: Sequence[p.ChatMessage],
    sampling: p.Sampling,
    on_text: Callable[[str], None],
) -> Answer:
    """Answer a conversation, handing out the text as it comes.

    A cancel stops the decode; what came is the answer then.

    Raises:
        NotReady: no model answers.
        PromptTooLong: even the last question alone does not fit.
        WorkerDied: in the middle; what was handed out stays with the caller.
    """
    kept = list(messages)
    while True:
        active = engine.active
        try:
            result = await _generate(engine, kept, sampling, on_text)
        except PromptTooLong:
            shorter = without_oldest_turn(kept)
            if shorter is None:
                raise
            kept = shorter
            continue
        engine.note_speed(result.metrics)
        return Answer(result, active, dropped_messages=len(messages) - len(kept))


async def _generate(
    engine: Engine,
    messages: list[p.ChatMessage],
    sampling: p.Sampling,
    on_text: Callable[[str], None],
) -> p.GenerateResult:
    params = p.GenerateParams(
        lane=p.Lane.chat,
        prompt=p.ChatPrompt(kind="chat", messages=messages),
        sampling=sampling,
    )
    device = engine.active.loaded.executing_device
    began_s = time.perf_counter()
    pieces: list[str] = []

    def take(text: str) -> None:
        pieces.append(text)
        on_text(text)

    async with engine.generating(params, take) as generation:
        try:
            return await generation.result()
        except asyncio.CancelledError:
            # The person pressed stop: what came is the result, so the cancel ends here.
            generation.cancel()
        # It may be in a prefill that cannot be interrupted, or its worker may be gone.
        with contextlib.suppress(TimeoutError, PhiSidecarError):
            async with asyncio.timeout(CANCEL_GRACE_S):
                return await generation.result()
        return _unreported("".join(pieces), (time.perf_counter() - began_s) * 1000, device)


def _unreported(text: str, total_ms: float, device: str) -> p.GenerateResult:
    """Make the result of a stopped answer that its worker did not report."""
    metrics = p.GenerationMetrics(
        ttft_ms=None,
        tpot_ms=None,
        total_ms=total_ms,
        prompt_tokens=0,
        cached_tokens=0,
        completion_tokens=0,
        executing_device=device,
    )
    return p.GenerateResult(text=text, finish_reason=p.FinishReason.cancelled, metrics=metrics)
