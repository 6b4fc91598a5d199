"""From a conversation to a streamed answer."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from phi_sidecar.backends.base import most_prompt_tokens
from phi_sidecar.chat.conversation import Reading, Withheld, model_message, with_system_prompt
from phi_sidecar.chat.cutting import Cut
from phi_sidecar.chat.trimming import MESSAGE_TOKENS, Turn, split_turns, turns_to_drop
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.attachments import AttachmentCutter
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.worker_client import OnChunk
from phi_sidecar.errors import (
    ExcludedFile,
    NotReady,
    PhiSidecarError,
    PromptTooLong,
    WorkerDied,
)
from phi_sidecar.generated import protocol as p

CANCEL_GRACE_S = 10.0
"""How long a stopped answer may take to report itself: a prefill that cannot be interrupted."""

MOST_SWITCHES = 3
"""How often another accelerator may take over before a question has begun to be answered."""

RuleAgainst = Callable[[str], str | None]
"""Says what keeps the document of a URI out of prompts, or None where nothing does."""


@dataclass(frozen=True)
class Question:
    """What is asked, and how it is to be answered.

    Attributes:
        messages: the conversation, the person's question last.
        system_prompt: for a conversation without one; None for the built-in one, empty for none.
        sampling: without a frequency penalty the model's own is taken.
    """

    messages: Sequence[p.ConversationMessage]
    sampling: p.Sampling
    rule_against: RuleAgainst
    system_prompt: str | None = None


@dataclass(frozen=True)
class Prompt:
    """A conversation as one model reads it.

    Attributes:
        dropped_messages: how many of the oldest were left out to fit the context window.
        fits: what is read of the last question's attachments.
    """

    active: ActiveModel
    messages: list[p.ChatMessage]
    dropped_messages: int = 0
    fits: Sequence[p.AttachmentFit] = ()


class Chat:
    """Answers conversations with the model that answers now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cutter = AttachmentCutter()

    async def fit(self, attachment: p.Attachment, rule_against: RuleAgainst) -> p.AttachmentFit:
        """Say how much of an attachment the model that answers would read.

        Raises:
            ExcludedFile: it is never read into a prompt.
        """
        _refuse_excluded([attachment], rule_against)
        try:
            active = self._engine.active
        except NotReady:
            active = None
        return await self._cutter.fit(active, attachment)

    async def answer(self, question: Question, on_chunk: OnChunk) -> p.ChatResult:
        """Answer a conversation, handing out the text as it comes.

        A cancel stops the decode; what came is the answer then.

        Raises:
            NotReady: no model answers.
            ExcludedFile: the question comes with a file that is never read into a prompt.
            PromptTooLong: even the last question alone does not fit.
            WorkerDied: in the middle; what was handed out stays with the caller.
        """
        began_s = time.perf_counter()
        _refuse_excluded(question.messages[-1].attachments, question.rule_against)
        prompt = Prompt(self._engine.active, [])
        try:
            prompt = await self._prepare(question)
        except asyncio.CancelledError:
            # The person pressed stop before anything was asked of the model.
            return _chat_result(prompt, _unreported(prompt.active, "", began_s))
        result = await self._generate(prompt, question.sampling, on_chunk)
        self._engine.note_speed(result.metrics, prompt.active)
        return _chat_result(prompt, result)

    async def _prepare(self, question: Question) -> Prompt:
        """Make the prompt for the model that answers when it is made."""
        for _ in range(MOST_SWITCHES):
            active = self._engine.active
            try:
                prompt = await self._prompt_for(active, question)
            except WorkerDied:
                if not self._is_replaced(active):
                    raise
                continue
            if self._engine.active is active:
                return prompt
        raise NotReady("The accelerator was switched several times in a row.", remedy="Ask again.")

    def _is_replaced(self, active: ActiveModel) -> bool:
        try:
            return self._engine.active is not active
        except NotReady:
            # It died, and is being started again.
            return False

    async def _prompt_for(self, active: ActiveModel, question: Question) -> Prompt:
        readings = [await self._read(active, message, question) for message in question.messages]
        written = [
            model_message(message, read)
            for message, read in zip(question.messages, readings, strict=True)
        ]
        messages = with_system_prompt(written, question.system_prompt)
        room = most_prompt_tokens(active.loaded.capabilities, question.sampling.max_new_tokens)
        kept, tokens = await _fitted(active, messages, room)
        if tokens > room:
            raise _too_long(tokens, room, question)
        return Prompt(
            active,
            kept,
            dropped_messages=len(messages) - len(kept),
            fits=[reading.fit for reading in readings[-1] if isinstance(reading, Cut)],
        )

    async def _read(
        self, active: ActiveModel, message: p.ConversationMessage, question: Question
    ) -> list[Reading]:
        """Cut a message's attachments; those of files that are excluded by now are withheld."""
        rules = [question.rule_against(attachment.uri) for attachment in message.attachments]
        read = [a for a, rule in zip(message.attachments, rules, strict=True) if rule is None]
        cuts = iter(await self._cutter.cut(active, read))
        return [next(cuts) if rule is None else Withheld(rule) for rule in rules]

    async def _generate(
        self, prompt: Prompt, sampling: p.Sampling, on_chunk: OnChunk
    ) -> p.GenerateResult:
        active = prompt.active
        if sampling.frequency_penalty is None:
            sampling = replace(sampling, frequency_penalty=active.frequency_penalty)
        params = p.GenerateParams(
            lane=p.Lane.chat,
            prompt=p.ChatPrompt(kind="chat", messages=prompt.messages),
            sampling=sampling,
        )
        began_s = time.perf_counter()
        pieces: list[str] = []

        def take(chunk: p.TextChunk) -> None:
            pieces.append(chunk.text)
            on_chunk(chunk)

        async with self._engine.generating(params, take) as generation:
            try:
                return await generation.result()
            except asyncio.CancelledError:
                # The person pressed stop: what came is the result, so the cancel ends here.
                generation.cancel()
            # It may be in a prefill that cannot be interrupted, or its worker may be gone.
            with contextlib.suppress(TimeoutError, PhiSidecarError):
                async with asyncio.timeout(CANCEL_GRACE_S):
                    return await generation.result()
            return _unreported(active, "".join(pieces), began_s)


async def _fitted(
    active: ActiveModel, messages: list[p.ChatMessage], room: int
) -> tuple[list[p.ChatMessage], int]:
    """Leave out the oldest turns until a conversation fits, or only its last one is left.

    Returns what is kept, and its tokens.
    """
    kept, tokens = messages, await _count_chat(active, messages)
    system, turns = split_turns(messages)
    if tokens <= room or len(turns) < 2:
        return kept, tokens
    first = turns_to_drop(await _count_turns(active, turns), tokens - room, room)
    for dropped in range(first, len(turns)):
        kept = [*system, *(message for turn in turns[dropped:] for message in turn)]
        tokens = await _count_chat(active, kept)
        if tokens <= room:
            break
    return kept, tokens


async def _count_chat(active: ActiveModel, messages: list[p.ChatMessage]) -> int:
    (tokens,) = await active.client.count_tokens([p.ChatPrompt(kind="chat", messages=messages)])
    return tokens


async def _count_turns(active: ActiveModel, turns: Sequence[Turn]) -> list[int]:
    """Count about what each turn takes; the template around it is taken as usual."""
    texts = [p.RawPrompt(kind="raw", text=message.content) for turn in turns for message in turn]
    counted = iter(await active.client.count_tokens(texts))
    return [sum(next(counted) + MESSAGE_TOKENS for _ in turn) for turn in turns]


def _too_long(tokens: int, room: int, question: Question) -> PromptTooLong:
    attached = bool(question.messages[-1].attachments)
    what = "question with what is attached to it" if attached else "question"
    remedy = "Shorten the question; long text is better attached as a file, which is then cut."
    if attached:
        remedy = "Remove an attachment, or shorten the question."
    return PromptTooLong(
        f"The {what} has {tokens:,} tokens; at most {room:,} fit beside the answer.", remedy=remedy
    )


def _refuse_excluded(attachments: Sequence[p.Attachment], rule_against: RuleAgainst) -> None:
    for attachment in attachments:
        if (rule := rule_against(attachment.uri)) is not None:
            raise ExcludedFile(f"{attachment.label} cannot be attached. {rule}")


def _chat_result(prompt: Prompt, result: p.GenerateResult) -> p.ChatResult:
    return p.ChatResult(
        text=result.text,
        finish_reason=result.finish_reason,
        metrics=result.metrics,
        accelerator=prompt.active.selection.accelerator,
        accelerator_name=prompt.active.accelerator_name,
        model=prompt.active.info,
        context_window=prompt.active.loaded.capabilities.context_window,
        dropped_messages=prompt.dropped_messages,
        attachments=list(prompt.fits),
    )


def _unreported(active: ActiveModel, text: str, began_s: float) -> p.GenerateResult:
    """Make the result of a stopped answer that its worker did not report."""
    metrics = p.GenerationMetrics(
        ttft_ms=None,
        tpot_ms=None,
        total_ms=(time.perf_counter() - began_s) * 1000,
        prompt_tokens=0,
        cached_tokens=0,
        completion_tokens=0,
        executing_device=active.loaded.executing_device,
    )
    return p.GenerateResult(text=text, finish_reason=p.FinishReason.cancelled, metrics=metrics)
