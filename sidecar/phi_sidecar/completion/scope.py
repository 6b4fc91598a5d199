"""Where an answer of several lines leaves the block that it was asked for."""

import re
from functools import cached_property
from itertools import pairwise

from phi_sidecar.completion.brackets import PARTNER
from phi_sidecar.completion.context import CompletionContext, is_opener
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind, Reading, blanked, read_on
from phi_sidecar.completion.margin import columns_off
from phi_sidecar.completion.tags import left_open, tags, unmatched

_END_WORDS = frozenset(("end", "fi", "done", "esac"))
_WORD = re.compile(r"\w")

MOST_LINES = 10
_LONG_ENOUGH_TO_TELL = 4
"""Lines shorter than this, such as `}` or `end`, come again without meaning anything."""


def block_end(text: str, context: CompletionContext) -> int | None:
    """Return where the text has said what was asked for, or None while more may belong to it.

    Where a block was just opened that is the block; on a fresh line further down it is one
    statement with what is inside it. Only what is certain counts: once an offset is returned,
    more text would not change it.
    """
    return _Answer(text, context).end()


class _Answer:
    """An answer, read once for all its lines."""

    def __init__(self, text: str, context: CompletionContext) -> None:
        self._text = text
        self._context = context
        self._margin = columns_off(text, context)

    def end(self) -> int | None:
        offset = 0
        written: list[str] = []
        lines = self._text.split("\n")
        for index, line in enumerate(lines):
            whole = index < len(lines) - 1
            if index > 0 and self._leaves(line, offset, whole=whole):
                return len(self._text[:offset].rstrip())
            if whole and line.strip():
                if _repeats(line, written) or self._stands_below(line, index):
                    return len(self._text[:offset].rstrip("\n"))
                written.append(line.strip())
                done = offset + len(line)
                if len(written) == MOST_LINES or self._completes(line, index, offset):
                    return done
            offset += len(line) + 1
        return None

    def _leaves(self, line: str, offset: int, *, whole: bool) -> bool:
        """Tell whether a line that begins here is no part of it any more."""
        said = self._text[:offset].rstrip()
        if not said or self._within(offset):
            return False
        if not line.strip():
            return whole
        context = self._context
        width = self._width(line)
        if width < _floor(context):
            return not (
                _closes(line, context)
                or _closes_element(line, context)
                or self._ends_by_word(line, width)
            )
        if not context.language.code:
            return False
        if _wants_block(context) or not context.on_blank_line:
            return False
        own = context.indentation.width(context.indent)
        inside = "\n" in said and self._width(said.rsplit("\n", 1)[-1]) > own
        return inside and width <= own

    def _completes(self, line: str, index: int, offset: int) -> bool:
        """Tell whether a whole line is the last of it."""
        if self._within(offset + len(line)):
            return False
        width = self._width(line)
        if index > 0 and width < _floor(self._context):
            # It closes the block.
            return True
        if not self._context.language.code:
            # Running text and markup end with the paragraph.
            return False
        if _wants_block(self._context) or self._opens(index, offset, offset + len(line)):
            return False
        return index == 0 or width <= self._context.indentation.width(self._context.indent)

    def _opens(self, index: int, start: int, end: int) -> bool:
        code = self._code[start:end]
        if index == 0 and self._context.place is Kind.CODE:
            code = self._context.line_before + code
        return is_opener(code, self._context.language)

    def _within(self, offset: int) -> bool:
        """Tell whether an offset lies in brackets or in a string that the text opened itself."""
        if not self._context.language.code:
            return False
        depth = 0
        for stretch in self._reading.stretches:
            if stretch.start >= offset:
                break
            if stretch.kind is Kind.STRING and stretch.end > offset:
                return True
            if stretch.kind is Kind.BRACKET:
                opens = self._text[stretch.start] not in PARTNER
                depth = depth + 1 if opens else max(0, depth - 1)
        return depth > 0

    def _ends_by_word(self, line: str, columns: int) -> bool:
        """Tell whether a word such as `end` ends the block, which nothing below does."""
        context = self._context
        if context.language.blocks is not Blocks.KEYWORDS or line.strip() not in _END_WORDS:
            return False
        width = context.indentation.width
        below = (each for each in context.lines_below if width(indent_of(each)) <= columns)
        after = next(below, "")
        return after.strip() not in _END_WORDS or width(indent_of(after)) < columns

    def _stands_below(self, line: str, index: int) -> bool:
        """Tell whether a line is the next one that is there; brackets and marks say too little."""
        if not self._context.lines_below or not _WORD.search(line):
            return False
        below = self._context.lines_below[0]
        width = self._context.indentation.width
        own = width(self._context.indent) if index == 0 else self._width(line)
        return line.strip() == below.strip() and own == width(indent_of(below))

    def _width(self, line: str) -> int:
        return self._context.indentation.width(indent_of(line)) + self._margin

    @cached_property
    def _reading(self) -> Reading:
        return read_on(self._context.before, self._text, self._context.language)

    @cached_property
    def _code(self) -> str:
        return blanked(self._text, self._reading.stretches)


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


def _closes_element(line: str, context: CompletionContext) -> bool:
    """Tell whether a line closes the element around the cursor, which nothing below it does."""
    if not context.language.markup or not line.strip().startswith("</"):
        return False
    waiting = left_open(tags(context.before, context.language))
    below = unmatched(tags(context.suffix, context.language))
    return len(waiting) > len(below) and line.strip().startswith(f"</{waiting[-1]}")


def _repeats(line: str, written: list[str]) -> bool:
    stripped = line.strip()
    return len(stripped) >= _LONG_ENOUGH_TO_TELL and (
        written[-1:] == [stripped]
        or written.count(stripped) > 1
        or any(pair == (*written[-1:], stripped) for pair in pairwise(written))
    )
