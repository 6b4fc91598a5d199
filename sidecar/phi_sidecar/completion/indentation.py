"""How a file indents its lines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_SPACES = 4


@dataclass(frozen=True)
class Indentation:
    """One step of a file's indentation.

    Attributes:
        unit: a tab, or that many spaces.
    """

    unit: str

    @property
    def columns(self) -> int:
        """How many columns one step is wide."""
        return DEFAULT_SPACES if self.unit == "\t" else len(self.unit)

    def width(self, indent: str) -> int:
        """Return how many columns a line's leading whitespace is wide."""
        columns = 0
        for character in indent:
            columns += self.columns - columns % self.columns if character == "\t" else 1
        return columns

    def nearest(self, columns: int) -> str:
        """Return whitespace of about that many columns, written as the file writes it.

        Tabs alone or spaces alone: more than half a step beyond a tab counts as another one.
        """
        if self.unit == "\t":
            return "\t" * ((columns + self.columns // 2) // self.columns)
        return " " * columns


def indent_of(line: str) -> str:
    """Return the whitespace that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def detect_indentation(lines: Iterable[str], own: str = "") -> Indentation:
    """Read from a file's lines how it indents; four spaces where nothing tells.

    `own`: the whitespace that the line being typed begins with; it tells where no other does.
    """
    tabs = 0
    steps: Counter[int] = Counter()
    previous = 0
    for line in lines:
        indent = indent_of(line)
        if len(indent) == len(line):
            continue
        if indent.startswith("\t"):
            tabs += 1
            continue
        step = len(indent) - previous
        # One column is the star of a block comment, more than eight an argument under its bracket.
        if 2 <= step <= 8:
            steps[step] += 1
        previous = len(indent)
    if tabs > sum(steps.values()):
        return Indentation("\t")
    if not steps and "\t" in own:
        return Indentation("\t")
    if not steps and own:
        # It may stand several steps deep; four fit more often than two.
        fitting = (step for step in (DEFAULT_SPACES, 2, 3) if len(own) % step == 0)
        return Indentation(" " * next(fitting, DEFAULT_SPACES))
    if not steps:
        return Indentation(" " * DEFAULT_SPACES)
    return Indentation(" " * max(steps, key=lambda step: (steps[step], -step)))
