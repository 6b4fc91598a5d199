"""Take off text before the cursor that the model said again."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

_LEAST = 4
"""Shorter text before the cursor may well come again on purpose."""


def strip_echoed_prefix(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Take off an echo of the cursor's line, with or without lines above it."""
    line = context.line_before.strip()
    text = draft.text.lstrip("\n")
    if len(line) >= _LEAST:
        body = text.lstrip()
        if body.startswith(line):
            return replace(draft, text=_behind(line, body, context))
    for count in (3, 2, 1):
        echo = "\n".join(above.strip() for above in context.lines_above[-count:])
        lines = text.split("\n")
        said = "\n".join(each.strip() for each in lines[:count])
        if len(echo) < _LEAST * count or said != echo or len(lines) == count:
            continue
        rest = "\n".join(lines[count:])
        if line:
            stripped = rest.lstrip()
            if stripped.startswith(line):
                return replace(draft, text=_behind(line, stripped, context))
            continue
        return replace(draft, text=rest.removeprefix(context.indent))
    return draft


def _behind(line: str, said: str, context: CompletionContext) -> str:
    rest = said[len(line) :]
    return rest.removeprefix(" ") if context.line_before.endswith(" ") else rest
