"""Which brackets are open at the cursor, which nothing closes, and how many lack a partner."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.language import Language
from phi_sidecar.completion.lexical import (
    Kind,
    Stretch,
    lead_to,
    read,
    read_after,
    read_on,
    read_up_to,
)

PARTNER = {")": "(", "]": "[", "}": "{"}
_PLACES_KEPT = 16


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket.

    Attributes:
        character: the bracket itself.
        offset: where it stands in the text that was looked at.
        indent: the whitespace that its line begins with.
        leads: nothing but whitespace stands before it on its line.
    """

    character: str
    offset: int
    indent: str
    leads: bool


class Unpaired(NamedTuple):
    """Brackets without a partner, each in order."""

    closers: tuple[Bracket, ...]
    openers: tuple[Bracket, ...]


def unpaired(text: str, language: Language) -> Unpaired:
    """Find the closers without an opener and the openers without a closer."""
    return _unpaired(_brackets(text, read(text, language).stretches))


def unpaired_after(before: str, text: str, language: Language) -> Unpaired:
    """Find those of a text that is put behind another, as if it stood alone."""
    line = before[before.rfind("\n") + 1 :]
    return _unpaired(_brackets(text, read_on(before, text, language).stretches, line))


def left_open(before: str, after: str, language: Language) -> tuple[tuple[Bracket, ...], int]:
    """Return the brackets open at the cursor that nothing after it closes, outermost first.

    With them comes how many of the outermost stand outside of every closer that was seen.
    """
    openers = list(_unpaired(_brackets(before, read_up_to(before, language).stretches)).openers)
    line = before[before.rfind("\n") + 1 :]
    missing: list[Bracket] = []
    found = read_after(lead_to(before, "", language), after, language)
    for closer in _unpaired(_brackets(after, found, line)).closers:
        if not any(opener.character == PARTNER[closer.character] for opener in openers):
            break
        opener = openers.pop()
        while opener.character != PARTNER[closer.character] or _is_deeper(opener, closer):
            missing.append(opener)
            if not openers:
                break
            opener = openers.pop()
    return (*openers, *reversed(missing)), len(openers)


@dataclass(frozen=True)
class Faults:
    """How many brackets lack a partner where a text stands at the cursor.

    Attributes:
        by_order: of all brackets, going by their order alone.
        by_indentation: of all brackets, where a closer that leads its line closes none deeper.
        own: of the text's, by either.
    """

    by_order: int
    by_indentation: int
    own: int

    def no_worse_than(self, other: "Faults") -> bool:
        """Tell whether the text is paired itself, and nothing else lost its partner."""
        return (
            not self.own
            and self.by_order <= other.by_order
            and self.by_indentation <= other.by_indentation
        )


@lru_cache(_PLACES_KEPT)
def faults(before: str, text: str, after: str, language: Language) -> Faults:
    """Count the brackets that stay without a partner where a text stands between two others."""
    line = before[before.rfind("\n") + 1 :]
    above = _brackets(before, read_up_to(before, language).stretches)
    own = _brackets(text, read_on(before, text, language).stretches, line)
    lead = lead_to(before, text, language)
    below = _brackets(after, read_after(lead, after, language), lead.line)
    found = [*above, *own, *below]
    by_order = _faults(found, heed_indentation=False)
    by_indentation = _faults(found, heed_indentation=True)
    mine = range(len(above), len(above) + len(own))
    return Faults(
        len(by_order),
        len(by_indentation),
        sum(index in mine for index in by_order | by_indentation),
    )


def _faults(brackets: list[Bracket], *, heed_indentation: bool) -> set[int]:
    """Return which of some brackets lack a partner."""
    openers: list[int] = []
    lone: set[int] = set()
    for index, bracket in enumerate(brackets):
        partner = PARTNER.get(bracket.character)
        if partner is None:
            openers.append(index)
            continue
        for depth in range(len(openers) - 1, -1, -1):
            opener = brackets[openers[depth]]
            if opener.character != partner or (heed_indentation and _is_deeper(opener, bracket)):
                continue
            lone.update(openers[depth + 1 :])
            del openers[depth:]
            break
        else:
            lone.add(index)
    return lone | set(openers)


def _is_deeper(opener: Bracket, closer: Bracket) -> bool:
    # A closer that stands first on its line belongs to an opener whose line is indented alike.
    return closer.leads and len(opener.indent) > len(closer.indent)


def _unpaired(brackets: Iterable[Bracket]) -> Unpaired:
    openers: list[Bracket] = []
    closers: list[Bracket] = []
    for bracket in brackets:
        partner = PARTNER.get(bracket.character)
        if partner is None:
            openers.append(bracket)
        elif any(opener.character == partner for opener in openers):
            while openers.pop().character != partner:
                pass
        else:
            closers.append(bracket)
    return Unpaired(tuple(closers), tuple(openers))


def _brackets(text: str, found: Iterable[Stretch], line: str = "") -> list[Bracket]:
    """Return the brackets of a text that goes on from the beginning of a line."""
    return [_bracket(text, each.start, line) for each in found if each.kind is Kind.BRACKET]


def _bracket(text: str, offset: int, line: str) -> Bracket:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset] if start else line + text[:offset]
    indent = indent_of(before)
    return Bracket(text[offset], offset, indent, leads=indent == before)
