"""End lines as suggestions do."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected


def end_lines_alike(draft: Draft, _: CompletionContext) -> Draft | Rejected:
    """Write line feeds alone; the editor puts in what the file has."""
    if "\r" not in draft.text:
        return draft
    return replace(draft, text=draft.text.replace("\r\n", "\n").replace("\r", "\n"))
