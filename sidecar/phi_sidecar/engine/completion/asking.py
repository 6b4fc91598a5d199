"""Put a place to the model, and make of its answer what can be shown."""

import asyncio
from dataclasses import dataclass

from phi_sidecar.accelerators.speeds import Speeds
from phi_sidecar.completion import policy
from phi_sidecar.completion.attempt import Attempt, Retry
from phi_sidecar.completion.context import CompletionContext, PromptBudget
from phi_sidecar.completion.pace import Pace
from phi_sidecar.completion.strategies import Strategy, strategy_for
from phi_sidecar.completion.suggestion import Mode, Rejected, Suggestion
from phi_sidecar.completion.surroundings import Surroundings
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.cursor import Cursor
from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated import protocol as p

SAMPLE_CHARS = 3_000
"""How much of the text before the cursor tells how many characters its tokens have."""

MOST_HALVINGS = 3
"""How often a prompt that does not fit is made shorter."""


@dataclass(frozen=True)
class Answer:
    """What came of a question.

    Attributes:
        attempt: how the last answer to it was read.
    """

    outcome: Suggestion | Rejected
    result: p.GenerateResult
    attempt: Attempt


@dataclass(frozen=True)
class Spot:
    """A cursor with what is asked from there.

    Attributes:
        budget: how much of its surroundings a prompt may hold.
        peek: the cursor is not there yet, so that nothing is kept for it.
    """

    cursor: Cursor
    budget: PromptBudget
    context: CompletionContext
    peek: bool = False


class Asking:
    """Asks the model that answers, at the length and pace that it can do.

    Without a strategy of its own it asks as is best for the family of that model.

    Attributes:
        surroundings: what of the open documents is put into prompts.
        pace: how fast the model that answers is.
    """

    def __init__(self, engine: Engine, strategy: Strategy | None, speeds: Speeds | None) -> None:
        self.surroundings = Surroundings()
        self.pace = Pace()
        self._engine = engine
        self._strategy = strategy
        self._speeds = speeds
        self._prompt_tokens: int | None = None

    def begin_with(self, active: ActiveModel) -> None:
        """Forget how the model before was; what is known of this one is where it begins."""
        known = None if self._speeds is None else self._speeds.of(active.ran)
        self.pace = Pace.expected(known)
        self._prompt_tokens = None
        self.surroundings.clear()

    def spot(self, cursor: Cursor, *, peek: bool = False) -> Spot:
        """Gather what surrounds a cursor, as much of it as is read in time."""
        capabilities = self._engine.active.loaded.capabilities
        self._prompt_tokens = policy.prompt_tokens(
            self.pace.prefill_tokens_per_s,
            reused=capabilities.prefix_reuse,
            before=self._prompt_tokens,
        )
        budget = policy.prompt_budget(
            capabilities.max_prompt_tokens,
            self._prompt_tokens,
            policy.chars_per_token(cursor.before[-SAMPLE_CHARS:]),
        )
        return self._within(budget, cursor, peek=peek)

    async def answer(
        self,
        spot: Spot,
        most_tokens: int,
        asked: Asked,
        *,
        mode: Mode | None = None,
        strategy: Strategy | None = None,
    ) -> Answer:
        """Have the model say what may come at a spot.

        Args:
            spot: where.
            most_tokens: that an answer may take at most.
            asked: told all that happens.
            mode: how much is wanted; None leaves it to the place and the device.
            strategy: another way of asking.

        Raises:
            PromptTooLong: what surrounds the cursor does not fit, however short it is cut.
            NotReady: no model answers.
            WorkerDied: the worker ended.
        """
        for _ in range(MOST_HALVINGS):
            try:
                return await self._ask(spot.context, most_tokens, asked, mode, strategy)
            except PromptTooLong:
                # Text with very few characters per token.
                spot = self._within(spot.budget.halved(), spot.cursor, peek=spot.peek)
        return await self._ask(spot.context, most_tokens, asked, mode, strategy)

    def _within(self, budget: PromptBudget, cursor: Cursor, *, peek: bool) -> Spot:
        context = self.surroundings.context(
            cursor.uri,
            cursor.told,
            cursor.line,
            cursor.column,
            budget,
            cursor.others,
            peek=peek,
        )
        return Spot(cursor, budget, context, peek)

    async def _ask(
        self,
        context: CompletionContext,
        most_tokens: int,
        asked: Asked,
        mode: Mode | None,
        strategy: Strategy | None,
    ) -> Answer:
        mode = mode or policy.choose_mode(context, self.pace.tpot_ms)
        tokens = policy.answer_tokens(mode, self.pace.tpot_ms, most_tokens)
        active = self._engine.active
        best = strategy_for(active.completion_style, active.way)
        put = strategy or self._strategy or best
        attempt = Attempt(context, put(context, mode, tokens))
        outcome, result = await self._attempt(attempt, asked)
        if isinstance(outcome, Retry):
            # Its beginning is the same, so the cache of keys and values makes it cheap.
            attempt = Attempt(context, outcome.prompt)
            outcome, result = await self._attempt(attempt, asked)
        if isinstance(outcome, Retry):
            outcome = Rejected("cut", "The model would not go on with what was typed.")
        return Answer(outcome, result, attempt)

    async def _attempt(
        self, attempt: Attempt, asked: Asked
    ) -> tuple[Suggestion | Rejected | Retry, p.GenerateResult]:
        prompt = attempt.prompt
        asked.put(attempt)
        params = p.GenerateParams(
            lane=p.Lane.completion,
            prompt=prompt.prompt,
            sampling=p.Sampling(max_new_tokens=prompt.max_new_tokens),
            stop=list(prompt.stop),
            log_probs=True,
        )

        def feed(chunk: p.TextChunk) -> None:
            if attempt.feed(chunk.text, chunk.tokens, chunk.log_prob):
                generation.cancel()
            asked.heard()

        now_s = asyncio.get_running_loop().time
        active = self._engine.active
        began_s = now_s()
        async with self._engine.generating(params, feed) as generation:
            result = await generation.result()
        asked.ended(result.metrics, (now_s() - began_s) * 1000)
        self._engine.note_speed(result.metrics, active)
        self.pace = self.pace.after(result.metrics)
        began_s = now_s()
        outcome = attempt.finish(result.finish_reason, asked.filtered)
        asked.took(p.CompletionStage.postprocessing, (now_s() - began_s) * 1000)
        return outcome, result
