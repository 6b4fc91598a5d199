"""Whether two lines say the same in slightly different words."""

import re
from difflib import SequenceMatcher

_LONG_ENOUGH_TO_COMPARE = 8
_ALIKE = 0.9
"""Continue's measure: less than a tenth of the characters differ."""
_STEM = 3
"""A word that begins with this much of another, and is a little longer, is its variant."""
_VARIES_BY = 2

_WORD = re.compile(r"\w+|[^\w\s]")
_MARKS = ";,\"'`"


def alike(one: str, other: str) -> bool:
    """Tell whether lines differ by a word's ending or a mark, rather than in what they name.

    Lines that stand below each other are often alike but for a number or a name: those differ.
    """
    if min(len(one), len(other)) < _LONG_ENOUGH_TO_COMPARE:
        return False
    # No more can be alike than the shorter one has.
    if 2 * min(len(one), len(other)) <= _ALIKE * (len(one) + len(other)):
        return False
    if SequenceMatcher(None, one, other, autojunk=False).ratio() <= _ALIKE:
        return False
    mine, theirs = _words(one), _words(other)
    if len(mine) != len(theirs):
        return False
    different = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return len(different) <= 1 and all(_variants(*pair) for pair in different)


def _words(line: str) -> list[str]:
    return [word for word in _WORD.findall(line) if word not in _MARKS]


def _variants(one: str, other: str) -> bool:
    if one.lower() == other.lower():
        return True
    shorter, longer = sorted((one, other), key=len)
    return (
        len(shorter) >= _STEM
        and 0 < len(longer) - len(shorter) <= _VARIES_BY
        and longer.startswith(shorter)
        and longer[len(shorter) :].isalpha()
    )
