"""Drop text that goes round in circles."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "repetition"

_CIRCLE = re.compile(r"([^\n]{3,40}?)\1{3,}")
_UNENDED_CIRCLE = re.compile(r"([^\n]{2,40}?)\1{2,}[^\n]{0,40}\Z")
_LETTER = re.compile(r"[^\W\d_]")
_PROSE_CIRCLE = re.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1\b){3,}")


def is_runaway(line: str) -> bool:
    """Tell whether a line being written has begun to go round in circles."""
    return _circles(line[-200:])


def drop_repetition(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Drop a line that repeats itself; of several lines keep those before it."""
    kept: list[str] = []
    lines = draft.text.split("\n")
    for index, line in enumerate(lines):
        unended = not draft.ended and index == len(lines) - 1
        if _goes_round(line, unended=unended):
            if not any(each.strip() for each in kept):
                return Rejected(NAME, "The model repeated itself.")
            return replace(draft, text="\n".join(kept), ended=True)
        kept.append(line)
    return draft


def _goes_round(line: str, *, unended: bool) -> bool:
    if _circles(line):
        return True
    return unended and _UNENDED_CIRCLE.search(line) is not None


def _circles(line: str) -> bool:
    # A unit without a letter, as in `0, 0, 0, 0` and `--------`, is common and meant.
    return any(
        _LETTER.search(match[1])
        for pattern in (_CIRCLE, _PROSE_CIRCLE)
        for match in pattern.finditer(line)
    )
