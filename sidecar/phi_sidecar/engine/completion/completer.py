"""From a request to a suggestion, or to the reason why there is none."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.accelerators.speeds import Speeds
from phi_sidecar.completion import confidence, policy
from phi_sidecar.completion.exclusion import IgnoreRules
from phi_sidecar.completion.rhythm import TypingRhythm
from phi_sidecar.completion.strategies import Strategy
from phi_sidecar.completion.suggestion import Suggestion
from phi_sidecar.completion.turnings import is_unsure
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.completion.admission import refusal
from phi_sidecar.engine.completion.alternatives import alternatives_to
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.asking import Asking, Spot
from phi_sidecar.engine.completion.cursor import STALE, SUPERSEDED, TAKEN_BACK, Completion, Cursor
from phi_sidecar.engine.completion.feedback import Feedback
from phi_sidecar.engine.completion.journal import Journal, Request, Trace, untold
from phi_sidecar.engine.completion.known import Known
from phi_sidecar.engine.completion.look_ahead import LookAhead
from phi_sidecar.engine.completion.power import on_battery
from phi_sidecar.engine.completion.readers import Readers
from phi_sidecar.engine.completion.runs import GRACE_S, Path, Run, Runs
from phi_sidecar.engine.completion.weighing import WITHIN_S, is_worth_it, weighed
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.lane import NewestWins, Superseded
from phi_sidecar.errors import NotReady, PromptTooLong, WorkerDied
from phi_sidecar.generated import protocol as p


class Completer:
    """Suggests; of several requests only the newest is worked on.

    Attributes:
        journal: what happened to the latest requests.
        feedback: where the person's side of it is told.
        readers: load what reads the documents' languages.
    """

    def __init__(
        self,
        engine: Engine,
        strategy: Strategy | None = None,
        *,
        speeds: Speeds | None = None,
        weighs_within_s: float = WITHIN_S,
        now_ms: Callable[[], float] | None = None,
    ) -> None:
        """Suggest what an engine's model says.

        Args:
            engine: has the model that answers.
            strategy: how to ask; None is the best way for the family of that model.
            speeds: what is known of accelerators from earlier days.
            weighs_within_s: how much longer a person who asks may wait for what fits best, where
                the model was not sure; 0 never.
            now_ms: the clock; None is the event loop's.
        """
        self._settings = p.SidecarSettings()
        self._engine = engine
        self._now_ms = now_ms or _loop_ms
        self._asking = Asking(engine, strategy, speeds)
        self._weighs_within_s = weighs_within_s
        self._lane = NewestWins()
        self._runs = Runs()
        self._known = Known()
        self._answers_of: Selection | None = None
        self._rhythm = TypingRhythm()
        self._waiting = 0
        self._look_ahead = LookAhead(self._asking, self._runs, self._look, self._is_free)
        self.readers = Readers()
        self.journal = Journal()
        self.feedback = Feedback(self.journal, self._look_ahead, self._now_ms)

    @property
    def settings(self) -> p.SidecarSettings:
        """What the client's settings say."""
        return self._settings

    @settings.setter
    def settings(self, settings: p.SidecarSettings) -> None:
        self._settings = settings
        # What may be read into a prompt may have changed.
        self._asking.surroundings.clear()
        self._known.clear()
        if not settings.completion_look_ahead:
            self._look_ahead.stop()

    def opened(self, uri: str) -> None:
        """Hear that a document was opened."""
        self._asking.surroundings.edited(uri)

    def typed(self, uri: str, text: str) -> None:
        """Hear that a document was changed: how fast the person types, and whether as foreseen."""
        self._rhythm = self._rhythm.after_keystroke(self._now_ms())
        self._asking.surroundings.edited(uri)
        self._look_ahead.changed(uri, text)
        self._runs.changed(uri, text)

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that is closed."""
        self._look_ahead.stop()
        self._known.forget(uri)
        self._asking.surroundings.forget(uri)
        self.feedback.forget(uri)

    def give_way(self) -> None:
        """Let something else have the model: nothing is computed in advance any more."""
        self._look_ahead.stop()

    async def complete(
        self,
        cursor: Cursor,
        ignored: IgnoreRules | None,
        *,
        invoked: bool,
        is_current: Callable[[], bool],
        most: int = 1,
        trace: Trace | None = None,
    ) -> Completion:
        """Suggest what may come at the cursor.

        Args:
            cursor: where, and what surrounds it.
            ignored: rules of the files that are never read into a prompt.
            invoked: the person asked; typing did not.
            is_current: whether the document is still the one that was asked about.
            most: how many different suggestions are wanted; one beyond the first takes longer.
            trace: told all that happens.
        """
        request = Request(cursor, invoked, is_current, trace or untold(cursor))
        try:
            completion = await self._complete(request, ignored, most)
        except asyncio.CancelledError:
            request.trace.end(TAKEN_BACK)
            raise
        request.trace.end(completion)
        return completion

    async def _complete(
        self, request: Request, ignored: IgnoreRules | None, most: int
    ) -> Completion:
        if (refused := self._refuse(request, ignored)) is not None:
            return refused
        self._waiting += 1
        try:
            async with self._lane.enter():
                completion = await self._suggest(request)
                if most > 1 and completion.outcome is p.CompletionOutcome.suggested:
                    completion = await self._with_others(completion, request, most)
                return completion if request.is_current() else STALE
        except Superseded:
            return SUPERSEDED if request.is_current() else STALE
        except (NotReady, WorkerDied) as error:
            return Completion(p.CompletionOutcome.not_ready, detail=str(error))
        finally:
            self._waiting -= 1

    def _refuse(self, request: Request, ignored: IgnoreRules | None) -> Completion | None:
        cursor = request.cursor
        if (refused := refusal(cursor, self.settings, ignored)) is not None:
            return refused
        if request.invoked:
            self.feedback.asked()
        elif (why := self.feedback.why_quiet(cursor.uri, cursor.line)) is not None:
            return Completion(p.CompletionOutcome.backed_off, detail=why)
        return None

    async def _suggest(self, request: Request) -> Completion:
        active = self._engine.active
        self._answer_with(active)
        request.trace.accelerator = active.accelerator_name
        request.trace.model = active.info.name
        place = request.cursor.place
        if (known := self._known_for(request)) is not None:
            return self._decided(known, request, from_cache=True)
        if not request.invoked and (nothing := self._known.nothing(place)) is not None:
            return nothing
        # Nobody types along what they asked for and then take back.
        grace_s = 0.0 if request.invoked else GRACE_S
        run = await self._runs.serving(place, grace_s)
        if run is None:
            begun = await self._begin(request)
            if isinstance(begun, Completion):
                return begun
            run = begun
        request.trace.asked = run.asked
        completion = await self._runs.follow(run, grace_s)
        if (known := self._known_for(request)) is not None:
            return self._decided(known, request, result=completion.result)
        if completion.outcome is not p.CompletionOutcome.suggested:
            return completion
        # All of what it suggests was typed while it was on its way, or more is to be done for it.
        return await self._suggest(request)

    def _known_for(self, request: Request) -> Suggestion | None:
        """Return what is known to come at the cursor, unless a person who asks can have better."""
        known = self._known.suggestion(request.cursor.place)
        if known is None or known.weighed or not is_unsure(known):
            return known
        return None if self._may_weigh(request) else known

    def _may_weigh(self, request: Request) -> bool:
        # Who types has pressed the next key by then.
        if not request.invoked or self._weighs_within_s <= 0:
            return False
        return self._engine.active.loaded.capabilities.given_text

    async def _begin(self, request: Request) -> Run | Completion:
        """Begin to compute once the person pauses, or say why not."""
        await self.readers.ready(request.cursor.document.language_id)
        began_ms = self._now_ms()
        spot = self._asking.spot(request.cursor)
        request.trace.context_ms = self._now_ms() - began_ms
        if (why := self._unsuitable(spot, request)) is not None:
            return Completion(p.CompletionOutcome.unsuitable_place, detail=why)
        self._look_ahead.stop()
        self._runs.stop()
        if not request.invoked:
            began_ms = self._now_ms()
            await asyncio.sleep(self._pause_ms(spot) / 1000)
            request.trace.pause_ms = self._now_ms() - began_ms
        if not request.is_current():
            return STALE
        asked = Asked()
        compute = self._compute(spot, asked, weigh=self._may_weigh(request))
        return self._runs.begin(Run(Path(spot.cursor.place), asked, compute))

    def _unsuitable(self, spot: Spot, request: Request) -> str | None:
        settings = self.settings
        wish = policy.Wish(
            invoked=request.invoked,
            in_comments=settings.completion_in_comments,
            in_strings=settings.completion_in_strings,
        )
        why = policy.unsuitable_place(spot.context, wish)
        if why is not None or request.invoked:
            return why
        if policy.line_is_done(spot.context) and self.feedback.is_end(spot.cursor.place):
            return "The suggested line is finished; the next one begins after Enter."
        return None

    async def _compute(
        self, spot: Spot, asked: Asked, *, ahead: bool = False, weigh: bool = False
    ) -> Completion:
        place, most_tokens = spot.cursor.place, self.settings.completion_max_new_tokens
        try:
            answer = await self._asking.answer(spot, most_tokens, asked)
        except PromptTooLong as error:
            return Completion(p.CompletionOutcome.unsuitable_place, detail=str(error))
        outcome = answer.outcome
        if weigh and is_worth_it(answer, self._weighs_within_s):
            # Who types on along it has it at once.
            self._known.keep(place, outcome, answer.result)
            began_ms = self._now_ms()
            best = await weighed(answer, self._engine, self._weighs_within_s)
            asked.weighed(outcome, best, self._now_ms() - began_ms)
            outcome = best
        if isinstance(outcome, Suggestion):
            outcome = replace(outcome, looked_ahead=ahead, weighed=weigh)
        return self._known.keep(place, outcome, answer.result)

    async def _look(self, spot: Spot, asked: Asked) -> Completion:
        return await self._compute(spot, asked, ahead=True)

    def _decided(
        self,
        suggestion: Suggestion,
        request: Request,
        *,
        from_cache: bool = False,
        result: p.GenerateResult | None = None,
    ) -> Completion:
        """Show a suggestion, or withhold one that the model was not sure of."""
        needed = None
        if not request.invoked and not self.feedback.goes_on(request.cursor, suggestion):
            needed = confidence.needed(self.settings.completion_confidence)
        request.trace.needed = needed
        completion = Completion.of(suggestion, from_cache=from_cache, result=result)
        sure = completion.confidence
        if needed is None or sure is None or sure >= needed:
            self.feedback.suggested(request.trace.id, request.cursor, suggestion)
            return completion
        return replace(
            completion,
            outcome=p.CompletionOutcome.unsure,
            text="",
            replace_after=0,
            detail=f"The model was {sure:.0%} sure of it; {needed:.0%} is asked for.",
        )

    async def _with_others(self, completion: Completion, request: Request, most: int) -> Completion:
        best = Suggestion(completion.text, completion.replace_after)
        others = await alternatives_to(
            best,
            self._asking.spot(request.cursor),
            self._asking,
            self._engine.active,
            self.settings.completion_max_new_tokens,
        )
        return replace(completion, others=others[: most - 1])

    def _answer_with(self, active: ActiveModel) -> None:
        if self._answers_of != active.selection:
            self._answers_of = active.selection
            self._look_ahead.stop()
            self._runs.stop()
            self._known.clear()
            self._asking.begin_with(active)

    def _pause_ms(self, spot: Spot) -> float:
        if self.settings.completion_pause_ms is not None:
            return self.settings.completion_pause_ms
        useful = policy.usefulness(spot.context)
        return policy.pause_ms(self._rhythm, self._asking.pace.latency_ms or 0.0, useful)

    def _is_free(self) -> bool:
        """Tell whether the model may be used for what nobody has asked for."""
        status = self._engine.status
        if not self.settings.completion_look_ahead or self._waiting or not self._runs.idle:
            return False
        # Work in progress beside a model that answers is a switch to another one.
        if status.phase is not p.Phase.ready or status.generating or status.progress is not None:
            return False
        can = self._engine.active.loaded.capabilities
        return can.concurrent_requests and can.cancel_during_prefill and not on_battery()


def _loop_ms() -> float:
    return asyncio.get_running_loop().time() * 1000
