"""How much of a ratio is chance: both sides drawn anew together, again and again."""

import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

RESAMPLES = 2_000
COVERED = 0.95
SEED = 20_261_123

Value = TypeVar("Value")
Statistic = Callable[[Sequence[Value]], float | None]


@dataclass(frozen=True)
class Ratio:
    """One value over another.

    Attributes:
        low: with `high`, what 95 of 100 drawings lie between; None where there is nothing to draw.
    """

    ours: float
    theirs: float
    low: float | None
    high: float | None

    @property
    def value(self) -> float:
        """The ratio itself."""
        return self.ours / self.theirs


def paired_ratio(
    ours: Mapping[Hashable, Sequence[Value]],
    theirs: Mapping[Hashable, Sequence[Value]],
    statistic: Statistic[Value],
) -> Ratio | None:
    """Return the ratio of a statistic of two samples, with its interval.

    Each key of the mappings is a stretch of the work that both sides did. Stretches are drawn
    whole, the same ones for both: what lies within one is not independent, and some are easier.

    Returns:
        None where one side has no value, or theirs is nothing.
    """
    stretches = sorted({*ours, *theirs}, key=repr)
    point = _ratio(ours, theirs, stretches, statistic)
    if point is None:
        return None
    chance = random.Random(SEED)
    drawn = (
        _ratio(ours, theirs, chance.choices(stretches, k=len(stretches)), statistic)
        for _ in range(RESAMPLES if len(stretches) > 1 else 0)
    )
    ratios = sorted(mine / other for mine, other in filter(None, drawn))
    if not ratios:
        return Ratio(*point, None, None)
    beyond = int(len(ratios) * (1 - COVERED) / 2)
    return Ratio(*point, ratios[beyond], ratios[-1 - beyond])


def _ratio(
    ours: Mapping[Hashable, Sequence[Value]],
    theirs: Mapping[Hashable, Sequence[Value]],
    stretches: Sequence[Hashable],
    statistic: Statistic[Value],
) -> tuple[float, float] | None:
    mine = [value for each in stretches for value in ours.get(each, ())]
    other = [value for each in stretches for value in theirs.get(each, ())]
    if not mine or not other:
        return None
    over, under = statistic(mine), statistic(other)
    return None if over is None or not under else (over, under)
