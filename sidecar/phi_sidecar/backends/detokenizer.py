"""From token ids to text that is never taken back."""

from collections.abc import Callable, Sequence

REPLACEMENT = "\ufffd"

_LONGEST_CONTEXT = 8
"""In tokens. A character has at most four, where each of its bytes is a token."""


_REMEMBERED_TOKENS = 2
"""In tokens: mostly one is decoded beside the one before it, and code has the same two again."""

_MOST_TEXTS = 50_000
"""Some ten megabytes."""


class Detokenizer:
    """Turns a growing list of token ids into text, whole characters at a time.

    Tokens are decoded together with the few before them, because a tokenizer may put a space in
    front of a token or spread one character over several.
    """

    def __init__(
        self,
        decode: Callable[[list[int]], str],
        texts: dict[tuple[int, ...], str] | None = None,
        context: Sequence[int] = (),
    ) -> None:
        """Decode with a tokenizer; `texts` that are known may be shared by all that use it.

        `context` is what comes before, where the text continues it: a tokenizer that puts spaces
        in front of words leaves out the first. Its end is enough.
        """
        self._decode = decode
        self._texts = {} if texts is None else texts
        self._ids, self._known = self._whole_end(list(context[-_LONGEST_CONTEXT:]))
        self._context_start = 0
        self._emitted = len(self._ids)

    def add(self, ids: Sequence[int]) -> str:
        """Return what is new and final; empty while a character is not whole."""
        self._ids.extend(ids)
        fresh = self._fresh()
        if not fresh or fresh.endswith(REPLACEMENT):
            return ""
        self._advance()
        return fresh

    def flush(self) -> str:
        """Return what was held back, without a character that never became whole."""
        fresh = self._fresh().rstrip(REPLACEMENT)
        self._advance()
        return fresh

    def _whole_end(self, context: list[int]) -> tuple[list[int], str]:
        """Return the shortest end that begins with a whole character, and its text.

        Beside half of one, the bytes of the next character would never become a character.
        """
        for size in range(1, len(context) + 1):
            ids = context[-size:]
            text = self._decode(ids)
            if REPLACEMENT not in text:
                return ids, text
        return [], ""

    def _fresh(self) -> str:
        text = self._text_of(self._ids[self._context_start :])
        return text[len(self._known) :]

    def _advance(self) -> None:
        self._context_start = self._emitted
        self._emitted = len(self._ids)
        self._known = self._text_of(self._ids[self._context_start :])

    def _text_of(self, ids: list[int]) -> str:
        if len(ids) > _REMEMBERED_TOKENS:
            return self._decode(ids)
        key = tuple(ids)
        if key not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            self._texts[key] = self._decode(ids)
        return self._texts[key]
