"""The tags of markup: which elements are open, and which closing tags close none of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from phi_sidecar.completion.language import Language
from phi_sidecar.completion.tokens import TokenKind, tokens_of

_TEXTS_KEPT = 16
_TAG = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][\w:.-]*)")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr")
)  # fmt: skip
"""HTML's elements without a closing tag."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening or a closing tag.

    Attributes:
        offset: where its `<` stands.
    """

    name: str
    offset: int
    closing: bool


@lru_cache(_TEXTS_KEPT)
def tags(text: str, language: Language) -> tuple[Tag, ...]:
    """Return the tags of a text in order, without those that close themselves."""
    found: list[Tag] = []
    last: TokenKind | None = None
    for token in tokens_of(text, 0, language.lexer) if "<" in text else ():
        said = text[token.start : token.end]
        if token.kind is TokenKind.TAG:
            name = _TAG.search(text, max(0, token.start - 2))
            known = found[-1].offset if found else -1
            if name is not None and known < name.start() < token.end:
                found.append(Tag(name["name"], name.start(), closing=bool(name["closing"])))
        in_tag = last is not TokenKind.STRING and token.kind is not TokenKind.COMMENT
        if found and in_tag and text.endswith("/>", 0, token.end) and ">" in said:
            closed_itself = not found[-1].closing
            if closed_itself and text.rfind(">", found[-1].offset, token.end - 1) < 0:
                found.pop()
        last = token.kind
    return tuple(tag for tag in found if tag.closing or tag.name.lower() not in _VOID)


def left_open(found: Iterable[Tag]) -> list[str]:
    """Return the names of the elements that are not closed, outermost first."""
    return _paired(found)[0]


def unmatched(found: Iterable[Tag]) -> list[Tag]:
    """Return the closing tags whose opening tags are not among these, in order."""
    return _paired(found)[1]


def _paired(found: Iterable[Tag]) -> tuple[list[str], list[Tag]]:
    """Return what pairing leaves: the names that stay open, and the closing tags without one."""
    open_names: list[str] = []
    closers: list[Tag] = []
    for tag in found:
        if not tag.closing:
            open_names.append(tag.name)
        elif tag.name in open_names:
            # What stands open within it needs no closing tag, as a list's items do not.
            while open_names.pop() != tag.name:
                pass
        else:
            closers.append(tag)
    return open_names, closers
