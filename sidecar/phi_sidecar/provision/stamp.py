"""The mark on a finished environment, and the cheap look at whether it is still whole."""

import heapq
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

STAMP = "phi-sidecar.json"
_WATCHED_FILES = 24


@dataclass(frozen=True)
class Stamp:
    """What an environment was when it was finished.

    Attributes:
        key: of the plan that it was made from.
        file_bytes: sizes of its largest files by path within it: where damage does most.
    """

    key: str
    file_bytes: dict[str, int]


def interpreter_in(folder: Path) -> Path:
    """Return where an environment's Python is."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def write_stamp(folder: Path, key: str) -> None:
    """Mark an environment as finished."""
    sizes = {
        file.relative_to(folder).as_posix(): file.stat().st_size
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and file.suffix != ".pyc"
    }
    largest = heapq.nlargest(_WATCHED_FILES, sizes.items(), key=lambda item: item[1])
    stamp = Stamp(key=key, file_bytes=dict(largest))
    (folder / STAMP).write_text(json.dumps(asdict(stamp), indent=1) + "\n", encoding="utf-8")


def is_whole(folder: Path, key: str) -> bool:
    """Look whether an environment was finished and its largest files are still as they were."""
    try:
        raw = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        stamp = Stamp(key=raw["key"], file_bytes=raw["file_bytes"])
        return (
            stamp.key == key
            and interpreter_in(folder).exists()
            and all(
                (folder / path).stat().st_size == size for path, size in stamp.file_bytes.items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def forget_stamp(folder: Path) -> None:
    """Mark an environment as not to be trusted."""
    (folder / STAMP).unlink(missing_ok=True)
