"""Where an answer of several lines leaves the block that it was asked for."""

from itertools import pairwise

from phi_sidecar.completion.brackets import PARTNER
from phi_sidecar.completion.context import CompletionContext, is_opener
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.lexical import code_only

MOST_LINES = 10
_LONG_ENOUGH_TO_TELL = 4
"""Lines shorter than this, such as `}` or `end`, come again without meaning anything."""


def block_end(text: str, context: CompletionContext) -> int | None:
    """Return where the text has said what was asked for, or None while more may belong to it.

    Where a block was just opened that is the block; on a fresh line further down it is one
    statement with what is inside it. Only what is certain counts: once an offset is returned,
    more text would not change it.
    """
    offset = 0
    written: list[str] = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        whole = index < len(lines) - 1
        before = text[:offset]
        if index > 0 and _leaves(line, whole, before, context):
            return len(before.rstrip())
        if whole and line.strip():
            if _comes_again(line, written, context):
                return len(before.rstrip("\n"))
            written.append(line.strip())
            done = offset + len(line)
            if len(written) == MOST_LINES or _completes(line, index, text[:done], context):
                return done
        offset += len(line) + 1
    return None


def _leaves(line: str, whole: bool, before: str, context: CompletionContext) -> bool:
    """Tell whether a line that begins here is no part of it any more."""
    if not before.strip() or _open_in(before, context):
        return False
    if not line.strip():
        return whole
    width = context.indentation.width
    if width(indent_of(line)) < _floor(context):
        return not _closes(line, context)
    if _wants_block(context) or not context.on_blank_line:
        return False
    said = before.rstrip().rsplit("\n", 1)[-1]
    inside = "\n" in before.rstrip() and width(indent_of(said)) > width(context.indent)
    return inside and width(indent_of(line)) <= width(context.indent)


def _completes(line: str, index: int, text: str, context: CompletionContext) -> bool:
    """Tell whether a whole line is the last of it."""
    if _open_in(text, context):
        return False
    width = context.indentation.width(indent_of(line))
    if index > 0 and width < _floor(context):
        # It closes the block.
        return True
    if _wants_block(context) or is_opener(code_only(line, context.language), context.language):
        return False
    return index == 0 or width <= context.indentation.width(context.indent)


def _wants_block(context: CompletionContext) -> bool:
    return context.opens_block or context.below_comment


def _floor(context: CompletionContext) -> int:
    width = context.indentation.width
    own = width(context.indent)
    if context.block_opener is None:
        return own
    inside = width(indent_of(context.block_opener)) + 1
    return max(own, inside) if context.on_blank_line else inside


def _closes(line: str, context: CompletionContext) -> bool:
    """Tell whether a line closes the block around the cursor, which nothing below it does."""
    partner = PARTNER.get(line.strip()[0])
    return partner is not None and [each.character for each in context.left_open[-1:]] == [partner]


def _open_in(text: str, context: CompletionContext) -> list[str]:
    return [bracket.character for bracket in context.brackets_in(text)[1]]


def _comes_again(line: str, written: list[str], context: CompletionContext) -> bool:
    stripped = line.strip()
    below = context.lines_below[0].strip() if context.lines_below else ""
    if stripped == below and stripped[0] not in PARTNER:
        return True
    return len(stripped) >= _LONG_ENOUGH_TO_TELL and (
        written[-1:] == [stripped]
        or written.count(stripped) > 1
        or any(pair == (*written[-1:], stripped) for pair in pairwise(written))
    )
