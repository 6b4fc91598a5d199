"""What chance leaves of the difference between two runs over the same holes."""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RESAMPLES = 4_000
COVERED = 0.95
_SEED = 20_261_122


@dataclass(frozen=True)
class Pair:
    """One hole's scores in two runs.

    Attributes:
        source: holes of the same one are drawn together: they are not independent.
    """

    source: str
    before: float
    after: float


@dataclass(frozen=True)
class Interval:
    """How much more the second run scored per hole, and between what it likely lies."""

    difference: float
    low: float
    high: float

    @property
    def excludes_none(self) -> bool:
        """Whether chance alone hardly explains it."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Ratio:
    """How many times as much the second run scored, and between what that likely lies."""

    times: float
    low: float
    high: float


_Sums = tuple[float, float, int]
"""Of one source: the scores before, those after, and how many holes."""


def paired_interval(pairs: Sequence[Pair]) -> Interval:
    """Return the mean difference with its 95 % interval, by drawing sources anew."""
    if not pairs:
        return Interval(0.0, 0.0, 0.0)
    return Interval(*_middle_and_bounds(pairs, _mean_difference))


def paired_ratio(pairs: Sequence[Pair]) -> Ratio:
    """Return how many times as much the second run scored, with its 95 % interval.

    Where the first run scored nothing, any gain is without bound.
    """
    if not pairs:
        return Ratio(1.0, 1.0, 1.0)
    return Ratio(*_middle_and_bounds(pairs, _times))


def _middle_and_bounds(
    pairs: Sequence[Pair], figure: Callable[[Sequence[_Sums]], float]
) -> tuple[float, float, float]:
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair)
    sums = [
        (sum(pair.before for pair in each), sum(pair.after for pair in each), len(each))
        for _, each in sorted(by_source.items())
    ]
    chance = random.Random(_SEED)  # noqa: S311 - it is to be the same every time
    drawn = sorted(figure(chance.choices(sums, k=len(sums))) for _ in range(RESAMPLES))
    beyond = int(len(drawn) * (1 - COVERED) / 2)
    return figure(sums), drawn[beyond], drawn[-1 - beyond]


def _mean_difference(sums: Sequence[_Sums]) -> float:
    gained = sum(after - before for before, after, _ in sums)
    return gained / sum(count for _, _, count in sums)


def _times(sums: Sequence[_Sums]) -> float:
    before, after = sum(each[0] for each in sums), sum(each[1] for each in sums)
    if not before:
        return math.inf if after else 1.0
    return after / before
