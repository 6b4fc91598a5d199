"""What becomes of an answer: a draft on its way, a suggestion, or a reason for none."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How much a suggestion may hold."""

    SINGLE_LINE = "singleLine"
    """What is left of the cursor's line."""
    MULTI_LINE = "multiLine"
    """Lines up to the end of the block."""


@dataclass(frozen=True)
class Draft:
    """Text on its way from the model to the editor.

    Attributes:
        text: what would be inserted at the cursor.
        ended: the answer came to an end of its own, rather than to the token limit.
        replace_after: how many characters right of the cursor it replaces.
    """

    text: str
    mode: Mode
    ended: bool
    replace_after: int = 0


@dataclass(frozen=True)
class Suggestion:
    """Ghost text.

    Attributes:
        text: what is inserted at the cursor; lines end in line feeds.
        replace_after: how many characters right of the cursor it replaces.
    """

    text: str
    replace_after: int = 0


_NOTHING_SAID = frozenset({"cut", "scope", "too_short"})


@dataclass(frozen=True)
class Rejected:
    """There is nothing to show.

    Attributes:
        filter: the name of what dropped the text.
        detail: why, in a sentence for people; never any of the text.
    """

    filter: str
    detail: str

    @property
    def nothing_to_add(self) -> bool:
        """The model had nothing to say here, rather than something not worth showing."""
        return self.filter in _NOTHING_SAID
