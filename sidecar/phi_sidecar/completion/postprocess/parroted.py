"""Drop lines that only repeat what the prompt showed of elsewhere."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "parroted"

_LEAST_LINES = 2
"""One line is often the same in two places for good reason: a call, an import, a return."""

_LONG_ENOUGH_TO_TELL = 8


def drop_parroted(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut where the text begins to repeat lines from elsewhere, though the place is another.

    Where the line before them is the same too, or the person began the first one themselves, the
    place is alike, and so may be what follows.
    """
    lines = draft.text.split("\n")
    said = [line.strip() for line in lines]
    said[0] = (context.line_before + lines[0]).strip()
    for snippet in context.snippets:
        source = [line.strip() for line in snippet.text.split("\n") if line.strip()]
        start = _parroted_from(said, source, context)
        if start is None:
            continue
        kept = "\n".join(lines[:start])
        if not kept.strip():
            return Rejected(NAME, "It only repeats lines from elsewhere that do not belong here.")
        return replace(draft, text=kept, ended=True)
    return draft


def _parroted_from(said: list[str], source: list[str], context: CompletionContext) -> int | None:
    """Return the first line of the text that begins a run of the source's, out of its place."""
    full = [index for index, line in enumerate(said) if line]
    begun = len(context.line_before.strip()) >= _LONG_ENOUGH_TO_TELL
    for position, index in enumerate(full):
        if index == 0 and begun:
            continue
        above = said[full[position - 1]] if position else _line_above(context)
        rest = [said[each] for each in full[position:]]
        for at, line in enumerate(source):
            if line != said[index] or (at > 0 and source[at - 1] == above):
                continue
            run = _common(rest, source[at:])
            telling = [each for each in run if len(each) >= _LONG_ENOUGH_TO_TELL]
            if len(telling) >= _LEAST_LINES:
                return index
    return None


def _line_above(context: CompletionContext) -> str:
    return context.lines_above[-1].strip() if context.lines_above else ""


def _common(one: list[str], other: list[str]) -> list[str]:
    run: list[str] = []
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        run.append(left)
    return run
