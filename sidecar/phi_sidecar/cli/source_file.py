"""A cursor in a file on disk, counted as editors show it."""

import re
from pathlib import Path

from phi_sidecar.completion.context import DocumentView
from phi_sidecar.engine.completion import Cursor
from phi_sidecar.generated.protocol import Attachment

LANGUAGES = {
    ".py": "python", ".pyi": "python", ".ts": "typescript", ".tsx": "typescriptreact",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascriptreact",
    ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".hpp": "cpp", ".cs": "csharp",
    ".go": "go", ".rs": "rust", ".java": "java", ".kt": "kotlin", ".swift": "swift",
    ".rb": "ruby", ".php": "php", ".sh": "shellscript", ".bash": "shellscript", ".lua": "lua",
    ".html": "html", ".css": "css", ".scss": "scss", ".json": "json", ".yaml": "yaml",
    ".yml": "yaml", ".toml": "toml", ".sql": "sql", ".md": "markdown", ".dart": "dart",
}  # fmt: skip
"""Editors' language ids by the file's ending; an editor would tell, here there is none."""


_LINES = re.compile(r"\A(?P<file>.+):(?P<first>\d+)(?:-(?P<last>\d+))?\Z")


class BadPlace(ValueError):
    """There is no such place; the text says what to correct."""


def read_cursor(file: Path, line: int, column: int) -> Cursor:
    """Return the cursor at a line and a column from 1, the column in UTF-16 units.

    Raises:
        BadPlace: no such file, or no such line in it.
    """
    text = _read(file)
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        raise BadPlace(f"{file} has {len(lines)} lines, no line {line}; lines count from 1.")
    if column < 1:
        raise BadPlace(f"There is no column {column}; columns count from 1.")
    content = lines[line - 1]
    units = content.encode("utf-16-le", "surrogatepass")[: (column - 1) * 2]
    taken = len(units.decode("utf-16-le", "ignore"))
    before = "\n".join([*lines[: line - 1], content[:taken]])
    return Cursor(
        uri=file.resolve().as_uri(),
        document=DocumentView(
            text=text,
            language_id=_language_of(file),
            path=str(file.resolve()),
        ),
        line=line - 1,
        column=taken,
        before=before,
        after=text[len(before) :],
    )


def read_attachment(place: str) -> Attachment:
    """Return a file, or some of its lines, from `PATH`, `PATH:LINE` or `PATH:FIRST-LAST`.

    Raises:
        BadPlace: no such file, or no such lines in it.
    """
    named = _LINES.match(place)
    if named is None or Path(place).exists():
        file = Path(place)
        return _attachment(file, file.name, _read(file))
    file = Path(named["file"])
    first = int(named["first"])
    last = int(named["last"] or first)
    lines = _read(file).split("\n")
    if not 1 <= first <= last <= len(lines):
        raise BadPlace(f"{file} has {len(lines)} lines, no lines {first} to {last}.")
    label = f"{file.name}:{first}" if first == last else f"{file.name}:{first}-{last}"
    return _attachment(file, label, "\n".join(lines[first - 1 : last]))


def _attachment(file: Path, label: str, text: str) -> Attachment:
    uri = file.resolve().as_uri()
    return Attachment(uri=uri, label=label, language_id=_language_of(file), text=text)


def _language_of(file: Path) -> str:
    return LANGUAGES.get(file.suffix.lower(), "plaintext")


def _read(file: Path) -> str:
    """Read a file as UTF-8.

    Raises:
        BadPlace: it cannot be.
    """
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadPlace(f"{file} is not UTF-8 text; convert it first.") from None
    except OSError as error:
        raise BadPlace(f"{file} cannot be read: {error.strerror}; check the path.") from None


def utf16_units(text: str) -> int:
    """Return how many UTF-16 code units a text takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
