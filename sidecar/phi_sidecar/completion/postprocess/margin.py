"""Put lines that were written from the left margin below the cursor's line."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.lexical import Kind, read_on
from phi_sidecar.completion.margin import columns_off
from phi_sidecar.completion.suggestion import Draft, Rejected


def indent_from_cursor(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Indent the lines below the first as far as the cursor's line, if they lack that."""
    by = columns_off(draft.text, context)
    if not by:
        return draft
    indentation = context.indentation
    in_strings = [
        range(each.start, each.end)
        for each in read_on(context.before, draft.text, context.language).stretches
        if each.kind is Kind.STRING
    ]
    first, *others = draft.text.split("\n")
    lines = [first]
    offset = len(first) + 1
    for line in others:
        own = indent_of(line)
        within = any(offset - 1 in string for string in in_strings)
        offset += len(line) + 1
        if not line.strip() or within:
            lines.append(line)
        else:
            lines.append(indentation.nearest(indentation.width(own) + by) + line[len(own) :])
    return replace(draft, text="\n".join(lines))
