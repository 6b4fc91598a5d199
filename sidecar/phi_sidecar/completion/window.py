"""How much of a document stands in a prompt: where it begins, and what of the rest is kept."""

import re
from dataclasses import dataclass

from phi_sidecar.completion.imports import import_statements
from phi_sidecar.completion.indentation import indent_of

_STEPS = 4
"""The window's start moves by a quarter of its length at a time."""

_HEADER_SHARE = 6
"""A sixth of the text before the cursor goes to what the window cut off above it."""

_LONGEST_SIGNATURE_LINES = 12
_LOOKED_BACK_LINES = 2_000

_CLOSER = re.compile(r"[)\]}]")
_GOES_ON = re.compile(r"[)\]}]|(?:else|elif|except|finally|catch)\b")
"""A line that goes on with what a line above it, indented alike, began."""

_REMARK = re.compile(r"#(?!\s*(?:if|include|define))|//|/\*|\*|--|<!--|\"\"\"|'''")


@dataclass(frozen=True)
class Window:
    """What a prompt holds of the text before a cursor.

    Attributes:
        start: offset of the first character; coarse, so that it stays while the person types.
        header: whole lines of what stands above it: imports, and what the first line lies in.
    """

    start: int
    header: str = ""


def window_before(before: str, limit: int) -> Window:
    """Choose what a prompt holds of the text before a cursor, in so many characters at most.

    It is the end of the text. Where that leaves something out, the imports and the first lines of
    the scopes around it stand above: both depend on the window's start alone, so that typing only
    appends.
    """
    if len(before) <= limit:
        return Window(0)
    header_limit = limit // _HEADER_SHARE
    start = _start(before, limit - header_limit)
    return Window(start, _header(before, start, header_limit))


def whole_lines(text: str, limit: int) -> str:
    """Return the beginning of a text in so many characters, up to a line's end if there is one."""
    if len(text) <= limit:
        return text
    end = text.rfind("\n", 0, limit)
    return text[: end if end > 0 else limit]


def lines_below(suffix: str, limit: int) -> str:
    """Return the whole lines below the cursor's that have so many characters together."""
    below = suffix.partition("\n")[2]
    if len(below) > limit:
        below = below[: below.rfind("\n", 0, limit + 1) + 1]
    return below.strip("\n")


def _start(before: str, limit: int) -> int:
    # Coarse steps: a start that moved with every keystroke would void the KV cache each time.
    step = max(1, limit // _STEPS)
    start = -(-(len(before) - limit) // step) * step
    newline = before.find("\n", start - 1)
    # A line longer than a step is cut rather than dropped whole.
    return newline + 1 if 0 <= newline < start + step and newline + 1 < len(before) else start


def _header(before: str, start: int, limit: int) -> str:
    if before[start - 1] != "\n":
        return ""
    scopes = "".join(f"{line}\n" for line in _scopes(before, start))
    scopes = scopes if len(scopes) <= limit else ""
    room = limit - len(scopes) - 1
    kept: list[str] = []
    # The last ones first: a file names its own project's modules after everybody's.
    for statement in reversed(import_statements(before[:start])):
        room -= len(statement) + 1
        if room < 0:
            break
        kept.append(f"{statement}\n")
    imports = "".join(reversed(kept))
    return f"{imports}\n{scopes}" if imports else scopes


def _scopes(before: str, start: int) -> list[str]:
    """Return the lines above an offset that open the scopes around it, outermost first."""
    margin = _columns(_first_line_with_text(before[start:]))
    if not margin:
        return []
    above = before[:start].split("\n")[-_LOOKED_BACK_LINES:]
    found: list[str] = []
    index = len(above) - 1
    inclusive = False
    while index >= 0 and (margin or inclusive):
        line = above[index]
        stripped = line.strip()
        inside = _columns(line) < margin or (inclusive and _columns(line) == margin)
        if stripped and inside and not _REMARK.match(stripped):
            first = _first_of_signature(above, index)
            found[:0] = above[first : index + 1]
            margin, index = _columns(line), first
            # `} else {` belongs to an `if` that is indented alike.
            inclusive = bool(_GOES_ON.match(above[first].strip()))
        index -= 1
    return [line.rstrip() for line in found]


def _first_of_signature(lines: list[str], index: int) -> int:
    """Return where the signature begins whose last line this is; the line itself for most."""
    stripped = lines[index].strip()
    alone = stripped == "{"
    if not alone and not stripped.startswith((")", "]")):
        return index
    for above in range(index - 1, max(-1, index - 1 - _LONGEST_SIGNATURE_LINES), -1):
        line = lines[above]
        if line.strip() and _columns(line) <= _columns(lines[index]):
            return index if _CLOSER.match(line.strip()) and not alone else above
    return index


def _columns(line: str) -> int:
    # Tabs and spaces are not mixed for the sake of a comparison: a tab counts as four.
    return len(indent_of(line).expandtabs(4))


def _first_line_with_text(text: str) -> str:
    return next((line for line in text[:4_000].split("\n") if line.strip()), "")
