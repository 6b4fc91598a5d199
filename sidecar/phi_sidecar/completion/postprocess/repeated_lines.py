"""Drop lines that say once more what the lines above the cursor say."""

import re
from collections.abc import Iterator
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.postprocess.finished_lines import (
    LEAVES,
    FinishedLine,
    finished_lines,
)
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "repeated_lines"

_LONG_ENOUGH_TO_TELL = 8
_LETTERS_ADDED = 3
"""A line that the person typed themselves may be finished, whatever stands above it."""
_LETTER = re.compile(r"\w")
_NEAR = 3
"""A single line is compared with that many above it."""


def drop_repeated_lines(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Drop a line that stands just above, and cut where three lines in a row stand above."""
    finished = finished_lines(draft, context)
    first = next((index for index, line in enumerate(finished) if line.text), None)
    if first is None:
        return draft
    if _tells(finished[first]) and _stands_above(finished[first], context):
        return Rejected(NAME, "The lines above say this already.")
    above = [line.strip() for line in context.lines_above]
    runs = {run for run in _runs(above) if min(map(len, run)) >= _LONG_ENOUGH_TO_TELL}
    said = [line.text for line in finished]
    for index, run in enumerate(_runs(said)):
        if run not in runs:
            continue
        kept = "\n".join(draft.text.split("\n")[:index])
        if not kept.strip():
            return Rejected(NAME, "The lines above say this already.")
        return replace(draft, text=kept, ended=True)
    return draft


def _runs(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """Return every three lines in a row: two are often the same for good reason."""
    return zip(lines, lines[1:], lines[2:], strict=False)


def _tells(line: FinishedLine) -> bool:
    return len(line.text) >= _LONG_ENOUGH_TO_TELL and (
        not line.typed or len(_LETTER.findall(line.added)) >= _LETTERS_ADDED
    )


def _stands_above(line: FinishedLine, context: CompletionContext) -> bool:
    """Tell whether one of the nearest lines of the same block is the same."""
    for count, above in enumerate(reversed(context.lines_above[-_NEAR:])):
        columns = context.indentation.width(indent_of(above))
        if columns < line.columns:
            # It belongs to another block: another branch may well say the same.
            return False
        if columns == line.columns and above.strip() == line.text:
            # Twice in a row it would be dead code; further down it ends another branch.
            return count == 0 or not LEAVES.match(line.text)
    return False
