"""Fit the text to what follows the cursor on its line."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.lexical import read_on
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "suffix_overlap"

_CLOSERS = ")]}>\"'`"
_CODE = re.compile(r"\w")


def trim_suffix_overlap(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Take off an end that stands right of the cursor already, or write over what was closed.

    An editor closes brackets by itself: `f(|)` and the answer `x) + 1` make `f(x) + 1`, where the
    closing bracket right of the cursor is replaced.
    """
    after = context.line_after.rstrip()
    if not after:
        return draft
    text = draft.text.rstrip()
    overlap = max(_overlap(text, after, context), _overlap(text, after.lstrip(), context))
    if overlap:
        return replace(draft, text=text[: len(text) - overlap])
    if _CODE.search(after) and text.endswith(after.strip()):
        return Rejected(NAME, "The text stands right of the cursor already.")
    if context.language.code and _CODE.search(after):
        # More than closers follows: the text may fill what is open here, and no more.
        return replace(draft, text=text[: _first_ending(text, context)])
    spaces = len(after) - len(after.lstrip())
    written_over = _written_over(text, after.lstrip(), context)
    if not written_over:
        return draft
    rest = after.lstrip()[written_over:]
    if text.endswith(rest) and not any(character in _CLOSERS for character in rest):
        # What stands behind the closers is said again as well: `x) -> int:` and `):`.
        written_over += len(rest)
    return replace(draft, replace_after=spaces + written_over)


def _overlap(text: str, after: str, context: CompletionContext) -> int:
    """Return how long an end of the text is that stands right of the cursor."""
    for length in range(min(len(text), len(after)), 0, -1):
        said = after[:length]
        whole = length == len(after) or all(character in _CLOSERS for character in said)
        if whole and text.endswith(said) and _stands_alone(text, length, context):
            return length
    return 0


def _stands_alone(text: str, overlap: int, context: CompletionContext) -> bool:
    """Tell whether the end closes nothing that the text itself opened: `len(x)` before `)`."""
    trimmed = text[: len(text) - overlap]
    if len(context.brackets_in(trimmed)[1]) > len(context.brackets_in(text)[1]):
        return False
    return read_on(context.before, trimmed, context.language).kind_at_end is context.place


def _written_over(text: str, after: str, context: CompletionContext) -> int:
    """Return how many of the closed characters the text closes itself, in the same order."""
    length = 0
    for character in _endings(text, context):
        if after[length : length + 1] == character:
            length += 1
    return length


def _first_ending(text: str, context: CompletionContext) -> int:
    """Return where the text closes what was opened before it, or its length."""
    quote = context.open_quote
    if quote:
        return text.find(quote) if quote in text else len(text)
    closers = context.brackets_in(text)[0]
    return closers[0].offset if closers else len(text)


def _endings(text: str, context: CompletionContext) -> str:
    """Return the characters of the text that close what was opened before it."""
    if not context.language.code:
        return "".join(character for character in text if character in _CLOSERS)
    quote = context.open_quote
    closers = "".join(closer.character for closer in context.brackets_in(text)[0])
    return quote + closers if quote and quote in text else closers
