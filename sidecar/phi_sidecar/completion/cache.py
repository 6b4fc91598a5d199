"""Suggestions that stay while the person types along them; in memory alone."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

from phi_sidecar.completion.suggestion import Suggestion

_CAPACITY = 250
_BEFORE_CHARS = 2_000
_AFTER_CHARS = 500
"""A place is known by the text around it, not by its offset, so edits elsewhere leave it valid."""

_LONGEST_WALK_CHARS = 400
_CLOSED_BY_EDITOR = ")]}\"'`"
_MOST_CLOSED = 3


@dataclass(frozen=True)
class Place:
    """A cursor in a document.

    Attributes:
        uri: the document's.
        before: the text before the cursor, as far as there is any.
        after: the text after it.
    """

    uri: str
    before: str
    after: str

    @property
    def key(self) -> "Key":
        """What it is known by."""
        before = _digest(_near(self.before)[-_BEFORE_CHARS:])
        return Key(self.uri, _digest(self.after[:_AFTER_CHARS]), before)


@dataclass(frozen=True)
class Key:
    """A place by what stands around it; it holds digests, never code."""

    uri: str
    after: bytes
    before: bytes


class CompletionCache:
    """Remember suggestions by place; the least recently used goes first."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._suggestions: OrderedDict[Key, Suggestion] = OrderedDict()

    def __len__(self) -> int:
        return len(self._suggestions)

    def put(self, place: Place, suggestion: Suggestion) -> None:
        """Remember what was suggested at a place."""
        key = place.key
        self._suggestions[key] = suggestion
        self._suggestions.move_to_end(key)
        while len(self._suggestions) > self._capacity:
            self._suggestions.popitem(last=False)

    def get(self, place: Place) -> Suggestion | None:
        """Return what is left of a suggestion after what was typed along it, if any is."""
        before = _near(place.before)
        for closed in _closed_by_editor(place.after):
            after = _digest(place.after[len(closed) :][:_AFTER_CHARS])
            for typed in range(min(self._furthest(place.uri, after), len(before)) + 1):
                start = len(before) - typed
                key = Key(place.uri, after, _digest(before[:start][-_BEFORE_CHARS:]))
                shown = self._suggestions.get(key)
                if shown is None:
                    continue
                rest = _rest(shown, before[start:], closed)
                if rest is not None:
                    self._suggestions.move_to_end(key)
                    return rest
        return None

    def forget(self, uri: str) -> None:
        """Drop everything about a document."""
        for key in [key for key in self._suggestions if key.uri == uri]:
            del self._suggestions[key]

    def clear(self) -> None:
        """Drop everything: another model answers from now on."""
        self._suggestions.clear()

    def _furthest(self, uri: str, after: bytes) -> int:
        """Return how far back a suggestion may have begun that is not used up; -1 for none."""
        lengths = (
            len(suggestion.text)
            for key, suggestion in self._suggestions.items()
            if key.after == after and key.uri == uri
        )
        return min(_LONGEST_WALK_CHARS, max(lengths, default=0) - 1)


def with_line_feeds(text: str) -> str:
    """Return a text whose lines end as in suggestions."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def closers_between(after: str, rest: str) -> str | None:
    """Return what an editor closed by itself before the rest of a document; None if more differs.

    Nothing is fine, too.
    """
    if not after.endswith(rest):
        return None
    closed = after[: len(after) - len(rest)]
    fits = len(closed) <= _MOST_CLOSED and all(each in _CLOSED_BY_EDITOR for each in closed)
    return closed if fits else None


def _near(before: str) -> str:
    """Return what matters of the text before the cursor, its lines ending as in suggestions."""
    # Twice as much as needed: every second character may be a carriage return.
    return with_line_feeds(before[-2 * (_BEFORE_CHARS + _LONGEST_WALK_CHARS) :])


def _digest(text: str) -> bytes:
    # Lone surrogates are text that an editor can send.
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _closed_by_editor(after: str) -> Iterator[str]:
    """Yield what the editor may have put right of the cursor while the person typed."""
    yield ""
    for length in range(1, min(_MOST_CLOSED, len(after)) + 1):
        if after[length - 1] not in _CLOSED_BY_EDITOR:
            return
        yield after[:length]


def _rest(shown: Suggestion, typed: str, closed: str) -> Suggestion | None:
    if not shown.text.startswith(typed):
        return None
    rest = shown.after_typed(len(typed))
    if not rest.text.strip():
        return None
    if not closed:
        return rest
    # The editor closed what was typed: the suggestion holds that closer too.
    if not typed or not all(character in rest.text for character in closed):
        return None
    if rest.text.endswith(closed) and not shown.replace_after:
        trimmed = rest.text[: -len(closed)]
        return replace(rest, text=trimmed) if trimmed.strip() else None
    return replace(rest, replace_after=shown.replace_after + len(closed))
