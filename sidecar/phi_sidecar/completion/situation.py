"""What kind of place the cursor stands at, as it matters for how to ask."""

import re
from enum import StrEnum

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.imports import begins_import
from phi_sidecar.completion.lexical import Kind


class Situation(StrEnum):
    """Where the cursor stands."""

    IMPORT = "import"
    DOCSTRING = "docstring or comment"
    IN_LINE = "middle of a line"
    END = "nothing after the cursor"
    BLOCK_START = "first line of a block"
    BLOCK_LINE = "new line in a block"
    TOP_LEVEL = "new line at the outermost level"


_CLOSERS_ALONE = re.compile(r"[\s)\]};,]*")


def situation_of(context: CompletionContext) -> Situation:
    """Say what kind of place it is, by what stands around the cursor alone."""
    if context.place is Kind.COMMENT or len(context.open_quote) > 1:
        return Situation.DOCSTRING
    if context.language.code and begins_import(context.line_before):
        return Situation.IMPORT
    if not context.on_blank_line:
        return Situation.IN_LINE
    # What an editor closed by itself is nothing that the answer has to lead to.
    if context.sees_end and _CLOSERS_ALONE.fullmatch(context.suffix):
        return Situation.END
    if context.opens_block:
        return Situation.BLOCK_START
    return Situation.BLOCK_LINE if context.indent else Situation.TOP_LEVEL
