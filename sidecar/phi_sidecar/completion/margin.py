"""An answer of several lines that was written from the left margin instead of from the cursor."""

import re

from phi_sidecar.completion.context import CompletionContext, is_opener
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.lexical import blanked, read_on

_LABEL = re.compile(r"\s*(?:case\b|default\b|\w+:)")
"""Labels stand as deep as the statement that they are within."""


def columns_off(text: str, context: CompletionContext) -> int:
    """Return how many columns further right the lines below the first one belong.

    Chat models write an answer as if it stood by itself. What tells is a first line that opens a
    block, with a next line that is deeper than the margin and yet no deeper than that first line.
    """
    own = context.indentation.width(context.indent)
    first, newline, others = text.partition("\n")
    if not own or not newline or not first.strip():
        return 0
    below = next((line for line in others.split("\n") if line.strip()), "")
    reached = context.indentation.width(indent_of(below))
    if not 0 < reached <= own or (reached == own and _LABEL.match(below)):
        return 0
    code = blanked(first, read_on(context.before, first, context.language).stretches)
    opens = is_opener(context.line_before + code, context.language)
    return own if opens and not _closes(below) else 0


def _closes(line: str) -> bool:
    return line.strip()[0] in ")]}"
