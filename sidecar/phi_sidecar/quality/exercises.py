"""Small functions with a hole in them, and the tests that tell whether it is filled rightly."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGE = "python"


@dataclass(frozen=True)
class Exercise:
    """A function with a hole.

    Attributes:
        name: the function's; several holes may have been cut from it.
        text: what was taken away: a line, or the rest of one.
    """

    name: str
    before: str
    text: str
    after: str
    test: str

    @property
    def line(self) -> int:
        """The cursor's line, from 0."""
        return self.before.count("\n")

    @property
    def column(self) -> int:
        """The cursor's column, in code points."""
        return len(self.before) - self.before.rfind("\n") - 1

    def program(self, text: str, replace_after: int = 0) -> str:
        """Return a program that comes to its end only if this text in the hole is right."""
        return f"{self.before}{text}{self.after[replace_after:]}\n{self.test}"


@cache
def exercises() -> Sequence[Exercise]:
    """Return the exercises that the package brings."""
    file = files(__package__).joinpath("exercises.toml")
    listed = tomllib.loads(file.read_text(encoding="utf-8").replace("\r\n", "\n"))
    return [
        _cut(raw["name"], raw["code"], hole, raw["test"])
        for raw in listed["exercise"]
        for hole in raw["holes"]
    ]


def _cut(name: str, code: str, hole: str, test: str) -> Exercise:
    before, cut, after = code.partition(hole)
    if not cut or hole in after or not after.startswith("\n"):
        raise ValueError(f"{hole!r} is not the end of one line of {name}")
    return Exercise(name, before, hole, after, test)
