"""What a build's files were when they were last checked, noted among them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from phi_sidecar.provision.download import sha256_of
from phi_sidecar.provision.threads import Stop

MANIFEST = "checked.json"


@dataclass(frozen=True)
class CheckedFile:
    """One file as it was found right; size and date tell, without reading it, that it still is."""

    sha256: str
    bytes: int
    mtime_ns: int


@dataclass(frozen=True)
class Manifest:
    """Every file of a build.

    Attributes:
        origin: where they came from, as the catalog names it.
        revision: the commit that was fetched, where the origin is a model hub.
        files: by path in the folder, with forward slashes.
        original: what tells the state of the person's folder that it was converted from; None
            where there is no such folder, or where it was not noted.
    """

    origin: str
    revision: str | None
    files: Mapping[str, CheckedFile]
    original: str | None = None


@dataclass(frozen=True)
class MadeFrom:
    """What a build was made from; see `Manifest`."""

    origin: str
    revision: str | None = None
    original: str | None = None


def note(folder: Path, made_from: MadeFrom, sha256: Mapping[str, str]) -> None:
    """Write down that the files of a folder were checked, and how they look now."""
    files = {}
    for path in sorted(sha256):
        facts = (folder / path).stat()
        files[path] = CheckedFile(sha256[path], facts.st_size, facts.st_mtime_ns)
    _write(folder, Manifest(made_from.origin, made_from.revision, files, made_from.original))


def _write(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest | None:
    """Return what was noted; None if there is nothing that can be understood."""
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {path: CheckedFile(**facts) for path, facts in raw["files"].items()}
        return Manifest(raw["origin"], raw["revision"], files, raw.get("original"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def is_of(manifest: Manifest, origin: str, original: str | None) -> bool:
    """Tell whether a build was made from what it would be made from now.

    What it was converted from may be gone, or be unknown: then it is taken at its word.
    """
    unknown = original is None or manifest.original is None
    return manifest.origin == origin and (unknown or manifest.original == original)


def is_untouched(folder: Path, origin: str, original: str | None = None) -> bool:
    """Look, without reading them, whether a folder's files are those that were checked."""
    manifest = read(folder)
    if manifest is None or not is_of(manifest, origin, original) or not manifest.files:
        return False
    for path, checked in manifest.files.items():
        try:
            facts = (folder / path).stat()
        except OSError:
            return False
        if (facts.st_size, facts.st_mtime_ns) != (checked.bytes, checked.mtime_ns):
            return False
    return True


def distrust(folder: Path) -> None:
    """Let a folder count as damaged for whoever looks only cheaply; what it should be is kept."""
    manifest = read(folder)
    if manifest is not None:
        files = {path: replace(file, mtime_ns=-1) for path, file in manifest.files.items()}
        _write(folder, replace(manifest, files=files))


def is_right(folder: Path, sha256: Mapping[str, str], stop: Stop) -> bool:
    """Read the files and compare them with what they should be."""
    for path, expected in sha256.items():
        try:
            if sha256_of(folder / path, stop) != expected:
                return False
        except FileNotFoundError:
            return False
    return True
