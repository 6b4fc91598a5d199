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

    def of_width(self, columns: int) -> str:
        """Return whitespace of that many columns, written as the file writes it."""
        if self.unit == "\t":
            return "\t" * (columns // self.columns) + " " * (columns % self.columns)
        return " " * columns


def indent_of(line: str) -> str:
    """Return the whitespace that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def detect_indentation(lines: Iterable[str]) -> Indentation:
    """Read from a file's lines how it indents; four spaces where nothing tells."""
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
    if not steps:
        return Indentation(" " * DEFAULT_SPACES)
    return Indentation(" " * max(steps, key=lambda step: (steps[step], -step)))
