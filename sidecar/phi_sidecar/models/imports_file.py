"""The file in which imported models are remembered."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import Format
from phi_sidecar.models.formats import Found
from phi_sidecar.provision import place

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Imported:
    """A model that was imported.

    Attributes:
        found: what was recognized when it was.
    """

    id: str
    name: str
    found: Found


@dataclass(frozen=True)
class Read:
    """What the file holds.

    Attributes:
        not_understood: entries as they stand there: a later version may have written them.
        complaints: what is wrong with them, a sentence each.
    """

    imported: Sequence[Imported] = ()
    not_understood: Sequence[object] = ()
    complaints: Sequence[str] = ()

    @property
    def ids_not_understood(self) -> frozenset[str]:
        """Return the ids among what is not understood, which nothing else may get."""
        entries = (entry for entry in self.not_understood if isinstance(entry, dict))
        return frozenset(id for entry in entries if isinstance(id := entry.get("id"), str))


class ImportsFile:
    """Read at each use, because other windows write to it too; parsed only when it changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[tuple[int, int, int], Read] | None = None

    @property
    def lock(self) -> Path:
        """Held by whoever changes it."""
        return self._path.with_suffix(".lock")

    def read(self) -> Read:
        """Return what it holds; an entry that is bad takes no other along.

        Raises:
            OSError: it cannot be read at this moment.
        """
        try:
            facts = place.patiently(self._path.stat)
            version = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            if self._known is not None and self._known[0] == version:
                return self._known[1]
            content = place.patiently(self._path.read_bytes)
        except FileNotFoundError:
            return Read()
        try:
            entries = json.loads(content)["models"]
            if not isinstance(entries, list):
                raise TypeError(entries)
        except (ValueError, RecursionError, KeyError, TypeError):
            # Kept aside, never overwritten: a later version may have written it.
            aside = self._path.with_name(f"{self._path.stem}.unreadable-{time.time_ns()}.json")
            place.put(self._path, aside)
            log.warning("the imported models cannot be read; their file is kept aside")
            return Read()
        read = self._parsed(entries)
        self._known = (version, read)
        return read

    def is_whole(self) -> bool:
        """Whether every model that was ever put in is known now, none of them unreadable."""
        try:
            read = self.read()
        except OSError:
            return False
        aside = self._path.parent.glob(f"{self._path.stem}.unreadable-*.json")
        return not read.complaints and not any(aside)

    def write(self, read: Read) -> None:
        """Replace what it holds; what is not understood stays in it. Only under the lock."""
        made = place.beside(self._path)
        entries = [*map(_unparse, read.imported), *read.not_understood]
        try:
            text = json.dumps({"models": entries}, indent=1)
            made.write_text(text + "\n", encoding="utf-8")
            place.put(made, self._path)
        finally:
            place.remove(made)

    def _parsed(self, entries: Sequence[object]) -> Read:
        imported: list[Imported] = []
        bad: list[object] = []
        complaints: list[str] = []
        for number, entry in enumerate(entries, 1):
            try:
                imported.append(_parse(entry))
            except (ValueError, KeyError, TypeError):
                bad.append(entry)
                complaints.append(f"Entry {number} of {self._path} cannot be read; it is kept.")
        if bad:
            log.warning("%d entries of the imported models cannot be read", len(bad))
        return Read(imported, bad, complaints)


def _parse(entry: object) -> Imported:
    if not isinstance(entry, dict):
        raise TypeError(entry)
    quantizations, accelerators = entry["quantizations"], entry["accelerators"]
    if not isinstance(quantizations, list) or not isinstance(accelerators, list):
        raise TypeError(entry)
    return Imported(
        id=_text(entry["id"]),
        name=_text(entry["name"]),
        found=Found(
            path=Path(_text(entry["path"])),
            format=Format(_text(entry["format"])),
            model_type=_text(entry["modelType"]),
            context_window=_count(entry["contextWindow"]),
            quantization=_text(entry["quantization"]),
            quantizations=tuple(_text(each) for each in quantizations),
            accelerators=tuple(_text(each) for each in accelerators),
            weight_bytes=_count(entry["weightBytes"]),
            kv_bytes_per_token=_count(entry["kvBytesPerToken"]),
        ),
    )


def _unparse(imported: Imported) -> Mapping[str, object]:
    found = imported.found
    return {
        "id": imported.id,
        "name": imported.name,
        "path": str(found.path),
        "format": found.format,
        "modelType": found.model_type,
        "contextWindow": found.context_window,
        "quantization": found.quantization,
        "quantizations": list(found.quantizations),
        "accelerators": list(found.accelerators),
        "weightBytes": found.weight_bytes,
        "kvBytesPerToken": found.kv_bytes_per_token,
    }


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(value)
    return value
