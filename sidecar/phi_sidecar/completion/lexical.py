"""Find comments, strings and brackets in code that may stop anywhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from phi_sidecar.completion.language import Language

_TEXTS_KEPT = 64
"""The text above and below the cursor stays the same from key to key: it is read once."""

_LONGEST_LOOK_BACK = 16_000
"""In characters: reading takes some microseconds for each."""
_LONGEST_LINE = 1_000
"""A line that began further above, as in minified code, is read from within."""


class Kind(StrEnum):
    """What a stretch of code is."""

    COMMENT = "comment"
    STRING = "string"
    BRACKET = "bracket"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A comment, a bracket, a string, or what stands of a string beside its interpolations.

    Attributes:
        start: offset of its first character.
        end: offset behind its last character.
        open: it is not ended, so what follows the text still belongs to it.
    """

    kind: Kind
    start: int
    end: int
    open: bool = False

    def shifted(self, by: int) -> "Stretch":
        """Return it for a text that begins that much earlier."""
        return Stretch(self.kind, self.start + by, self.end + by, self.open)


@dataclass(frozen=True)
class Reading:
    """What was found in a text.

    Attributes:
        stretches: the comments, strings and brackets, in order.
        opening: the shortest text that leaves a reader where this one does: the quote of the string
            that is being written, the beginning of the comment, the interpolation with the brackets
            that are open in it.
        quote: what would end the string that is being written; nothing outside of one.
    """

    stretches: tuple[Stretch, ...] = ()
    opening: str = ""
    quote: str = ""

    @property
    def kind_at_end(self) -> Kind:
        """What is being written at the end: a comment, a string or code."""
        last = self.stretches[-1] if self.stretches else None
        return last.kind if last is not None and last.open else Kind.CODE


@lru_cache(_TEXTS_KEPT)
def read(text: str, language: Language) -> Reading:
    """Read a text from its beginning; nothing is found in running text."""
    if not text or not (language.code or language.block_comments):
        return Reading()
    from phi_sidecar.completion.reader import Reader

    reading = Reader(text, language).read()
    if language.code:
        return reading
    return Reading(tuple(each for each in reading.stretches if each.kind is Kind.COMMENT))


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads a reader to a place, without all that stands before it.

    Attributes:
        opening: of the string or comment that the place's line begins within.
        line: the line up to the place.
    """

    opening: str
    line: str


def lead_to(before: str, text: str, language: Language) -> Lead:
    """Return what leads to the end of a text that stands behind another.

    Lines above the cursor's are read once, so an answer can be read at each of its lines.
    """
    if language.heredocs and "<<" in before + text:
        # What a heredoc's first line says, no opening can.
        return Lead("", before + text)
    start = text.rfind("\n") + 1
    if start:
        return Lead(read_on(before, text[:start], language).opening, text[start:])
    start = before.rfind("\n") + 1
    return Lead(read(before[:start], language).opening, before[start:] + text)


@lru_cache(_TEXTS_KEPT)
def read_led(lead: Lead, text: str, language: Language) -> Reading:
    """Read a text from the place that its lead leads to; offsets are its own."""
    start = len(lead.opening) + len(lead.line)
    reading = read(lead.opening + lead.line + text, language)
    found = (
        Stretch(each.kind, max(0, each.start - start), each.end - start, each.open)
        for each in reading.stretches
        if each.end > start or (each.open and each.end == start)
    )
    return Reading(tuple(found), reading.opening, reading.quote)


def read_on(before: str, text: str, language: Language) -> Reading:
    """Read a text that goes on from what stands before it; offsets are its own."""
    return read_led(lead_to(before, "", language), text, language)


@lru_cache(_TEXTS_KEPT)
def read_up_to(before: str, language: Language) -> Reading:
    """Read the text before a cursor; of that, only the cursor's line is read for each key."""
    start = 0 if language.heredocs and "<<" in before else before.rfind("\n") + 1
    above = read(before[:start], language)
    line = read_led(Lead(above.opening, ""), before[start:], language)
    found = (*above.stretches, *(each.shifted(start) for each in line.stretches))
    return Reading(
        found,
        line.opening if start < len(before) else above.opening,
        line.quote if start < len(before) else above.quote,
    )


def read_after(lead: Lead, after: str, language: Language) -> tuple[Stretch, ...]:
    """Read the text after the cursor; a string or comment that it does not end, it does not hold.

    Below the cursor's line it is mostly the same from key to key, so that is read once.
    """
    quote = read_led(lead, "", language).quote
    line, newline, below = after.partition("\n")
    if quote and quote not in (line if quote not in language.long_quotes else after):
        return read(after, language).stretches
    if not newline or (language.heredocs and "<<" in lead.line + after):
        return read_led(lead, after, language).stretches
    first = read_led(lead, line + newline, language)
    if first.opening:
        whole = read_led(lead, after, language)
        return read(after, language).stretches if whole.opening else whole.stretches
    start = len(line) + 1
    return (*first.stretches, *(each.shifted(start) for each in read(below, language).stretches))


def opening_at(text: str, offset: int, language: Language) -> str:
    """Return what leads into a text that is read from an offset on, as far as can be told cheaply.

    A window may begin within a long string or a comment; read from there, all would be inside out.
    """
    start = max(0, offset - _LONGEST_LOOK_BACK)
    newline = text.rfind("\n", max(0, start - _LONGEST_LINE), start)
    start = newline + 1 if newline >= 0 else start
    marks = (*language.long_quotes, *(begin for begin, _ in language.block_comments))
    above = text[start:offset]
    return read(above, language).opening if any(mark in above for mark in marks) else ""


def stretches(text: str, language: Language) -> Iterator[Stretch]:
    """Yield the comments, strings and brackets of a text in order; none for running text."""
    yield from read(text, language).stretches


def kind_at_end(text: str, language: Language) -> Kind:
    """Say what is being written at the end of a text: a comment, a string or code."""
    return read_up_to(text, language).kind_at_end


def open_quote(text: str, language: Language) -> str:
    """Return the quote that would end the string being written, or nothing outside of one."""
    return read_up_to(text, language).quote


def code_only(text: str, language: Language, *, keep_strings: bool = False) -> str:
    """Return a text of the same length with comments and strings blanked out, newlines kept."""
    return blanked(text, read_up_to(text, language).stretches, keep_strings=keep_strings)


def blanked(text: str, found: Iterable[Stretch], *, keep_strings: bool = False) -> str:
    """Return a text with the comments and strings that were found in it blanked out."""
    parts: list[str] = []
    done = 0
    for stretch in found:
        if stretch.kind is Kind.BRACKET or (keep_strings and stretch.kind is Kind.STRING):
            continue
        parts.append(text[done : stretch.start])
        parts.append(re.sub(r"[^\n]", " ", text[stretch.start : stretch.end]))
        done = stretch.end
    parts.append(text[done:])
    return "".join(parts)
