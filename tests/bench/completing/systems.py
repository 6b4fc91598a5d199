"""What is compared: whatever suggests while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from measuring.trace import Keystroke, Trace


@dataclass(frozen=True)
class Editing:
    """A document as it stands after a key, and the key.

    Attributes:
        text: the whole document.
        line: the cursor's, from 0.
        character: from 0; the texts are within the basic plane, so units are characters.
    """

    text: str
    line: int
    character: int
    key: Keystroke


@dataclass(frozen=True)
class Answer:
    """What a system says at a place.

    Attributes:
        text: what to insert at the cursor; empty where there is no suggestion.
        replaces: characters right of the cursor that it replaces.
        outcome: what became of the request, in a word.
        known: it was not computed for this request.
        id: what the system calls it.
    """

    text: str
    outcome: str
    replaces: int = 0
    known: bool = False
    id: str = ""


@dataclass(frozen=True)
class Spent:
    """What a system has used so far.

    Attributes:
        cpu_s: of all its processes.
        prompt_tokens: tokens of prompts that were computed, not found in a cache.
        untold: requests that were put to the model and of which nothing is known.
    """

    cpu_s: float
    prompt_tokens: int
    untold: int = 0

    def since(self, before: "Spent") -> "Spent":
        """Return what was used since then."""
        return Spent(
            self.cpu_s - before.cpu_s,
            self.prompt_tokens - before.prompt_tokens,
            self.untold - before.untold,
        )


class System(Protocol):
    """A running system that suggests; one document at a time."""

    async def open(self, trace: Trace) -> None:
        """Take a document, as it is before the first key."""

    def change(self, editing: Editing) -> None:
        """Take a change of the document."""

    async def ask(self, editing: Editing) -> Answer:
        """Suggest at the cursor; cancelled where the next key comes first."""

    def shown(self, answer: Answer) -> None:
        """Hear that a suggestion is on the screen."""

    def accepted(self, answer: Answer, length: int) -> None:
        """Hear that it was taken, with how many characters of its text."""

    def ignored(self, answer: Answer) -> None:
        """Hear that something else was typed."""

    async def close(self) -> None:
        """Let the document go."""

    async def spent(self) -> Spent:
        """Tell what was used so far."""

    def stages(self) -> Mapping[str, Mapping[str, float]]:
        """Tell where requests' time went, in milliseconds by stage, by the answers' ids."""
