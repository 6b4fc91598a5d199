"""Models in the person's own folders: recognized, remembered, used where they lie."""

import asyncio
import re
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
from dataclasses import replace
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
from phi_sidecar.models.conversion.conversions import CONVERSIONS
from phi_sidecar.models.formats import Found, recognize
from phi_sidecar.models.imports_file import Imported, ImportsFile, Read
from phi_sidecar.provision import failures, place

BUILD = "imported"
"""The id of the build that lies in the person's folder."""

_CONVERTIBLE = "phi3"
_HUB_CACHE = "models--"
_MEMORY_SHARES = {"int4": 0.35, "int8": 0.6, "fp16": 1.0, "fp32": 2.0}
"""What a conversion's result takes to run, beside the original with its 16 bits; on the safe side:
a four-bit model keeps tables and some layers in more."""


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
        self._file = ImportsFile(file)
        self._families = families
        self._taken = frozenset(taken)

    def join(self, catalog: Catalog) -> Catalog:
        """Return a catalog that also holds what is imported, in any window, from now on."""
        return replace(catalog, models=Joined(catalog.models, self))

    def models(self) -> Sequence[CatalogModel]:
        """Return the imported models, also those whose folder is gone; reads one small file."""
        try:
            return [self._model(imported) for imported in self._file.read().imported]
        except OSError:
            # It may be readable again in a moment; nothing is written over it.
            return []

    def unreadable(self) -> Sequence[str]:
        """Say which entries of the file cannot be understood, in sentences; they are kept in it."""
        try:
            return self._file.read().complaints
        except OSError:
            return []

    def are_all_known(self) -> bool:
        """Whether a model that is not among them was not imported either."""
        return self._file.is_whole()

    async def add(self, folder: Path, name: str | None = None) -> CatalogModel:
        """Recognize a folder's model and remember it; a folder that is known is looked at anew.

        Raises:
            NotUsable: it holds none that can be used, or not all of one; with the reason.
            PreparationFailed: it cannot be remembered.
        """
        found = await asyncio.to_thread(lambda: recognize(_absolute(folder)))
        async with self._changing():
            read = self._file.read()
            known = read.imported
            same = next((each for each in known if each.found.path == found.path), None)
            title = name or (same.name if same else _name_of(found.path))
            others = [each for each in known if each is not same]
            id = same.id if same else self._free_id(title, read)
            imported = Imported(id=id, name=title, found=found)
            self._file.write(replace(read, imported=[*others, imported]))
        return self._model(imported)

    async def forget(self, id: str) -> bool:
        """Forget an imported model; its folder stays as it is. Returns whether it was known.

        Raises:
            PreparationFailed: the system refuses.
        """
        async with self._changing():
            read = self._file.read()
            others = [each for each in read.imported if each.id != id]
            known = len(others) < len(read.imported)
            if known:
                self._file.write(replace(read, imported=others))
        return known

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
            kv_values_per_token=found.kv_values_per_token,
            builds=(build, *_conversions_of(found)),
        )

    def _free_id(self, name: str, read: Read) -> str:
        taken = self._taken | {each.id for each in read.imported} | read.ids_not_understood
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
            async with place.held(self._file.lock, lambda: None):
                yield


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
