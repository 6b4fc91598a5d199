"""Drop what is not worth a look."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "too_short"


def drop_too_short(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Drop text that is blank, or that stands right of the cursor already."""
    text = draft.text.strip()
    if not text:
        return Rejected(NAME, "The model has nothing to add here.")
    if draft.replace_after and text == context.suffix[: draft.replace_after].strip():
        return Rejected(NAME, "The text stands right of the cursor already.")
    return draft
