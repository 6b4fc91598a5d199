"""Cut holes of every kind out of a text, in an order that is the same in every run."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from phi_sidecar.completion.language import language_of
from phi_sidecar.completion.lexical import Kind as Written
from phi_sidecar.completion.lexical import code_only, stretches

from quality.holes import Hole, Kind

MOST_LINES = 8
MOST_SPAN_CHARS = 240
LEAST_CHARS = 3
"""Of text that is no whitespace: less tells nothing."""

_TRIES = 60


@dataclass(frozen=True)
class Source:
    """A text to cut from.

    Attributes:
        start: offset of the first character that may be taken away.
        remarks: how many of the holes in comments and docstrings alone are cut, from 0, which is
            for code with tests, since none would miss them, to 1.
    """

    group: str
    name: str
    language: str
    text: str
    start: int = 0
    remarks: float = 0.15


def cut(source: Source, kind: Kind) -> Iterator[Hole]:
    """Yield the holes of one kind, each once; which they are depends on the text alone."""
    # Seeded by what it is, so that one source more or less changes none of the others.
    chance = random.Random(f"{source.name} {kind}")
    seen: set[tuple[int, int]] = set()
    for start, end in _SPANS[kind](source, chance):
        if (start, end) in seen or _said(source.text[start:end]) < LEAST_CHARS:
            continue
        seen.add((start, end))
        yield Hole(
            group=source.group,
            source=source.name,
            language=source.language,
            kind=kind,
            before=source.text[:start],
            text=source.text[start:end],
            after=source.text[end:],
        )


def is_wanted(source: Source, hole: Hole) -> bool:
    """Tell whether a hole is in code, or one of the few in comments and docstrings to be cut."""
    start = len(hole.before)
    code = _code_of(source)[start : start + len(hole.text)]
    return _said(code) >= LEAST_CHARS or random.Random(hole.id).random() < source.remarks


def _said(text: str) -> int:
    return len("".join(text.split()))


@lru_cache(maxsize=256)
def _code_of(source: Source) -> str:
    """Return the text with comments and docstrings blanked out; a string that is used stays."""
    language = language_of(source.language)
    code = list(code_only(source.text, language, keep_strings=True))
    for stretch in stretches(source.text, language):
        long = source.text.startswith(language.long_quotes, stretch.start)
        if stretch.kind is Written.STRING and long:
            code[stretch.start : stretch.end] = " " * (stretch.end - stretch.start)
    return "".join(code)


@dataclass(frozen=True)
class _Line:
    start: int
    """Behind its indentation."""
    end: int
    """Without whitespace at its end."""


def _lines(source: Source) -> list[_Line]:
    lines: list[_Line] = []
    offset = 0
    for line in source.text.split("\n"):
        begin = offset + len(line) - len(line.lstrip())
        if line.strip() and offset >= source.start:
            lines.append(_Line(begin, offset + len(line.rstrip())))
        offset += len(line) + 1
    return lines


def _single_lines(source: Source, chance: random.Random) -> Iterator[tuple[int, int]]:
    lines = _lines(source)
    chance.shuffle(lines)
    yield from ((line.start, line.end) for line in lines)


def _line_rests(source: Source, chance: random.Random) -> Iterator[tuple[int, int]]:
    lines = _lines(source)
    chance.shuffle(lines)
    for line in lines:
        if line.end - line.start > LEAST_CHARS:
            yield chance.randrange(line.start + 1, line.end - LEAST_CHARS + 1), line.end


def _multi_lines(source: Source, chance: random.Random) -> Iterator[tuple[int, int]]:
    lines = _lines(source)
    spans = [
        (lines[first].start, lines[last].end)
        for first in range(len(lines))
        for last in range(first + 1, min(first + MOST_LINES, len(lines)))
    ]
    chance.shuffle(spans)
    yield from spans


def _random_spans(source: Source, chance: random.Random) -> Iterator[tuple[int, int]]:
    length = len(source.text.rstrip())
    for _ in range(_TRIES if length - source.start > LEAST_CHARS else 0):
        start, end = sorted(chance.sample(range(source.start, length + 1), 2))
        yield start, min(end, start + MOST_SPAN_CHARS)


_SPANS: Mapping[Kind, Callable[[Source, random.Random], Iterator[tuple[int, int]]]] = {
    Kind.SINGLE_LINE: _single_lines,
    Kind.LINE_REST: _line_rests,
    Kind.MULTI_LINE: _multi_lines,
    Kind.RANDOM_SPAN: _random_spans,
}
