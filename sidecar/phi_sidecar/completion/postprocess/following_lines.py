"""Stop before lines that already stand below the cursor."""

import re
from dataclasses import replace
from difflib import SequenceMatcher

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "following_lines"

_ALIKE = 0.9
"""Continue's measure: less than a tenth of the characters differ."""
_LONG_ENOUGH_TO_COMPARE = 8
_LINES_COMPARED = 3
_ENDS_BLOCK = re.compile(r"[)\]}]+[;,]?|end|fi|done|esac|</\w+>")


def stop_at_following_lines(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut where the text comes to say what the next lines say already."""
    below = [line.strip() for line in context.lines_below[:_LINES_COMPARED]]
    if not below:
        return draft
    lines = draft.text.split("\n")
    for index, line in enumerate(lines):
        # What is inserted into a line is compared as the whole line that it makes.
        said = (context.line_before + line if index == 0 else line).strip()
        if not said or not _stands_below(said, below, last=index == len(lines) - 1):
            continue
        kept = "\n".join(lines[:index])
        if not kept.strip():
            return Rejected(NAME, "The next lines say this already.")
        return replace(draft, text=kept, ended=True)
    return draft


def _stands_below(said: str, below: list[str], *, last: bool) -> bool:
    if _ENDS_BLOCK.fullmatch(said):
        # A closing line is a duplicate only if it ends the text: within it, it closes its own.
        return last and said == below[0]
    if said == below[0]:
        return True
    return any(
        len(said) >= _LONG_ENOUGH_TO_COMPARE
        and SequenceMatcher(None, said, line, autojunk=False).ratio() > _ALIKE
        for line in below
    )
