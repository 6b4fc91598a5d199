"""What becomes of an answer: a draft on its way, a suggestion, or a reason for none."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from phi_sidecar.completion.confidence import Stretch, after_typed, confidence_in


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
        said: the tokens that it was made of, for how sure the model was of them.
        looked_ahead: it was computed while the person looked at the one before it.
        weighed: it was held against what else the model might have said.
    """

    text: str
    replace_after: int = 0
    said: tuple[Stretch, ...] = field(default=(), compare=False, repr=False)
    looked_ahead: bool = field(default=False, compare=False)
    weighed: bool = field(default=False, compare=False)

    @property
    def confidence(self) -> float | None:
        """How sure the model is of it, from 0 to 1; None where nobody can tell."""
        return confidence_in(self.said, len(self.text))

    def after_typed(self, length: int) -> "Suggestion":
        """Return what is left of it once so many characters were typed along."""
        said = after_typed(self.said, length, len(self.text))
        return replace(self, text=self.text[length:], said=said)


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
