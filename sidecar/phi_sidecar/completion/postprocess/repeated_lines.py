"""Drop lines that say once more what the lines above the cursor say."""

import re
from dataclasses import replace
from itertools import pairwise

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "repeated_lines"

_LONG_ENOUGH_TO_TELL = 8
_LEAVES = re.compile(r"(?:return|break|continue|raise|throw|yield|pass|goto|exit|panic)\b")
_NEAR = 3
"""A single line is compared with that many above it."""


def drop_repeated_lines(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Drop a line that stands just above, and cut where two lines in a row stand above."""
    above = [line.strip() for line in context.lines_above]
    lines = draft.text.split("\n")
    said = [(context.line_before + lines[0]).strip(), *(line.strip() for line in lines[1:])]
    first = next((index for index, line in enumerate(said) if line), None)
    if first is None:
        return draft
    if len(said[first]) >= _LONG_ENOUGH_TO_TELL and _stands_above(said[first], context):
        return Rejected(NAME, "The lines above say this already.")
    pairs = {pair for pair in pairwise(above) if _tells(pair)}
    for index in range(first, len(said) - 1):
        if (said[index], said[index + 1]) not in pairs:
            continue
        kept = "\n".join(lines[:index])
        if not kept.strip():
            return Rejected(NAME, "The lines above say this already.")
        return replace(draft, text=kept, ended=True)
    return draft


def _stands_above(said: str, context: CompletionContext) -> bool:
    near = context.lines_above[-_NEAR:]
    if _LEAVES.match(said):
        # One branch often ends as the one before it did; twice in a row it would be dead code.
        return near[-1:] == (context.indent + said,)
    return said in [line.strip() for line in near]


def _tells(pair: tuple[str, str]) -> bool:
    return min(map(len, pair)) >= _LONG_ENOUGH_TO_TELL
