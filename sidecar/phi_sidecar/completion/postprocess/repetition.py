"""Take away text that goes round in circles."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.lexical import Kind
from phi_sidecar.completion.postprocess.unfinished import last_rest, reads_as_whole
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "repetition"

_CIRCLE = re.compile(r"([^\n]{3,40}?)\1{3,}")
_LONG_CIRCLE = re.compile(r"([^\n]{12,40}?)\1{2}")
"""Nobody means so much three times, and each further time takes long to write."""
_UNENDED_CIRCLE = re.compile(r"([^\n]{2,40}?)\1{2,}[^\n]{0,40}\Z")
_LETTER = re.compile(r"[^\W\d_]")
_PROSE_CIRCLE = re.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1\b){3,}")
_LONGEST_RUN = 48
"""One character that comes again and again may be a number: `0xFFFFFFFF`."""

_SENTENCES = re.compile(r".*[.!?](?=\s|\Z)")
_LEAST_WORTH_KEEPING = re.compile(r"(?:\w\W*){3}")


def is_runaway(line: str) -> bool:
    """Tell whether a line being written has begun to go round in circles."""
    return _circle(line[-200:]) is not None


def drop_repetition(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Keep the lines before one that repeats itself; of the first, what comes before that."""
    kept: list[str] = []
    lines = draft.text.split("\n")
    for index, line in enumerate(lines):
        circle = _circle(line)
        if circle is None and not draft.ended and index == len(lines) - 1:
            circle = _UNENDED_CIRCLE.search(line)
        if circle is not None:
            if not any(each.strip() for each in kept):
                kept.append(_before_circle(line, circle, context))
            text = "\n".join(kept)
            if not text.strip():
                return Rejected(NAME, "The model repeated itself.")
            return replace(draft, text=text, ended=True)
        kept.append(line)
    return draft


def _before_circle(line: str, circle: re.Match[str], context: CompletionContext) -> str:
    """Return what of a line is worth showing without the rest."""
    if not context.language.code or context.place is not Kind.CODE:
        sentences = _SENTENCES.match(line[: circle.start()])
        return sentences.group() if sentences else ""
    # Where the circle begins is arbitrary: it may be within the first expression of it.
    head = line[: circle.end(1)]
    head = head[: last_rest(head, context)].rstrip(", ")
    worth = _LEAST_WORTH_KEEPING.search(head)
    return head if worth and reads_as_whole(head, context) else ""


def _circle(line: str) -> re.Match[str] | None:
    """Return where a line begins to repeat itself."""
    # A unit without a letter, as in `0, 0, 0, 0` and `--------`, is common and meant.
    circles = [
        match
        for pattern in (_CIRCLE, _LONG_CIRCLE, _PROSE_CIRCLE)
        for match in pattern.finditer(line)
        if _LETTER.search(match[1]) and (len(set(match[1])) > 1 or len(match[0]) > _LONGEST_RUN)
    ]
    return min(circles, key=lambda match: match.start(), default=None)
