"""A place in real code from which something was taken away."""

import re
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
from phi_sidecar.completion.situation import Situation, situation_of

_ID_BYTES = 6
_LOOKED_AT = PromptBudget(prefix_tokens=100_000)
_TASK = re.compile(r"HumanEval/(\d+)\Z")


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
        """Whether it is for fitting what the other half then reports.

        Of the tasks, which have even numbers, those that four divides; others by their source.
        """
        task = _TASK.match(self.source)
        if task:
            return int(task[1]) % 4 == 0
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
        """What kind of place it is, as the product sees it."""
        return situation_of(self.context)

    def filled(self, text: str, replace_after: int = 0) -> str:
        """Return the document with something in the hole."""
        return self.before + text + self.after[replace_after:]
