"""What surrounds the cursor: the text that the model is given and the facts that filters need."""

import re
from dataclasses import dataclass
from functools import cached_property

from phi_sidecar.completion.brackets import Bracket, left_open, unpaired
from phi_sidecar.completion.indentation import Indentation, detect_indentation, indent_of
from phi_sidecar.completion.language import Blocks, Language, language_of
from phi_sidecar.completion.lexical import Kind, code_only, kind_at_end, open_quote

CHARS_PER_TOKEN = 3.0
"""Characters of code per token, taken low so that a budget is rarely overrun."""

_STEPS = 4
"""The window's start moves by a quarter of the budget at a time."""

_LOOK_AHEAD_CHARS = 4_000
"""How much of the text after the cursor the filters compare with; none of it costs a token."""

_NEWLINES = re.compile(r"\r\n?")


@dataclass(frozen=True)
class DocumentView:
    """A document as the editor shows it.

    Attributes:
        text: all of it; lines end in a line feed, a carriage return or both.
        language_id: the editor's name of its language.
        path: for display alone.
    """

    text: str
    language_id: str
    path: str


@dataclass(frozen=True)
class PromptBudget:
    """How much of a document a prompt may hold.

    Attributes:
        prefix_tokens: for the text before the cursor.
        suffix_tokens: for the text after it, where the prompt has a place for it.
        chars_per_token: what the model was measured at, or the stated ratio.
    """

    prefix_tokens: int
    suffix_tokens: int = 33
    chars_per_token: float = CHARS_PER_TOKEN

    @property
    def prefix_chars(self) -> int:
        """The budget before the cursor in characters."""
        return max(1, int(self.prefix_tokens * self.chars_per_token))

    @property
    def suffix_chars(self) -> int:
        """The budget after the cursor in characters."""
        return max(0, int(self.suffix_tokens * self.chars_per_token))

    def halved(self) -> "PromptBudget":
        """Return half of it, for text with fewer characters per token than was assumed."""
        return PromptBudget(
            max(1, self.prefix_tokens // 2), self.suffix_tokens // 2, self.chars_per_token
        )


@dataclass(frozen=True)
class CompletionContext:
    """What surrounds one cursor; all text has line feeds alone.

    Attributes:
        prefix: the text before the cursor, from a line's start that stays while the person types.
        suffix: the text after the cursor, as far as filters look.
        prompt_suffix: the beginning of it that fits the budget.
        indentation: how the file indents.
        sees_end: the suffix reaches to the document's end.
    """

    language_id: str
    path: str
    prefix: str
    suffix: str
    prompt_suffix: str
    indentation: Indentation
    sees_end: bool

    @cached_property
    def language(self) -> Language:
        """What is known of the document's language."""
        return language_of(self.language_id)

    @cached_property
    def line_before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.prefix[self.prefix.rfind("\n") + 1 :]

    @cached_property
    def line_after(self) -> str:
        """The cursor's line from the cursor on."""
        return self.suffix.split("\n", 1)[0]

    @cached_property
    def on_blank_line(self) -> bool:
        """Nothing but whitespace stands before the cursor on its line."""
        return not self.line_before.strip()

    @cached_property
    def indent(self) -> str:
        """The whitespace that the cursor's line begins with."""
        return indent_of(self.line_before)

    @cached_property
    def lines_above(self) -> tuple[str, ...]:
        """The lines of the window above the cursor's that are not blank, nearest last."""
        above = self.prefix[: len(self.prefix) - len(self.line_before)]
        return tuple(line for line in above.split("\n") if line.strip())

    @cached_property
    def lines_below(self) -> tuple[str, ...]:
        """The lines below the cursor's that are not blank, nearest first."""
        return tuple(line for line in self.suffix.split("\n")[1:] if line.strip())

    @cached_property
    def place(self) -> Kind:
        """Whether a comment, a string or code is being written."""
        return kind_at_end(self.prefix, self.language)

    @cached_property
    def open_quote(self) -> str:
        """What ends the string that is being written; nothing outside of one."""
        return open_quote(self.prefix, self.language)

    def brackets_in(self, text: str) -> tuple[list[Bracket], list[Bracket]]:
        """Return the unpaired closers and openers of text that would be put at the cursor."""
        if not self.language.code or self.place is Kind.COMMENT:
            return [], []
        quote = self.open_quote
        closers, openers = unpaired(quote + text, self.language)
        return [each.shifted(-len(quote)) for each in closers], openers

    @cached_property
    def left_open(self) -> tuple[Bracket, ...]:
        """The brackets open at the cursor that nothing after it closes, outermost first."""
        return self.left_open_after(self.suffix)

    def left_open_after(self, suffix: str) -> tuple[Bracket, ...]:
        """Return the brackets open at the cursor that this text after it does not close."""
        if not self.language.code:
            return ()
        brackets, unseen = left_open(self.prefix, suffix, self.language)
        # Where the text goes on beyond what was looked at, the outer ones are closed there.
        return brackets if self.sees_end else brackets[unseen:]

    @cached_property
    def opens_block(self) -> bool:
        """The line that is being continued, or the one above a blank one, opens a block."""
        return self.block_opener is not None

    @cached_property
    def block_opener(self) -> str | None:
        """The line that opens the block whose first line is wanted, without its comment."""
        if self.place is not Kind.CODE:
            return None
        if self.on_blank_line:
            line = _last_line(self._code)
            return line if is_opener(line, self.language) else None
        line = self._code[self._code.rfind("\n") + 1 :]
        # After a bracket the arguments are wanted, and after a space the value, on this line.
        inside = line[-1:].isspace() or line.endswith(("(", "["))
        return line if not inside and is_opener(line, self.language) else None

    @cached_property
    def below_comment(self) -> bool:
        """The line above a blank one is a comment or the end of a long string."""
        if not self.on_blank_line or not self.lines_above:
            return False
        above = self.prefix[: len(self.prefix) - len(self.line_before)].rstrip()
        return not self._code[above.rfind("\n") + 1 : len(above)].strip()

    @cached_property
    def _code(self) -> str:
        return code_only(self.prefix, self.language)


def build_context(
    document: DocumentView, line: int, column: int, budget: PromptBudget
) -> CompletionContext:
    """Take what surrounds a cursor.

    `line` and `column` count from 0, columns in code points; both clamp to what is there.
    """
    text = _NEWLINES.sub("\n", document.text)
    offset = _offset(text, line, column)
    before, after = text[:offset], text[offset:]
    prefix = before[_window_start(before, budget.prefix_chars) :]
    suffix = after[:_LOOK_AHEAD_CHARS]
    return CompletionContext(
        language_id=document.language_id,
        path=document.path,
        prefix=prefix,
        suffix=suffix,
        prompt_suffix=_whole_lines(after, budget.suffix_chars),
        # The line that is being typed is left out, so that typing does not change the answer.
        indentation=detect_indentation((*prefix.split("\n")[:-1], *suffix.split("\n")[1:])),
        sees_end=len(after) <= _LOOK_AHEAD_CHARS,
    )


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line):
        end = text.find("\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    end = text.find("\n", start)
    return min(start + column, len(text) if end < 0 else end)


def _window_start(before: str, limit: int) -> int:
    excess = len(before) - limit
    if excess <= 0:
        return 0
    # Coarse steps: a start that moved with every keystroke would void the KV cache each time.
    step = max(1, limit // _STEPS)
    start = -(-excess // step) * step
    newline = before.find("\n", start - 1)
    # A line longer than a step is cut rather than dropped whole.
    return newline + 1 if 0 <= newline < start + step and newline + 1 < len(before) else start


def _whole_lines(after: str, limit: int) -> str:
    if len(after) <= limit:
        return after
    end = after.rfind("\n", 0, limit)
    return after[: end if end > 0 else limit]


def _last_line(code: str) -> str:
    stripped = code.rstrip()
    return stripped[stripped.rfind("\n") + 1 :]


def is_opener(line: str, language: Language) -> bool:
    """Tell whether a line, without its comment, opens a block."""
    code = line.rstrip()
    if language.blocks is Blocks.NONE or not code:
        return False
    if code.endswith(("{", "[", "(")):
        return True
    if language.blocks is Blocks.INDENT:
        return code.endswith(":")
    if language.blocks is Blocks.KEYWORDS:
        words = code.split()
        return words[-1] in language.openers or words[0] in language.openers
    return code.endswith("=>")
