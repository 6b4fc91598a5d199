"""Keep to the line, or to the block."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.scope import block_end
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected

NAME = "scope"


def limit_to_scope(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut at the line's end, or where the block ends."""
    text = draft.text
    if draft.mode is Mode.SINGLE_LINE:
        line, newline, _ = text.partition("\n")
        if not newline:
            return draft
        if not line.strip():
            return Rejected(NAME, "The model would go to the next line.")
        return replace(draft, text=line, ended=True)
    end = block_end(text + "\n" if draft.ended else text, context)
    return draft if end is None else replace(draft, text=text[:end], ended=True)
