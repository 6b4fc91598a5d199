"""A typing trace: a document, and what a person's keys did to it, when."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Keystroke:
    """One key.

    Attributes:
        after_ms: since the key before.
        line: from 0, where the cursor was.
        character: from 0, in UTF-16 code units.
        removed: characters taken out from there on.
        inserted: what came in their place.
    """

    after_ms: int
    line: int
    character: int
    removed: int
    inserted: str

    @property
    def cursor(self) -> tuple[int, int]:
        """Line and character after the key."""
        added = self.inserted.count("\n")
        if added:
            return self.line + added, len(self.inserted) - self.inserted.rindex("\n") - 1
        return self.line, self.character + len(self.inserted)


@dataclass(frozen=True)
class Trace:
    """An editing session.

    Attributes:
        language: the editor's language id.
        text: the document before the first key.
    """

    file: str
    language: str
    text: str
    keystrokes: tuple[Keystroke, ...]

    @property
    def duration_ms(self) -> int:
        """From the beginning to the last key."""
        return sum(key.after_ms for key in self.keystrokes)


def apply(text: str, key: Keystroke) -> str:
    """Return the text after a key; the text is within the basic plane, so units are characters."""
    lines = text.split("\n")
    line = lines[key.line]
    if key.character + key.removed > len(line):
        raise ValueError(f"line {key.line} has no {key.character + key.removed} characters")
    lines[key.line] = line[: key.character] + key.inserted + line[key.character + key.removed :]
    return "\n".join(lines)


def dump(trace: Trace) -> str:
    """Return a trace as it is kept: JSON lines, the document first, then one line per key."""
    head = {"file": trace.file, "language": trace.language, "text": trace.text}
    lines: Iterable[object] = (head, *(asdict(key) for key in trace.keystrokes))
    return "".join(json.dumps(line) + "\n" for line in lines)


def load(kept: str) -> Trace:
    """Return the trace that `dump` wrote."""
    head, *keys = (json.loads(line) for line in kept.splitlines())
    return Trace(**head, keystrokes=tuple(Keystroke(**key) for key in keys))
