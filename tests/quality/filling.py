"""Fill holes: by the product's own path, from the editor's cursor to what would be shown."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from phi_sidecar.completion import postprocess
from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.strategies import Strategy, strategy_for
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected, Suggestion
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.completion import Completer, Cursor
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.worker_client import Generation, OnChunk
from phi_sidecar.generated import protocol as p

from quality.holes import Hole


@dataclass(frozen=True)
class Said:
    """Some tokens that the model said at once.

    Attributes:
        log_prob: natural logarithm of their probability together; None where nobody can tell.
    """

    text: str
    tokens: int
    log_prob: float | None


@dataclass(frozen=True)
class Filling:
    """What became of one hole.

    Attributes:
        text: what would be shown; empty where nothing would.
        replace_after: characters right of the cursor that it replaces.
        outcome: the protocol's word for it.
        asked: each question to the model in turn, as text.
        answer: what the model said to the last one.
        said: the same as it came, with how probable it was.
        confidence: how sure the product finds the model to be; None where it cannot tell.
        draft: what would be shown if no filter had looked at it; None where none did.
        changed_by: the filters that changed the answer, in turn.
        dropped_by: what found that there is nothing to show, if it was asked for.
        total_ms: from the request to the suggestion, without the pause while somebody types.
    """

    text: str
    outcome: str
    total_ms: float
    replace_after: int = 0
    detail: str | None = None
    asked: tuple[str, ...] = ()
    mode: str = ""
    answer: str = ""
    said: tuple[Said, ...] = ()
    confidence: float | None = None
    finish_reason: str = ""
    draft: str | None = None
    changed_by: tuple[str, ...] = ()
    dropped_by: str | None = None
    metrics: p.GenerationMetrics | None = None


class Filler(Protocol):
    """Fills holes in one way."""

    name: str

    async def fill(self, hole: Hole) -> Filling:
        """Fill one hole."""


class ThroughSidecar:
    """Fills as the sidecar does, in one of its strategies or in another of the same form."""

    def __init__(
        self, name: str, engine: Engine, strategy: Strategy | None = None, *, weighs: bool = False
    ) -> None:
        self.name = name
        self._heard = _Heard(engine)
        self._strategy = strategy or strategy_for(engine.active.completion_style)
        self._asked: list[tuple[CompletionContext, CompletionPrompt]] = []
        # What it asks and hears is noted on the way; nothing of it is changed.
        self._completer = Completer(
            self._heard,  # type: ignore[arg-type]
            self._ask,
            # Whatever else this machine does must not change the answers.
            weighs_within_s=math.inf if weighs else 0,
        )

    async def fill(self, hole: Hole) -> Filling:
        """Ask as for a person who wants a suggestion there."""
        self._heard.questions.clear()
        self._asked.clear()
        cursor = Cursor(
            uri=f"quality:{hole.id}",
            document=hole.document,
            line=hole.line,
            column=hole.column,
            before=hole.before,
            after=hole.after,
        )
        began_s = time.perf_counter()
        completion = await self._completer.complete(
            cursor, None, invoked=True, is_current=lambda: True
        )
        total_ms = (time.perf_counter() - began_s) * 1000
        filling = Filling(
            text=completion.text,
            outcome=completion.outcome,
            total_ms=total_ms,
            replace_after=completion.replace_after,
            detail=completion.detail,
            confidence=completion.confidence,
        )
        if completion.result is None:
            return filling
        return self._with_answer(filling, completion.result)

    def _ask(self, context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
        prompt = self._strategy(context, mode, most)
        self._asked.append((context, prompt))
        return prompt

    def _with_answer(self, filling: Filling, result: p.GenerateResult) -> Filling:
        context, prompt = self._asked[-1]
        last = self._heard.questions[-1]
        if prompt.prompt != last.prompt and prompt.fallback is not None:
            prompt = prompt.fallback
        read = read_again(context, prompt, result)
        weighed = filling.text != (read.text or "")
        return Filling(
            text=filling.text,
            outcome=filling.outcome,
            total_ms=filling.total_ms,
            replace_after=filling.replace_after,
            detail=filling.detail,
            asked=tuple(as_text(question.prompt) for question in self._heard.questions),
            mode=prompt.mode,
            answer=result.text,
            said=tuple(self._heard.said),
            confidence=filling.confidence,
            finish_reason=result.finish_reason,
            draft=read.draft,
            changed_by=(*read.changed_by, *(["weighing"] if weighed else ())),
            dropped_by=None if weighed else read.dropped_by,
            metrics=self._heard.metrics,
        )


def as_text(prompt: p.RawPrompt | p.ChatPrompt) -> str:
    """Return a question as one can read it."""
    if isinstance(prompt, p.RawPrompt):
        return prompt.text
    turns = [f"[{message.role}]\n{message.content}" for message in prompt.messages]
    return "\n".join([*turns, f"[answer]\n{prompt.answer_start}"])


@dataclass(frozen=True)
class Read:
    """What the filters did to an answer.

    Attributes:
        draft: what it was before; None where there was nothing for them.
        text: what was left; None where nothing was.
        changed_by: those that changed it, in turn.
        dropped_by: what found that there is nothing to show.
    """

    draft: str | None = None
    text: str | None = None
    changed_by: tuple[str, ...] = ()
    dropped_by: str | None = None


def read_again(
    context: CompletionContext, prompt: CompletionPrompt, result: p.GenerateResult
) -> Read:
    """Find out what the filters did to an answer, by putting it through them once more."""
    attempt = Attempt(context, prompt)
    attempt.feed(result.text)
    draft = attempt.draft(result.finish_reason)
    if isinstance(draft, Rejected):
        return Read(dropped_by=draft.filter)
    if not isinstance(draft, Draft):
        return Read(dropped_by="cut")
    changed: list[str] = []
    dropped: list[str] = []

    def observe(name: str, _: Draft, after: Draft | Rejected) -> None:
        (dropped if isinstance(after, Rejected) else changed).append(name)

    outcome = postprocess.run(draft, context, observe)
    text = outcome.text if isinstance(outcome, Suggestion) else None
    return Read(draft.text, text, tuple(changed), dropped[0] if dropped else None)


ASSUMED_TPOT_MS = 10.0
"""What the product is told that a token took; of the speed of reading it is told nothing. It asks
for less, and with less, where the device is slow, and what else this machine does must not change
the answers."""


@dataclass
class _Heard:
    """An engine of which every question is noted, and whose speed is always the same.

    Attributes:
        said: the last answer as it came.
        metrics: how it truly went.
    """

    engine: Engine
    questions: list[p.GenerateParams] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    metrics: p.GenerationMetrics | None = None

    @property
    def active(self) -> ActiveModel:
        """The model that answers."""
        return self.engine.active

    @asynccontextmanager
    async def generating(
        self, params: p.GenerateParams, on_chunk: OnChunk
    ) -> AsyncIterator["Generation | _HeardGeneration"]:
        """Generate, and note what was asked and what is answered; what is weighed is neither."""
        if params.given or params.sampling.pass_over:
            async with self.engine.generating(params, on_chunk) as weighed:
                yield weighed
            return
        self.questions.append(params)
        self.said.clear()

        def listen(chunk: p.TextChunk) -> None:
            before = sum(each.tokens for each in self.said)
            self.said.append(Said(chunk.text, chunk.tokens - before, chunk.log_prob))
            on_chunk(chunk)

        async with self.engine.generating(params, listen) as generation:
            yield _HeardGeneration(generation, self)

    def note_speed(self, metrics: p.GenerationMetrics, active: ActiveModel) -> None:
        """Forget it: other work may be under way here."""


@dataclass(frozen=True)
class _HeardGeneration:
    generation: Generation
    heard: _Heard

    def cancel(self) -> None:
        """Have it end."""
        self.generation.cancel()

    async def result(self) -> p.GenerateResult:
        """Wait for the end, and tell nothing of the speed."""
        result = await self.generation.result()
        self.heard.metrics = result.metrics
        assumed = replace(result.metrics, tpot_ms=ASSUMED_TPOT_MS, ttft_ms=None)
        return replace(result, metrics=assumed)
