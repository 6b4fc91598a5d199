"""From a lexer's tokens to comments, strings and brackets, where the text may stop anywhere.

A lexer is made for whole files. Where a quote, a comment or an interpolation is not ended, what it
says of the rest is worth little, so that is decided here.
"""

import re
from dataclasses import dataclass

from phi_sidecar.completion.language import Language
from phi_sidecar.completion.lexical import Kind, Reading, Stretch
from phi_sidecar.completion.tokens import Token, TokenKind, tokens_of

_PARTNER = {")": "(", "]": "[", "}": "{"}
_OPENING = re.compile(r"(?P<prefix>[A-Za-z@$]{0,3}#{0,4})(?P<quote>\"\"\"|'''|[\"'`])")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_REGULAR_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")


@dataclass
class _String:
    opening: str
    quote: str
    resumed: bool = False
    """It goes on behind an interpolation."""


@dataclass
class _Hole:
    """An interpolation: code within a string."""

    string: _String
    begin: str
    depth: int


class Reader:
    """Goes once through one text."""

    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._language = language
        self._found: list[Stretch] = []
        self._holes: list[_Hole] = []
        self._brackets: list[str] = []
        self._string: _String | None = None
        self._string_start = 0
        self._led_by = ""
        """What a lexer that begins anew has to be led into."""

    def read(self) -> Reading:
        """Return what was found."""
        position: int | None = 0
        while position is not None and position < len(self._text):
            position = self._read_from(position)
        opening = self._opening_of_holes()
        if self._string is not None:
            quote = self._string.quote
            self._add(Kind.STRING, self._string_start, len(self._text), is_open=True)
            return Reading(tuple(self._found), opening + self._string.opening, quote)
        last = self._found[-1] if self._found else None
        if last is not None and last.open:
            opening += self._beginning_of_comment(last.start)
        return Reading(tuple(self._found), opening)

    def _read_from(self, start: int) -> int | None:
        """Read on from an offset; return where to begin anew if the lexer lost its way."""
        opening, self._led_by = self._led_by, ""
        for token in tokens_of(self._text, start, self._language.lexer, opening):
            if token.start >= len(self._text) and token.kind is not TokenKind.COMMENT:
                break
            if self._string is not None:
                anew = self._go_on_in_string(token)
            elif token.kind is TokenKind.STRING:
                anew = self._begin_string(token)
            elif token.kind is TokenKind.COMMENT:
                anew = self._take_comment(token)
            else:
                anew = self._take_code(token)
            if anew is not None:
                return anew
        return None

    # Strings

    def _begin_string(self, token: Token) -> int | None:
        if token.text.startswith(self._language.comment_marks or "\0"):
            # Where comments are documents, lexers call them so.
            return self._take_comment(token)
        match = _OPENING.match(self._text, token.start)
        if match is None:
            # A regular expression, a document, a list of words: ended as the lexer says.
            self._add(Kind.STRING, token.start, token.end)
            return None
        quote = match["quote"]
        if len(quote) > 1 and quote not in self._language.long_quotes:
            quote = quote[0]
        self._string = _String(match["prefix"] + quote, quote)
        self._string_start = token.start
        return self._go_on_in_string(token)

    def _go_on_in_string(self, token: Token) -> int | None:
        string = self._string
        if string is None:
            return None
        one_line = string.quote not in self._language.long_quotes
        if one_line:
            newline = self._newline_in(token)
            if newline is not None:
                # What follows belongs to no string, whatever the lexer makes of it.
                self._end_string(newline)
                return newline
        if token.kind in (TokenKind.INTERPOLATION, TokenKind.PUNCTUATION) and len(token.text) > 1:
            last = token.text[-1]
            if last in _PARTNER.values():
                self._end_string(token.end - 1)
                self._holes.append(_Hole(string, token.text, len(self._brackets)))
                self._open_bracket(token.end - 1)
                return None
        if token.text == "{" and token.kind is TokenKind.INTERPOLATION:
            self._end_string(token.start)
            self._holes.append(_Hole(string, "{", len(self._brackets)))
            self._open_bracket(token.start)
        elif token.kind is TokenKind.STRING and self._ends_string(token, string):
            self._end_string(token.end)
        return None

    def _newline_in(self, token: Token) -> int | None:
        """Return where a token ends the line, unless a backslash takes the string further."""
        position = token.text.find("\n")
        while position >= 0:
            before = self._text[self._string_start : token.start + position]
            if not _escapes(before):
                break
            position = token.text.find("\n", position + 1)
        if position < 0 or token.start + position >= len(self._text):
            return None
        return token.start + position

    def _ends_string(self, token: Token, string: _String) -> bool:
        inside = self._string_start + (0 if string.resumed else len(string.opening))
        if not string.resumed and token.start == self._string_start:
            return string.quote in self._text[inside : token.end]
        if token.end - len(string.quote) < inside:
            return False
        if not self._text.endswith(string.quote, self._string_start, token.end):
            return False
        before = self._text[self._string_start : token.end - len(string.quote)]
        return not _escapes(before)

    def _end_string(self, end: int) -> None:
        if end > self._string_start:
            self._add(Kind.STRING, self._string_start, end)
        self._string = None

    # Comments

    def _take_comment(self, token: Token) -> int | None:
        last = self._found[-1] if self._found else None
        if last is not None and last.kind is Kind.COMMENT and last.end == token.start:
            begins = any(token.text.startswith(each) for each in self._language.comment_marks)
            if not begins or last.open:
                self._found.pop()
                self._add_comment(last.start, token.end)
                return None
        self._add_comment(token.start, token.end)
        return None

    def _add_comment(self, start: int, end: int) -> None:
        if self._is_block_comment(start):
            self._add(Kind.COMMENT, start, end, is_open=end > len(self._text))
            return
        said = self._text[start:end]
        end = start + len(said.rstrip("\n"))
        self._add(Kind.COMMENT, start, end, is_open=end == len(self._text))

    def _is_block_comment(self, start: int) -> bool:
        return any(
            self._text.startswith(begin, start) for begin, _ in self._language.block_comments
        )

    def _beginning_of_comment(self, start: int) -> str:
        marks = self._language.comment_marks
        return next((mark for mark in marks if self._text.startswith(mark, start)), "")

    # Code

    def _take_code(self, token: Token) -> int | None:
        if self._is_block_comment(token.start):
            # A lexer that finds no end to it takes it for something else.
            self._add(Kind.COMMENT, token.start, len(self._text), is_open=True)
            return len(self._text)
        if token.kind is TokenKind.ERROR and token.text in (
            *self._language.quotes,
            *self._language.long_quotes,
        ):
            return self._take_lone_quote(token)
        if token.text == "/" and self._text[: token.start].rstrip().endswith("=>"):
            # The lexer of scripts takes what follows an arrow for a division.
            expression = _REGULAR_EXPRESSION.match(self._text, token.start)
            if expression is not None:
                self._add(Kind.STRING, token.start, expression.end())
                return expression.end()
        if token.kind is TokenKind.MACRO:
            blank = _QUOTED.sub(lambda match: " " * len(match[0]), token.text)
            self._take_brackets(Token(token.kind, token.start, blank))
        elif token.kind in (TokenKind.PUNCTUATION, TokenKind.INTERPOLATION, TokenKind.ERROR):
            return self._take_brackets(token)
        elif "\n" in token.text and self._holes:
            return self._leave_broken_holes(token)
        return None

    def _take_lone_quote(self, token: Token) -> int | None:
        """Take a quote that the lexer found no place for."""
        if token.text == "'" and self._text[max(0, token.start - 1) : token.start].isalnum():
            # An apostrophe.
            return None
        newline = self._text.find("\n", token.start)
        line_end = newline if newline >= 0 else len(self._text)
        partner = self._text.find(token.text, token.end, line_end)
        if partner >= 0:
            self._add(Kind.STRING, token.start, partner + 1)
            return partner + 1
        if token.text in self._language.long_quotes or newline < 0:
            self._string = _String(token.text, token.text)
            self._string_start = token.start
            return len(self._text)
        if token.text == "'":
            return None
        self._add(Kind.STRING, token.start, newline)
        return newline

    def _leave_broken_holes(self, token: Token) -> int | None:
        """Leave an interpolation that its line did not end; return the line's end."""
        if any(hole.string.quote in self._language.long_quotes for hole in self._holes):
            return None
        newline = token.start + token.text.index("\n")
        del self._brackets[self._holes[0].depth :]
        self._holes.clear()
        return newline if newline < len(self._text) else None

    def _take_brackets(self, token: Token) -> int | None:
        """Take the brackets of a token; return where a lexer that counts otherwise begins anew."""
        for offset, character in enumerate(token.text, token.start):
            if character in _PARTNER.values():
                self._open_bracket(offset)
            elif character in _PARTNER:
                depth = len(self._holes)
                self._close_bracket(offset, _PARTNER[character])
                left = len(self._holes) < depth
                # Some lexers end an interpolation at the first brace within it.
                if depth and left is not (token.kind is TokenKind.INTERPOLATION):
                    self._led_by = self._string.opening if self._string is not None else ""
                    return offset + 1
        return None

    def _open_bracket(self, offset: int) -> None:
        if offset < len(self._text):
            self._add(Kind.BRACKET, offset, offset + 1)
            self._brackets.append(self._text[offset])

    def _close_bracket(self, offset: int, partner: str) -> None:
        self._add(Kind.BRACKET, offset, offset + 1)
        depth = self._holes[-1].depth if self._holes else 0
        if partner in self._brackets[depth:]:
            while self._brackets.pop() != partner:
                pass
        if self._holes and len(self._brackets) == depth:
            string = self._holes.pop().string
            self._string = _String(string.opening, string.quote, resumed=True)
            self._string_start = offset + 1

    def _opening_of_holes(self) -> str:
        """Return what leads into the interpolations that are open at the end."""
        parts: list[str] = []
        ends = [*(hole.depth for hole in self._holes[1:]), len(self._brackets)]
        for hole, end in zip(self._holes, ends, strict=False):
            parts += [hole.string.opening, hole.begin, *self._brackets[hole.depth + 1 : end]]
        return "".join(parts)

    def _add(self, kind: Kind, start: int, end: int, *, is_open: bool = False) -> None:
        self._found.append(Stretch(kind, start, min(end, len(self._text)), is_open))


def _escapes(before: str) -> bool:
    """Tell whether what follows a text is escaped: backslashes in pairs escape one another."""
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
