"""The tokens of a text, by Pygments; one that is broken off gives tokens as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_LEXERS_KEPT = 32


class TokenKind(Enum):
    """What a token is, as far as it matters here."""

    COMMENT = "comment"
    STRING = "string"
    INTERPOLATION = "interpolation"
    PUNCTUATION = "punctuation"
    """All that may hold a bracket."""
    MACRO = "macro"
    """A line for the C preprocessor: code that no lexer looks into."""
    ERROR = "error"
    TAG = "tag"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; its offsets are the text's."""

    kind: TokenKind
    start: int
    text: str

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.text)


def tokens_of(text: str, start: int, lexer: str, opening: str = "") -> Iterator[Token]:
    """Yield the tokens from an offset on, with a line's end behind the last one.

    Many lexers see a comment only once its line has ended, so the text is given one. What that adds
    has offsets behind the text. `opening` leads the lexer into what the offset lies in.
    """
    reader = _lexer(lexer, php_page="<?php" in text)
    for offset, token_type, value in reader.get_tokens_unprocessed(opening + text[start:] + "\n"):
        led = min(len(value), max(0, len(opening) - offset))
        if led < len(value):
            place = start + offset + led - len(opening)
            yield Token(_kind(token_type), place, value[led:])


def warm(lexer: str) -> None:
    """Load what reads a language, so that the first text of it does not wait for that."""
    _lexer(lexer, php_page=False)


@lru_cache(_LEXERS_KEPT)
def _lexer(name: str, *, php_page: bool) -> "Lexer":
    # Loaded with the first text: the sidecar's start does not wait for it.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        # A window into a PHP file begins within the code.
        return get_lexer_by_name(name, startinline=not php_page)
    except ClassNotFound:
        from phi_sidecar.completion.plain_lexer import PlainLexer

        return PlainLexer()


@lru_cache(None)
def _kind(token_type: "_TokenType") -> TokenKind:
    from pygments import token as types

    def is_one(*of: "_TokenType") -> bool:
        return any(types.is_token_subtype(token_type, each) for each in of)

    if is_one(types.Comment.Preproc, types.Comment.PreprocFile):
        return TokenKind.MACRO
    if is_one(types.Comment):
        return TokenKind.COMMENT
    if is_one(types.String.Interpol):
        return TokenKind.INTERPOLATION
    if is_one(types.String) and not is_one(types.String.Symbol):
        return TokenKind.STRING
    if is_one(types.Error):
        return TokenKind.ERROR
    if is_one(types.Name.Tag):
        return TokenKind.TAG
    if is_one(types.Punctuation, types.Operator, types.Keyword):
        return TokenKind.PUNCTUATION
    return TokenKind.OTHER
