"""A place in real code from which something was taken away."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b

from phi_sidecar.completion.context import (
    CompletionContext,
    DocumentView,
    PromptBudget,
    build_context,
)
from phi_sidecar.completion.lexical import Kind as Written

_ID_BYTES = 6
_LOOKED_AT = PromptBudget(prefix_tokens=100_000)
_REMARKS = ("/*", "* ", "*/")
_IMPORTS = ("import ", "from ", "#include", "use ", "using ", "require(", "const {", "export {")


class Kind(StrEnum):
    """How a hole was cut."""

    SINGLE_LINE = "single-line"
    """One line; the cursor stands behind its indentation, where an editor puts it."""
    LINE_REST = "rest-of-line"
    """From somewhere in a line to its end."""
    MULTI_LINE = "multi-line"
    """Several lines in a row, the first one without its indentation."""
    RANDOM_SPAN = "random-span"
    """From any character to any other."""


class Situation(StrEnum):
    """Where the cursor stands, as it matters for how to ask."""

    IMPORT = "import"
    DOCSTRING = "docstring or comment"
    IN_LINE = "middle of a line"
    END = "nothing after the cursor"
    BLOCK_START = "first line of a block"
    BLOCK_LINE = "new line in a block"
    TOP_LEVEL = "new line at the outermost level"


@dataclass(frozen=True)
class Hole:
    """A document with a hole in it.

    Attributes:
        group: the set that it belongs to.
        source: what it was cut from; holes of one source are not independent of each other.
        text: what was taken away.
    """

    group: str
    source: str
    language: str
    kind: Kind
    before: str
    text: str
    after: str

    @cached_property
    def id(self) -> str:
        """What it is known by, the same in every run."""
        whole = "\0".join((self.kind, self.before, self.text, self.after))
        return blake2b(whole.encode(), digest_size=_ID_BYTES).hexdigest()

    @property
    def first_half(self) -> bool:
        """Whether it is for fitting what the other half then reports; by its source."""
        digest = blake2b(self.source.encode(), digest_size=_ID_BYTES).digest()
        return digest[0] % 2 == 0

    @property
    def line(self) -> int:
        """The cursor's line, from 0."""
        return self.before.count("\n")

    @property
    def column(self) -> int:
        """The cursor's column, in code points."""
        return len(self.before) - self.before.rfind("\n") - 1

    @property
    def document(self) -> DocumentView:
        """What the editor shows."""
        return DocumentView(self.before + self.after, self.language, self.source)

    @cached_property
    def context(self) -> CompletionContext:
        """What surrounds the cursor, without a limit."""
        return build_context(self.document, self.line, self.column, _LOOKED_AT)

    @property
    def situation(self) -> Situation:
        """What kind of place it is."""
        context = self.context
        written = context.line_before.lstrip() + self.text
        remarks = (*context.language.line_comments, *_REMARKS, *context.language.long_quotes)
        if self._inside_text or written.startswith(remarks):
            return Situation.DOCSTRING
        if written.startswith(_IMPORTS):
            return Situation.IMPORT
        if not context.on_blank_line:
            return Situation.IN_LINE
        if not self.after.strip():
            return Situation.END
        if context.opens_block:
            return Situation.BLOCK_START
        return Situation.BLOCK_LINE if context.indent else Situation.TOP_LEVEL

    @property
    def _inside_text(self) -> bool:
        """Whether the cursor stands in a comment or in a long string."""
        return self.context.place is Written.COMMENT or len(self.context.open_quote) > 1

    def filled(self, text: str, replace_after: int = 0) -> str:
        """Return the document with something in the hole."""
        return self.before + text + self.after[replace_after:]
