"""Models in the person's own folders: recognized, remembered, used where they lie."""

import asyncio
import json
import re
import time
from collections.abc import (
    AsyncIterator,
    Collection,
    ItemsView,
    Iterator,
    Mapping,
    Sequence,
    ValuesView,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from phi_sidecar.models.catalog import (
    Build,
    Catalog,
    CatalogModel,
    CompletionStyle,
    ConversionSource,
    Family,
    FolderSource,
    Format,
)
from phi_sidecar.models.conversions import CONVERSIONS
from phi_sidecar.models.formats import Found, recognize
from phi_sidecar.provision import failures, place

BUILD = "imported"
"""The id of the build that lies in the person's folder."""

_CONVERTIBLE = "phi3"
_HUB_CACHE = "models--"
_MEMORY_SHARES = {"int4": 0.35, "int8": 0.6, "fp16": 1.0, "fp32": 2.0}
"""What a conversion's result takes to run, beside the original with its 16 bits; on the safe side:
a four-bit model keeps tables and some layers in more."""


@dataclass(frozen=True)
class Imported:
    """A model that was imported.

    Attributes:
        found: what was recognized when it was.
    """

    id: str
    name: str
    found: Found


class Joined(Mapping[str, CatalogModel]):
    """The shipped models, and behind them those that are imported at this moment, by id."""

    def __init__(self, shipped: Mapping[str, CatalogModel], imports: "Imports") -> None:
        self._shipped = shipped
        self._imports = imports

    def __getitem__(self, id: str) -> CatalogModel:
        """Return a model."""
        if id in self._shipped:
            return self._shipped[id]
        return self._imported()[id]

    def __iter__(self) -> Iterator[str]:
        """Yield every id, the shipped ones first."""
        yield from self._shipped
        yield from (id for id in self._imported() if id not in self._shipped)

    def values(self) -> ValuesView[CatalogModel]:
        """Return the models of one reading: another window may forget one at any time."""
        return self._now().values()

    def items(self) -> ItemsView[str, CatalogModel]:
        """Return the models of one reading, with their ids."""
        return self._now().items()

    def _now(self) -> Mapping[str, CatalogModel]:
        shipped = dict(self._shipped)
        return shipped | {id: m for id, m in self._imported().items() if id not in shipped}

    def __len__(self) -> int:
        """Count the models."""
        return sum(1 for _ in self)

    def _imported(self) -> Mapping[str, CatalogModel]:
        return {model.id: model for model in self._imports.models()}


class Imports:
    """The imported models of one user, kept in a small file."""

    def __init__(self, file: Path, families: Mapping[str, Family], taken: Collection[str]) -> None:
        """Read nothing yet; `taken` are the ids that others have."""
        self._file = file
        self._families = families
        self._taken = frozenset(taken)

    def join(self, catalog: Catalog) -> Catalog:
        """Return a catalog that also holds what is imported, in any window, from now on."""
        return replace(catalog, models=Joined(catalog.models, self))

    def models(self) -> Sequence[CatalogModel]:
        """Return the imported models, also those whose folder is gone; reads one small file."""
        try:
            return [self._model(imported) for imported in self._read()]
        except OSError:
            # It may be readable again in a moment; nothing is written over it.
            return []

    async def add(self, folder: Path, name: str | None = None) -> CatalogModel:
        """Recognize a folder's model and remember it; a folder that is known is looked at anew.

        Raises:
            NotUsable: it holds none that can be used, or not all of one; with the reason.
            PreparationFailed: it cannot be remembered.
        """
        found = await asyncio.to_thread(lambda: recognize(_absolute(folder)))
        async with self._changing():
            known = self._read()
            same = next((each for each in known if each.found.path == found.path), None)
            title = name or (same.name if same else _name_of(found.path))
            others = [each for each in known if each is not same]
            id = same.id if same else self._free_id(title, others)
            imported = Imported(id=id, name=title, found=found)
            self._write([*others, imported])
        return self._model(imported)

    async def forget(self, id: str) -> bool:
        """Forget an imported model; its folder stays as it is. Returns whether it was known.

        Raises:
            PreparationFailed: the system refuses.
        """
        async with self._changing():
            known = self._read()
            others = [each for each in known if each.id != id]
            if len(others) < len(known):
                self._write(others)
        return len(others) < len(known)

    def _model(self, imported: Imported) -> CatalogModel:
        found = imported.found
        family = self._families.get(found.model_type) or Family(
            id=found.model_type, completion=CompletionStyle.INSTRUCT, measured=False
        )
        build = Build(
            id=BUILD,
            format=found.format,
            quantization=found.quantization,
            quantizations=found.quantizations,
            accelerators=found.accelerators,
            source=FolderSource(found.path),
            memory_bytes=found.memory_bytes,
        )
        return CatalogModel(
            id=imported.id,
            name=imported.name,
            family=family,
            starter=False,
            licence="its own",
            context_window=found.context_window,
            builds=(build, *_conversions_of(found)),
        )

    def _free_id(self, name: str, others: Sequence[Imported]) -> str:
        taken = self._taken | {each.id for each in others}
        plain = re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-.") or "model"
        if plain not in taken:
            return plain
        number = 2
        while f"{plain}-{number}" in taken:
            number += 1
        return f"{plain}-{number}"

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[None]:
        with failures.explained("Remembering the imported models failed"):
            async with place.held(self._file.with_suffix(".lock"), lambda: None):
                yield

    def _read(self) -> Sequence[Imported]:
        try:
            content = place.patiently(self._file.read_bytes)
        except FileNotFoundError:
            return []
        try:
            return [_parse(entry) for entry in json.loads(content)["models"]]
        except (ValueError, RecursionError, KeyError, TypeError):
            # Kept aside, never overwritten: a later version may have written it.
            aside = self._file.with_name(f"{self._file.stem}.unreadable-{time.time_ns()}.json")
            place.put(self._file, aside)
            return []

    def _write(self, models: Sequence[Imported]) -> None:
        made = place.beside(self._file)
        try:
            text = json.dumps({"models": [_unparse(each) for each in models]}, indent=1)
            made.write_text(text + "\n", encoding="utf-8")
            place.put(made, self._file)
        finally:
            place.remove(made)


def _conversions_of(found: Found) -> tuple[Build, ...]:
    """Return what can be made of an imported original."""
    if found.format is not Format.TRANSFORMERS or found.model_type != _CONVERTIBLE:
        return ()
    return tuple(
        Build(
            id=conversion.name,
            format=conversion.makes,
            quantization=conversion.quantization,
            quantizations=(conversion.quantization,),
            accelerators=conversion.accelerators,
            source=ConversionSource(of=BUILD, recipe=conversion.name),
            memory_bytes=int(found.memory_bytes * _MEMORY_SHARES[conversion.quantization]),
        )
        for conversion in CONVERSIONS.values()
    )


def _absolute(folder: Path) -> Path:
    return folder.expanduser().resolve()


def _name_of(path: Path) -> str:
    for part in path.parts:
        # In the model hub's own cache a folder is named by its commit, one above by the model.
        if part.startswith(_HUB_CACHE):
            return part.rpartition("--")[2]
    return (path.stem if path.is_file() else path.name) or str(path)


def _parse(entry: Mapping[str, object]) -> Imported:
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
