"""Take whitespace off the ends of lines."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected


def strip_trailing_whitespace(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Leave no whitespace at a line's end, and no blank line at the end of it all."""
    lines = [line.rstrip() for line in draft.text.split("\n")]
    return replace(draft, text="\n".join(lines).rstrip("\n"))
