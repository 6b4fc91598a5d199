"""Where a file says what it uses of others, in whatever language it is written."""

import re

_BEGINS = (
    r"import\b|from[ \t]|#[ \t]*include\b|package[ \t]|use[ \t]+[\w:\\{]|using[ \t]+[\w.]"
    r"|require(?:_relative)?\b|@import\b|@use\b|extern[ \t]+crate\b|library\("
    r"|export\b.*\bfrom[ \t]*[\"']|(?:const|let|var)\b.*=[ \t]*require\("
)
_IMPORT = re.compile(_BEGINS)
_IMPORT_AT_MARGIN = re.compile(rf"^(?:{_BEGINS})[^\n]*", re.MULTILINE)

_LOOKED_AT_CHARS = 30_000
"""Imports stand at a file's top; looking further at every key would cost more than it finds."""

_LONGEST_STATEMENT_LINES = 40
_NO_CODE = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|//[^\n]*|#(?![ \t]*include)[^\n]*")


def begins_import(line: str) -> bool:
    """Tell whether a line says what is used of another file, as far as it is written."""
    return _IMPORT.match(line.lstrip()) is not None


def import_statements(text: str) -> list[str]:
    """Return the whole import statements that stand at the margin, in order."""
    looked_at = text[:_LOOKED_AT_CHARS]
    statements: list[str] = []
    done = -1
    for match in _IMPORT_AT_MARGIN.finditer(looked_at):
        if match.start() > done:
            done = _end_of_statement(looked_at, match.start(), match.end())
            statements.append(looked_at[match.start() : done])
    return statements


def _end_of_statement(text: str, start: int, first_end: int) -> int:
    """Return where a statement's brackets are closed, or its first line ends if they never are."""
    open_brackets = 0
    end = first_end
    for _ in range(_LONGEST_STATEMENT_LINES):
        code = _NO_CODE.sub("", text[start:end])
        open_brackets += sum(code.count(opener) for opener in "([{")
        open_brackets -= sum(code.count(closer) for closer in ")]}")
        if open_brackets <= 0:
            return end
        if end >= len(text):
            break
        start = end + 1
        following = text.find("\n", start)
        end = len(text) if following < 0 else following
    return first_end
