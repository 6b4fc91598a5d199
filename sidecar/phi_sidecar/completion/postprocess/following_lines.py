"""Stop before lines that already stand below the cursor."""

import re
from dataclasses import replace
from itertools import takewhile

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.postprocess.alike import alike
from phi_sidecar.completion.postprocess.finished_lines import (
    LEAVES,
    FinishedLine,
    finished_lines,
)
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "following_lines"

_LONG_ENOUGH_TO_TELL = 8
_LINES_COMPARED = 3
_ENDS_BLOCK = re.compile(r"[)\]}]+[;,]?|end|fi|done|esac|</[\w:.-]+>")


def stop_at_following_lines(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut where the text comes to say what the next lines say already."""
    below = [_Below(line, context) for line in context.lines_below[:_LINES_COMPARED]]
    if not below:
        return draft
    finished = finished_lines(draft, context)
    for index, line in enumerate(finished):
        last = index == len(finished) - 1
        if not line.added or not _stands_below(line, below, last=last):
            continue
        kept = "\n".join(draft.text.split("\n")[:index])
        if not kept.strip():
            return Rejected(NAME, "The next lines say this already.")
        return replace(draft, text=kept, ended=True)
    return draft


class _Below:
    def __init__(self, line: str, context: CompletionContext) -> None:
        self.text = line.strip()
        self.columns = context.indentation.width(indent_of(line))


def _stands_below(line: FinishedLine, below: list[_Below], *, last: bool) -> bool:
    next_line = below[0]
    if _ENDS_BLOCK.fullmatch(line.text):
        # A closing line is a duplicate only if it ends the text: within it, it closes its own.
        return last and (line.text, line.columns) == (next_line.text, next_line.columns)
    if line.text == next_line.text:
        return line.columns == next_line.columns or not LEAVES.match(line.text)
    if _says(line, next_line):
        return True
    # What lies further out parts one block from the next, where the same may be said again.
    same_block = takewhile(lambda other: other.columns >= line.columns, below)
    return any(
        _says(line, other) and line.columns == other.columns and not LEAVES.match(line.text)
        for other in same_block
    )


def _says(line: FinishedLine, other: _Below) -> bool:
    if line.text == other.text:
        return len(line.text) >= _LONG_ENOUGH_TO_TELL
    # What was typed is alike on purpose: what comes to it decides.
    if not other.text.startswith(line.typed):
        return False
    return alike(line.text[len(line.typed) :].strip(), other.text[len(line.typed) :].strip())
