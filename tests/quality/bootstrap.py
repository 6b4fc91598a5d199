"""What chance leaves of the difference between two runs over the same holes."""

import random
from collections import defaultdict
from collections.abc import Sequence
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


def paired_interval(pairs: Sequence[Pair]) -> Interval:
    """Return the mean difference with its 95 % interval, by drawing sources anew."""
    by_source: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair.after - pair.before)
    sums = [(sum(each), len(each)) for _, each in sorted(by_source.items())]
    chance = random.Random(_SEED)
    means = sorted(
        _mean(chance.choices(sums, k=len(sums))) for _ in range(RESAMPLES if sums else 0)
    )
    if not means:
        return Interval(0.0, 0.0, 0.0)
    beyond = int(len(means) * (1 - COVERED) / 2)
    return Interval(_mean(sums), means[beyond], means[-1 - beyond])


def _mean(sums: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in sums) / sum(count for _, count in sums)
