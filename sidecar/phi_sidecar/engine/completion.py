"""From a place in a document to a suggestion, or to the reason why there is none."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.completion import policy
from phi_sidecar.completion.attempt import Attempt, Retry
from phi_sidecar.completion.cache import CompletionCache, Place
from phi_sidecar.completion.context import (
    CompletionContext,
    DocumentView,
    PromptBudget,
    build_context,
)
from phi_sidecar.completion.exclusion import IgnoreRules, language_enabled, rule_against
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.rhythm import TypingRhythm
from phi_sidecar.completion.strategies import STRATEGIES, Strategy
from phi_sidecar.completion.suggestion import Rejected, Suggestion
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.lane import NewestWins, Superseded
from phi_sidecar.errors import NotReady, PromptTooLong, WorkerDied
from phi_sidecar.generated import protocol as p

NEWEST_WEIGHT = 0.2
"""How much the newest answer counts in the running means of times."""

SAMPLE_CHARS = 3_000
"""How much of the text before the cursor tells how many characters its tokens have."""

MOST_HALVINGS = 3
"""How often a prompt that does not fit is made shorter."""


@dataclass(frozen=True)
class Cursor:
    """A cursor in a document.

    Attributes:
        line: from 0.
        column: from 0, in code points.
        before: the whole text before the cursor.
        after: the whole text after it.
        within: the file's path within each open folder that holds it.
    """

    uri: str
    document: DocumentView
    line: int
    column: int
    before: str
    after: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Completion:
    """A suggestion, or why there is none.

    Attributes:
        replace_after: characters right of the cursor that the text replaces, in code points.
        detail: the outcome in a sentence.
    """

    outcome: p.CompletionOutcome
    text: str = ""
    replace_after: int = 0
    detail: str | None = None
    from_cache: bool = False
    result: p.GenerateResult | None = None


class Completer:
    """Suggests; of several requests only the newest is worked on.

    Without a strategy of its own it asks as is best for the family of the model that answers.
    """

    def __init__(self, engine: Engine, strategy: Strategy | None = None) -> None:
        self.settings = p.SidecarSettings()
        self._engine = engine
        self._strategy = strategy
        self._lane = NewestWins()
        self._cache = CompletionCache()
        self._cached_of: Selection | None = None
        self._rhythm = TypingRhythm()
        self._latency_ms = 0.0
        self._tpot_ms: float | None = None

    def forget(self, uri: str) -> None:
        """Drop what was suggested in a document that is closed."""
        self._cache.forget(uri)

    def typed(self) -> None:
        """Note a change of a document: it tells how fast the person types."""
        now_ms = asyncio.get_running_loop().time() * 1000
        self._rhythm = self._rhythm.after_keystroke(now_ms)

    async def complete(
        self,
        cursor: Cursor,
        ignored: IgnoreRules | None,
        *,
        invoked: bool,
        is_current: Callable[[], bool],
    ) -> Completion:
        """Suggest what may come at the cursor.

        Args:
            cursor: where, and what surrounds it.
            ignored: rules of the files that are never read into a prompt.
            invoked: the person asked; typing did not.
            is_current: whether the document is still the one that was asked about.
        """
        if (refused := self._refuse(cursor, ignored)) is not None:
            return refused
        try:
            async with self._lane.enter():
                return await self._suggest(cursor, invoked=invoked, is_current=is_current)
        except Superseded:
            return Completion(p.CompletionOutcome.superseded, detail="A newer request came.")
        except (NotReady, WorkerDied) as error:
            return Completion(p.CompletionOutcome.not_ready, detail=str(error))

    def _refuse(self, cursor: Cursor, ignored: IgnoreRules | None) -> Completion | None:
        language = cursor.document.language_id
        if not self.settings.completion_enabled:
            return Completion(p.CompletionOutcome.language_off, detail="Completions are off.")
        if not language_enabled(language, self.settings.completion_languages):
            detail = f"Completions are off for {language}."
            return Completion(p.CompletionOutcome.language_off, detail=detail)
        paths = (cursor.document.path, *cursor.within)
        rule = rule_against(paths, self.settings.completion_exclude, ignored)
        if rule is not None:
            return Completion(p.CompletionOutcome.excluded_file, detail=rule)
        return None

    async def _suggest(
        self, cursor: Cursor, *, invoked: bool, is_current: Callable[[], bool]
    ) -> Completion:
        active = self._engine.active
        if self._cached_of != active.selection:
            self._cache.clear()
            self._tpot_ms = None
            self._cached_of = active.selection
        place = Place(cursor.uri, cursor.before, cursor.after)
        if (known := self._cache.get(place)) is not None:
            return _suggested(known, from_cache=True)
        budget = policy.prompt_budget(
            active.loaded.capabilities.max_prompt_tokens,
            chars_per_token=policy.chars_per_token(cursor.before[-SAMPLE_CHARS:]),
        )
        context = build_context(cursor.document, cursor.line, cursor.column, budget)
        if (why := policy.unsuitable_place(context, invoked=invoked)) is not None:
            return Completion(p.CompletionOutcome.unsuitable_place, detail=why)
        if not invoked:
            await asyncio.sleep(self._pause_ms(context) / 1000)
        if not is_current():
            return _stale()
        try:
            completion = await self._ask_within(budget, cursor, context)
        except PromptTooLong as error:
            return Completion(p.CompletionOutcome.unsuitable_place, detail=str(error))
        if completion.outcome is p.CompletionOutcome.suggested:
            self._cache.put(place, Suggestion(completion.text, completion.replace_after))
        return completion if is_current() else _stale()

    async def _ask_within(
        self, budget: PromptBudget, cursor: Cursor, context: CompletionContext
    ) -> Completion:
        for _ in range(MOST_HALVINGS):
            try:
                return await self._ask(context)
            except PromptTooLong:
                # Text with very few characters per token.
                budget = budget.halved()
                context = build_context(cursor.document, cursor.line, cursor.column, budget)
        return await self._ask(context)

    async def _ask(self, context: CompletionContext) -> Completion:
        mode = policy.choose_mode(context, self._tpot_ms)
        tokens = min(
            policy.answer_tokens(mode, self._tpot_ms), self.settings.completion_max_new_tokens
        )
        ask = self._strategy or STRATEGIES[self._engine.active.completion_style]
        asked = ask(context, mode, tokens)
        attempt, result = await self._attempt(context, asked)
        outcome = attempt.finish(result.finish_reason)
        if isinstance(outcome, Retry):
            # Its beginning is the same, so the cache of keys and values makes it cheap.
            attempt, result = await self._attempt(context, outcome.prompt)
            outcome = attempt.finish(result.finish_reason)
        match outcome:
            case Suggestion():
                return replace(_suggested(outcome), result=result)
            case Rejected():
                kind = p.CompletionOutcome.filtered
                if outcome.nothing_to_add:
                    kind = p.CompletionOutcome.nothing_to_add
                return Completion(kind, detail=outcome.detail, result=result)
            case Retry():
                return Completion(p.CompletionOutcome.nothing_to_add, result=result)

    async def _attempt(
        self, context: CompletionContext, asked: CompletionPrompt
    ) -> tuple[Attempt, p.GenerateResult]:
        attempt = Attempt(context, asked)
        params = p.GenerateParams(
            lane=p.Lane.completion,
            prompt=asked.prompt,
            sampling=p.Sampling(max_new_tokens=asked.max_new_tokens),
            stop=list(asked.stop),
        )

        def feed(chunk: p.TextChunk) -> None:
            if attempt.feed(chunk.text):
                generation.cancel()

        active = self._engine.active
        async with self._engine.generating(params, feed) as generation:
            result = await generation.result()
        self._engine.note_speed(result.metrics, active)
        self._note(result.metrics)
        return attempt, result

    def _pause_ms(self, context: CompletionContext) -> float:
        if self.settings.completion_pause_ms is not None:
            return self.settings.completion_pause_ms
        return policy.pause_ms(self._rhythm, self._latency_ms, policy.usefulness(context))

    def _note(self, metrics: p.GenerationMetrics) -> None:
        self._latency_ms += NEWEST_WEIGHT * (metrics.total_ms - self._latency_ms)
        if metrics.tpot_ms is not None:
            # A mean: one completion slowed by a chat must not turn blocks into single lines.
            before_ms = metrics.tpot_ms if self._tpot_ms is None else self._tpot_ms
            self._tpot_ms = before_ms + NEWEST_WEIGHT * (metrics.tpot_ms - before_ms)


def _suggested(suggestion: Suggestion, *, from_cache: bool = False) -> Completion:
    return Completion(
        p.CompletionOutcome.suggested,
        text=suggestion.text,
        replace_after=suggestion.replace_after,
        from_cache=from_cache,
    )


def _stale() -> Completion:
    return Completion(p.CompletionOutcome.stale, detail="The document has changed meanwhile.")
