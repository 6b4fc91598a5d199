"""What the model was asked for one place, and what came of it so far."""

import asyncio
from dataclasses import replace

from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.suggestion import Draft, Rejected, Suggestion
from phi_sidecar.generated import protocol as p


class Asked:
    """One place's question, filled in as it goes; a second way of asking replaces the first.

    Attributes:
        question: None until there is one.
        changes: what the filters did.
        metrics: of the last answer.
    """

    def __init__(self) -> None:
        self.question: p.CompletionQuestion | None = None
        self.changes: list[p.FilterChange] = []
        self.metrics: p.GenerationMetrics | None = None
        self._attempt: Attempt | None = None
        self._times_ms: dict[p.CompletionStage, float] = {}
        self._heard = asyncio.Event()

    async def news(self) -> None:
        """Wait until more of the answer has come."""
        await self._heard.wait()

    def heard(self) -> None:
        """Tell those who wait that more of the answer has come."""
        self._heard.set()
        self._heard = asyncio.Event()

    @property
    def so_far(self) -> str:
        """What would be inserted of the answer as it stands."""
        return "" if self._attempt is None else self._attempt.so_far

    @property
    def answer(self) -> str | None:
        """What the model said, as far as it was read; None where it was not asked."""
        return None if self._attempt is None else self._attempt.answer

    @property
    def times(self) -> list[p.StageTime]:
        """What the time went to, in the stages' order."""
        return [
            p.StageTime(stage=stage, ms=self._times_ms[stage])
            for stage in p.CompletionStage
            if stage in self._times_ms
        ]

    def put(self, attempt: Attempt) -> None:
        """Note a question that goes out now."""
        self._attempt = attempt
        context, prompt = attempt.context, attempt.prompt
        self.question = p.CompletionQuestion(
            strategy=prompt.strategy,
            mode=prompt.mode,
            prompt=_as_text(prompt.prompt),
            max_new_tokens=prompt.max_new_tokens,
            skipped_chars=context.skipped_chars,
            snippets=[snippet.path for snippet in context.snippets],
        )

    def took(self, stage: p.CompletionStage, ms: float) -> None:
        """Note what some of the time went to."""
        self._times_ms[stage] = self._times_ms.get(stage, 0.0) + max(0.0, ms)

    def ended(self, metrics: p.GenerationMetrics, waited_ms: float) -> None:
        """Note how an answer went; `waited_ms`: from the question to its end, seen from here."""
        self.metrics = metrics
        ttft_ms = metrics.total_ms if metrics.ttft_ms is None else metrics.ttft_ms
        self.took(p.CompletionStage.queue, waited_ms - metrics.total_ms)
        self.took(p.CompletionStage.prefill, ttft_ms)
        self.took(p.CompletionStage.decode, metrics.total_ms - ttft_ms)

    def weighed(
        self, before: Suggestion | Rejected, after: Suggestion | Rejected, ms: float
    ) -> None:
        """Note that an answer was held against others, and which one stood."""
        self.took(p.CompletionStage.weighing, ms)
        if isinstance(after, Suggestion) and after != before:
            said = before.text if isinstance(before, Suggestion) else ""
            self.changes.append(p.FilterChange(filter="weighing", before=said, after=after.text))

    def filtered(self, name: str, before: Draft, after: Draft | Rejected) -> None:
        """Note what a filter changed."""
        change = p.FilterChange(filter=name, before=before.text)
        if isinstance(after, Rejected):
            self.changes.append(replace(change, detail=after.detail))
        else:
            self.changes.append(replace(change, after=after.text))


def _as_text(prompt: p.RawPrompt | p.ChatPrompt) -> str:
    """Return a question as one can read it."""
    if isinstance(prompt, p.RawPrompt):
        return prompt.text
    turns = [f"[{message.role}]\n{message.content}" for message in prompt.messages]
    return "\n".join([*turns, f"[answer]\n{prompt.answer_start}"])
