"""Find comments, strings and brackets in code, as roughly as completion needs it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from phi_sidecar.completion.language import Language


class Kind(StrEnum):
    """What a stretch of code is."""

    COMMENT = "comment"
    STRING = "string"
    BRACKET = "bracket"
    CODE = "code"


@dataclass(frozen=True)
class Stretch:
    """A comment, a string or a bracket.

    Attributes:
        start: offset of its first character.
        end: offset behind its last character.
        open: it is not ended, so what follows the text still belongs to it.
    """

    kind: Kind
    start: int
    end: int
    open: bool


def stretches(text: str, language: Language) -> Iterator[Stretch]:
    """Yield the comments, strings and brackets of a text in order; none for running text."""
    if not language.code and not language.block_comments:
        return
    for match in _scanner(language).finditer(text):
        group = match.lastgroup or ""
        kind = Kind(group.rstrip("0123456789_"))
        yield Stretch(kind, match.start(), match.end(), _is_open(match, kind, language, len(text)))


def kind_at_end(text: str, language: Language) -> Kind:
    """Say what is being written at the end of a text: a comment, a string or code."""
    last = None
    for stretch in stretches(text, language):
        last = stretch
    return last.kind if last is not None and last.open else Kind.CODE


def open_quote(text: str, language: Language) -> str:
    """Return the quote that would end the string being written, or nothing outside of one."""
    last = None
    for stretch in stretches(text, language):
        last = stretch
    if last is None or last.kind is not Kind.STRING or not last.open:
        return ""
    quotes: tuple[str, ...] = (*language.long_quotes, *language.quotes)
    return next(quote for quote in quotes if text.startswith(quote, last.start))


def code_only(text: str, language: Language, *, keep_strings: bool = False) -> str:
    """Return a text of the same length with comments and strings blanked out, newlines kept."""
    parts: list[str] = []
    done = 0
    for stretch in stretches(text, language):
        if stretch.kind is Kind.BRACKET or (keep_strings and stretch.kind is Kind.STRING):
            continue
        parts.append(text[done : stretch.start])
        parts.append(re.sub(r"[^\n]", " ", text[stretch.start : stretch.end]))
        done = stretch.end
    parts.append(text[done:])
    return "".join(parts)


@cache
def _scanner(language: Language) -> re.Pattern[str]:
    parts: list[str] = []
    for index, (begin, end) in enumerate(language.block_comments):
        parts.append(rf"(?P<comment{index}_>{re.escape(begin)}.*?(?:{re.escape(end)}|\Z))")
    for index, begin in enumerate(language.line_comments):
        # `$#` and `a#b` are no comments in shell, `--x` is none in C: what stands before matters
        # for the hash alone.
        guard = r"(?<![^\s;,(){}\[\]])" if begin == "#" else ""
        parts.append(rf"(?P<comment{index}>{guard}{re.escape(begin)}[^\n]*)")
    for index, quote in enumerate(language.long_quotes):
        parts.append(rf"(?P<string{index}_>{quote}(?:\\.|[^\\])*?(?:{quote}|\Z))")
    for index, quote in enumerate(language.quotes):
        inner = rf"{quote}(?:\\.|[^{quote}\\\n])*"
        # A lone single quote in the middle of a file is an apostrophe, not a string.
        end = rf"(?:{quote}|\\?\Z)" if quote == "'" else rf"(?:{quote}|\\?\Z|(?=\n))"
        parts.append(rf"(?P<string{index}>{inner}{end})")
    if language.code:
        parts.append(r"(?P<bracket>[()\[\]{}])")
    return re.compile("|".join(parts), re.DOTALL)


def _is_open(match: re.Match[str], kind: Kind, language: Language, length: int) -> bool:
    if kind is Kind.BRACKET or match.end() < length:
        return False
    text = match.group()
    if kind is Kind.COMMENT:
        ends = [end for begin, end in language.block_comments if text.startswith(begin)]
        return not ends or not any(
            text.endswith(end) and len(text) >= len(end) * 2 - 1 for end in ends
        )
    for quote in (*language.long_quotes, *language.quotes):
        if text.startswith(quote):
            body = text[len(quote) :]
            return not body.endswith(quote) or _escaped(body[: -len(quote)])
    return False


def _escaped(body: str) -> bool:
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1
