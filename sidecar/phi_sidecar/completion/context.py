"""What surrounds the cursor: the text that the model is given and the facts that filters need."""

import re
from dataclasses import dataclass
from functools import cached_property

from phi_sidecar.completion.brackets import Bracket, Unpaired, left_open, unpaired_after
from phi_sidecar.completion.budget import CHARS_PER_TOKEN, PromptBudget
from phi_sidecar.completion.indentation import Indentation, detect_indentation, indent_of
from phi_sidecar.completion.language import Blocks, Language, language_of
from phi_sidecar.completion.lexical import Kind, code_only, kind_at_end, open_quote, opening_at
from phi_sidecar.completion.window import lines_below, window_before

__all__ = [
    "CHARS_PER_TOKEN",
    "CompletionContext",
    "DocumentView",
    "PromptBudget",
    "Snippet",
    "build_context",
    "is_opener",
    "plain_text",
]

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
class Snippet:
    """Lines from elsewhere that are like those around the cursor.

    Attributes:
        path: of the file that they stand in.
        first_line: in that file, from 1.
        similarity: to what stands around the cursor, 0 to 1.
    """

    path: str
    text: str
    first_line: int
    similarity: float


@dataclass(frozen=True)
class CompletionContext:
    """What surrounds one cursor; all text has line feeds alone.

    Attributes:
        prefix: the text before the cursor, from a line's start that stays while the person types.
        suffix: the text after the cursor, as far as filters look.
        indentation: how the file indents.
        sees_end: the suffix reaches to the document's end.
        header: whole lines above the prefix that it lacks: imports, and what it lies in.
        below: whole lines below the cursor's for a prompt; they stay while the person types.
        snippets: similar lines from elsewhere; they stay while the person types.
        skipped_chars: how much stands above the prefix.
        lead: what leads a reader into the prefix: the opening of a string or a comment that began
            above it; nothing where it begins with code.
    """

    language_id: str
    path: str
    prefix: str
    suffix: str
    indentation: Indentation
    sees_end: bool
    header: str = ""
    below: str = ""
    snippets: tuple[Snippet, ...] = ()
    skipped_chars: int = 0
    lead: str = ""

    @cached_property
    def before(self) -> str:
        """The text before the cursor as a reader of code has to see it."""
        return self.lead + self.prefix

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
    def remark_marks(self) -> tuple[str, str] | None:
        """What begins and ends a line of comment; None where the language has none."""
        if self.language.line_comments:
            return f"{self.language.line_comments[0]} ", ""
        if self.language.block_comments:
            begin, end = self.language.block_comments[0]
            return f"{begin} ", f" {end}"
        return None

    @cached_property
    def place(self) -> Kind:
        """Whether a comment, a string or code is being written."""
        return kind_at_end(self.before, self.language)

    @cached_property
    def open_quote(self) -> str:
        """What ends the string that is being written; nothing outside of one."""
        return open_quote(self.before, self.language)

    def brackets_in(self, text: str) -> Unpaired:
        """Return the unpaired closers and openers of text that would be put at the cursor."""
        if not self.language.code:
            return Unpaired((), ())
        return unpaired_after(self.before, text, self.language)

    @cached_property
    def left_open(self) -> tuple[Bracket, ...]:
        """The brackets open at the cursor that nothing after it closes, outermost first."""
        return self.left_open_after(self.suffix)

    def left_open_after(self, suffix: str) -> tuple[Bracket, ...]:
        """Return the brackets open at the cursor that this text after it does not close."""
        if not self.language.code:
            return ()
        brackets, unseen = left_open(self.before, suffix, self.language)
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
        return code_only(self.before, self.language)[len(self.lead) :]


def plain_text(document: DocumentView) -> str:
    """Return a document's text with line feeds alone."""
    return _NEWLINES.sub("\n", document.text)


def build_context(
    document: DocumentView, line: int, column: int, budget: PromptBudget
) -> CompletionContext:
    """Take what surrounds a cursor.

    `line` and `column` count from 0, columns in code points; both clamp to what is there.
    """
    text = plain_text(document)
    offset = _offset(text, line, column)
    before, after = text[:offset], text[offset:]
    window = window_before(before, budget.prefix_chars)
    prefix = before[window.start :]
    suffix = after[:_LOOK_AHEAD_CHARS]
    language = language_of(document.language_id)
    return CompletionContext(
        language_id=document.language_id,
        path=document.path,
        prefix=prefix,
        suffix=suffix,
        # The line that is being typed is left out, so that typing does not change the answer.
        indentation=Indentation(language.indents_with)
        if language.indents_with
        else detect_indentation(
            (*prefix.split("\n")[:-1], *suffix.split("\n")[1:]),
            indent_of(prefix[prefix.rfind("\n") + 1 :]),
        ),
        sees_end=len(after) <= _LOOK_AHEAD_CHARS,
        header=window.header,
        below=lines_below(suffix, budget.suffix_chars),
        skipped_chars=window.start,
        lead=opening_at(before, window.start, language),
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
