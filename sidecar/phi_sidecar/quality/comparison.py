"""Which way of asking for code fills most holes, with the model that answers now."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from phi_sidecar.completion.context import DocumentView
from phi_sidecar.completion.strategies import Strategy
from phi_sidecar.engine.completion import Completer, Cursor
from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import NotReady
from phi_sidecar.generated.protocol import CompletionOutcome
from phi_sidecar.quality import sandbox
from phi_sidecar.quality.bootstrap import Interval, Pair, paired_interval
from phi_sidecar.quality.exercises import LANGUAGE, Exercise

_LIMITS = sandbox.Limits(cpu_s=2, wall_s=20.0)


@dataclass(frozen=True)
class Answer:
    """What came of one hole.

    Attributes:
        source: what the hole was cut from.
        shown: whether there was anything to show.
        right: whether the tests pass with it.
        ms: from the request to the suggestion.
        confidence: how sure the model was; None where its backend cannot tell.
    """

    source: str
    shown: bool
    right: bool
    ms: float
    confidence: float | None = None


@dataclass(frozen=True)
class Tried:
    """How one way of asking did.

    Attributes:
        answers: one for each hole, in the order of the holes.
    """

    name: str
    answers: Sequence[Answer]

    @property
    def right(self) -> int:
        """How many holes were filled rightly."""
        return sum(answer.right for answer in self.answers)

    @property
    def shown(self) -> int:
        """How many holes something would be shown at."""
        return sum(answer.shown for answer in self.answers)

    @property
    def empty(self) -> int:
        """How many holes nothing would be shown at."""
        return len(self.answers) - self.shown

    def shown_at(self, least: float | None) -> "Tried":
        """Return what is left of it where suggestions less sure than that are held back."""
        return replace(
            self,
            answers=[
                answer
                if least is None or answer.confidence is None or answer.confidence >= least
                else replace(answer, shown=False, right=False)
                for answer in self.answers
            ],
        )

    @property
    def ms(self) -> float:
        """The median time until the suggestion."""
        return median(answer.ms for answer in self.answers) if self.answers else 0.0


@dataclass(frozen=True)
class Advice:
    """Which way to go.

    Attributes:
        more: how many more holes of one hundred it fills than the way that is gone now, as shares.
    """

    name: str
    more: Interval
    why: str


async def try_way(
    engine: Engine, strategy: Strategy | None, exercises: Sequence[Exercise]
) -> AsyncIterator[Answer]:
    """Fill the holes one after the other, as for a person who asks, and run the tests.

    Raises:
        NotReady: the model does not answer any more.
    """
    # What is shown while somebody types: the thresholds are told of it.
    completer = Completer(engine, strategy, weighs_within_s=0)
    for number, exercise in enumerate(exercises):
        cursor = Cursor(
            uri=f"exercise:{number}",
            document=DocumentView(
                exercise.before + exercise.after, LANGUAGE, f"{exercise.name}.py"
            ),
            line=exercise.line,
            column=exercise.column,
            before=exercise.before,
            after=exercise.after,
        )
        began_s = time.perf_counter()
        completion = await completer.complete(cursor, None, invoked=True, is_current=lambda: True)
        ms = (time.perf_counter() - began_s) * 1000
        if completion.outcome is CompletionOutcome.not_ready:
            raise NotReady(completion.detail or "The model does not answer.")
        shown = bool(completion.text.strip())
        right = shown and await _passes(exercise.program(completion.text, completion.replace_after))
        yield Answer(exercise.name, shown, right, ms, completion.confidence)


async def _passes(program: str) -> bool:
    return await sandbox.run(program, _LIMITS) is sandbox.Verdict.PASSED


async def try_ways(
    engine: Engine,
    ways: Mapping[str, Strategy | None],
    exercises: Sequence[Exercise],
    report: Callable[[str, int], None],
) -> Sequence[Tried]:
    """Try each way on all holes; `report` is told the way and how many holes are done.

    One way after the other, as a person meets them: with its own beginnings in the cache of keys
    and values.
    """
    tried: list[Tried] = []
    for name, strategy in ways.items():
        answers: list[Answer] = []
        report(name, 0)
        async for answer in try_way(engine, strategy, exercises):
            answers.append(answer)
            report(name, len(answers))
        tried.append(Tried(name, answers))
    return tried


def advise(tried: Sequence[Tried], now: str) -> Advice:
    """Recommend a way; another than the one of now only where chance hardly explains its gain."""
    (present,) = (each for each in tried if each.name == now)
    better = [
        (gain, each)
        for each in tried
        if each is not present and (gain := _gain(present, each)).low > 0
    ]
    if not better:
        return Advice(now, Interval(0.0, 0.0, 0.0), "Nothing else does surely better.")
    gain, best = max(better, key=lambda pair: pair[0].difference)
    of = len(present.answers)
    why = f"It fills {best.right} of {of} holes rightly, {now} {present.right}."
    return Advice(best.name, gain, why)


def _gain(before: Tried, after: Tried) -> Interval:
    pairs = zip(before.answers, after.answers, strict=True)
    return paired_interval([Pair(old.source, old.right, new.right) for old, new in pairs])
