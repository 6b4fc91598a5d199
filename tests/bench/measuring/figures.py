"""Figures: repeated measurements of one thing, and what they should stay below."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread | None":
        """Return the spread of some values; None of none."""
        if not values:
            return None
        return cls(median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that so many per cent of all are not above; None of none."""
    if not values:
        return None
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(0, rank - 1)]


@dataclass(frozen=True)
class Figure:
    """One row of a section.

    Attributes:
        name: what was measured, for people.
        unit: `ms`, `MB`, `%`, or empty for a plain number.
        value: one value where `spread` is None.
        spread: the repeated measurements.
        of: how many measurements `value` is made of, where that is worth telling.
    """

    name: str
    unit: str
    value: float | None = None
    spread: Spread | None = None
    of: int | None = None

    @property
    def count(self) -> int | None:
        """How many measurements it is made of; None where that says nothing."""
        return self.of if self.spread is None else self.spread.count

    @property
    def middle(self) -> float | None:
        """The value that stands for all."""
        return self.value if self.spread is None else self.spread.median


@dataclass(frozen=True)
class Aim:
    """What a figure should stay below.

    Attributes:
        measured: None where it could not be measured.
        limit: in the same unit.
    """

    name: str
    measured: float | None
    limit: float
    unit: str

    @property
    def ratio(self) -> float | None:
        """How much of the limit is used; above 1 is over it."""
        return None if self.measured is None else self.measured / self.limit

    @property
    def met(self) -> bool | None:
        """Whether it stays below; None where it could not be measured."""
        return None if self.ratio is None else self.ratio <= 1


@dataclass(frozen=True)
class Table:
    """Figures that are read side by side, each in a cell of its own.

    Attributes:
        columns: the heads; the first one names the row.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """What belongs together.

    Attributes:
        name: as `--only` takes it.
        tables: what people are shown; where there are any, the figures are for scripts.
        note: what one must know to read it, in a sentence.
        missing: why there are no figures; None where there are.
    """

    name: str
    title: str
    figures: Sequence[Figure] = ()
    aims: Sequence[Aim] = ()
    tables: Sequence[Table] = ()
    note: str = ""
    missing: str | None = None
    seconds: float = field(default=0.0, compare=False)


def repeated(name: str, values: Sequence[float], unit: str = "ms") -> Figure:
    """Return the figure of repeated measurements."""
    return Figure(name, unit, spread=Spread.of(values))


def difference(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Return how much the median of ours is above theirs."""
    if not ours or not theirs:
        return None
    return median(ours) - median(theirs)


def excess_percent(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Return how much the median of ours is above theirs, in per cent of theirs."""
    above = difference(ours, theirs)
    return None if above is None else 100 * above / median(theirs)
