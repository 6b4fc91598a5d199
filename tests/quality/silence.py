"""When to be silent: how many suggestions are shown, and how many of these are right.

A threshold on how sure the model is decides; it is fitted on one half of the tasks and told of on
the other.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import pstdev

from phi_sidecar.quality.bootstrap import COVERED, RESAMPLES

from quality.certainty import Score
from quality.records import Record

_SEED = 20_261_123
_STEPS = 100
"""Thresholds are tried in hundredths."""

_FIT_RESAMPLES = 500
_AREA_RESAMPLES = 1_000


@dataclass(frozen=True)
class Suggestion:
    """Something that could be shown.

    Attributes:
        source: what its hole was cut from.
        sure: its score.
    """

    source: str
    sure: float
    right: bool


@dataclass(frozen=True)
class Shown:
    """What is left where only the surest are shown.

    Attributes:
        share: of all that could be shown, 0 to 1.
        right: the share of right ones among those shown; 0 where nothing is.
        kept: the share of right ones that are still shown.
    """

    threshold: float
    share: float
    right: float
    kept: float


@dataclass(frozen=True)
class Range:
    """A figure, and between what it likely lies."""

    value: float
    low: float
    high: float


def suggestions(records: Sequence[Record], score: Score) -> Sequence[Suggestion]:
    """Return what would be shown while somebody types, were it not for a threshold.

    What the model did not tell its probability of is left out.
    """
    return [
        Suggestion(record.source, sure, record.passed)
        for record in records
        if record.is_shown and record.typed_refusal is None
        if (sure := score(record)) is not None
    ]


def shown_at(threshold: float, among: Sequence[Suggestion]) -> Shown:
    """Return what is shown with a threshold."""
    shown = [each for each in among if each.sure >= threshold]
    right = sum(each.right for each in shown)
    return Shown(
        threshold,
        len(shown) / len(among) if among else 0.0,
        right / len(shown) if shown else 0.0,
        right / all_right if (all_right := sum(each.right for each in among)) else 0.0,
    )


def fit(among: Sequence[Suggestion], beta: float) -> float:
    """Return the lowest threshold whose F score is the best one, but for what chance explains.

    Within one standard error of the best one the lower threshold is taken: it shows more, and
    depends less on which suggestions there happened to be.

    Args:
        among: those of the half that fits.
        beta: how many times as much as being right counts that what is right is shown.
    """
    if not among:
        return 0.0
    tried = [shown_at(step / _STEPS, among) for step in range(_STEPS)]
    best = max(tried, key=lambda shown: _f_score(shown, beta))
    resampled = _Resampled(among)
    error = pstdev(
        _f_score(shown_at(best.threshold, resampled.draw()), beta) for _ in range(_FIT_RESAMPLES)
    )
    enough = _f_score(best, beta) - error
    return next(shown.threshold for shown in tried if _f_score(shown, beta) >= enough)


def _f_score(shown: Shown, beta: float) -> float:
    weight = beta**2
    below = weight * shown.right + shown.kept
    return (1 + weight) * shown.right * shown.kept / below if below else 0.0


def right_range(threshold: float, among: Sequence[Suggestion]) -> Range:
    """Return the share of right ones among those shown, with its 95 % interval."""
    resampled = _Resampled(among)
    drawn = sorted(
        shown_at(threshold, resampled.draw()).right for _ in range(RESAMPLES if among else 0)
    )
    return _range(shown_at(threshold, among).right, drawn)


def area(among: Sequence[Suggestion], weights: Sequence[int] | None = None) -> float:
    """Return the area under the curve of the share of right ones over the share shown, 0 to 1.

    It is the mean of the right ones' share over all that a threshold could leave; suggestions of
    equal score come in no order, so each of them counts as all of them together.

    Args:
        among: what could be shown.
        weights: how often each of these counts; once each without them.
    """
    order = sorted(range(len(among)), key=lambda index: -among[index].sure)
    total = shown = right = 0.0
    index = 0
    while index < len(order):
        sure = among[order[index]].sure
        many = good = 0
        while index < len(order) and among[order[index]].sure == sure:
            weight = 1 if weights is None else weights[order[index]]
            many += weight
            good += weight * among[order[index]].right
            index += 1
        if many:
            # Halfway through those of equal score.
            total += many * (right + good / 2) / (shown + many / 2)
        shown, right = shown + many, right + good
    return total / shown if shown else 0.0


def area_difference(before: Sequence[Suggestion], after: Sequence[Suggestion]) -> Range:
    """Return how much larger the area of a second score is, on the same suggestions."""
    sources = sorted({each.source for each in before})
    chance = random.Random(_SEED)
    drawn: list[float] = []
    for _ in range(_AREA_RESAMPLES if sources else 0):
        counts: dict[str, int] = defaultdict(int)
        for source in chance.choices(sources, k=len(sources)):
            counts[source] += 1
        drawn.append(_weighted(after, counts) - _weighted(before, counts))
    return _range(area(after) - area(before), sorted(drawn))


def _weighted(among: Sequence[Suggestion], counts: dict[str, int]) -> float:
    return area(among, [counts[each.source] for each in among])


def _range(value: float, drawn: Sequence[float]) -> Range:
    if not drawn:
        return Range(value, value, value)
    beyond = int(len(drawn) * (1 - COVERED) / 2)
    return Range(value, drawn[beyond], drawn[-1 - beyond])


class _Resampled:
    """Draws suggestions anew, those of one source together."""

    def __init__(self, among: Sequence[Suggestion]) -> None:
        by_source: dict[str, list[Suggestion]] = defaultdict(list)
        for each in among:
            by_source[each.source].append(each)
        self._groups = [group for _, group in sorted(by_source.items())]
        self._chance = random.Random(_SEED)

    def draw(self) -> Sequence[Suggestion]:
        drawn = self._chance.choices(self._groups, k=len(self._groups))
        return [each for group in drawn for each in group]
