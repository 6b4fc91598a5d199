"""The models on this machine: made, recognized, listed, repaired, removed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models import makers, manifest
from phi_sidecar.models.catalog import (
    Build,
    Catalog,
    CatalogModel,
    Chosen,
    ConversionSource,
    FolderSource,
    HubSource,
    PackageSource,
    load_catalog,
)
from phi_sidecar.models.earlier_layout import adopt
from phi_sidecar.models.formats import NotUsable, recognize
from phi_sidecar.models.layout import Layout
from phi_sidecar.models.making import Convert, Made, Making
from phi_sidecar.models.packages import weights_name
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place


class ModelState(StrEnum):
    """What there is of a build."""

    MISSING = "missing"
    READY = "ready"
    DAMAGED = "damaged"
    """Files of it are there, but not as they were when they were checked."""


@dataclass(frozen=True)
class StoredBuild:
    """A known build and what there is of it on this machine.

    Attributes:
        bytes_on_disk: what its files take now, unfinished downloads included.
        download_bytes: about what fetching it would transfer.
        last_used: when it was last loaded; None if it never was.
    """

    model: CatalogModel
    build: Build
    state: ModelState
    bytes_on_disk: int
    download_bytes: int
    last_used: datetime | None

    @property
    def chosen(self) -> Chosen:
        """The model in this form."""
        return Chosen(self.model, self.build, self.build.quantization)


class ModelStore:
    """Every model of one user: `models/<model>/<build>/`, one folder each."""

    def __init__(
        self, paths: Paths, catalog: Catalog | None = None, convert: Convert | None = None
    ) -> None:
        self._paths = paths
        self._catalog = load_catalog() if catalog is None else catalog
        self._convert = convert

    def find(self, model: CatalogModel, build: Build) -> Path | None:
        """Return a build's file or folder if it is there and untouched; cheap, reads no weights."""
        if isinstance(build.source, FolderSource):
            return build.source.path if build.source.path.exists() else None
        layout = self._layout(model, build)
        try:
            adopt(layout)
        except OSError:
            # It is open in a window of the earlier version: `prepare` waits for it and says so.
            return None
        if not manifest.is_untouched(layout.folder, layout.origin):
            return None
        return layout.weights

    def state(self, model: CatalogModel, build: Build) -> ModelState:
        """Look what there is of a build; cheap."""
        if self.find(model, build) is not None:
            return ModelState.READY
        there = self._layout(model, build).folder.exists()
        return ModelState.DAMAGED if there else ModelState.MISSING

    def list(self) -> Sequence[StoredBuild]:
        """Return every known build with what there is of it."""
        return [
            StoredBuild(
                model=model,
                build=build,
                state=self.state(model, build),
                bytes_on_disk=_bytes_on_disk(self._layout(model, build)),
                download_bytes=self.download_bytes(model, build),
                last_used=_last_used(self._layout(model, build)),
            )
            for model in self._catalog.models.values()
            for build in model.builds
        ]

    def note_use(self, model: CatalogModel, build: Build) -> None:
        """Remember that a build is loaded now."""
        mark = self._layout(model, build).used
        # When it was last used is good to know, and no reason not to use it.
        with suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()

    async def verify(self, model: CatalogModel, build: Build) -> ModelState:
        """Read the whole of a build and compare it with what it should be."""
        if isinstance(build.source, FolderSource):
            return await asyncio.to_thread(_look_at, build.source.path)
        layout = self._layout(model, build)
        with failures.explained(f"Checking {layout.title} failed"):
            return await asyncio.to_thread(_check, layout)

    async def prepare(self, model: CatalogModel, build: Build, report: Report) -> Path:
        """Return a build's file or folder, making it if it is missing or damaged.

        Cancelling it leaves nothing behind but what was downloaded, which the next attempt uses.

        Raises:
            PreparationFailed: it could not be had.
        """
        if weights := self.find(model, build):
            return weights
        layout = self._layout(model, build)
        if isinstance(build.source, FolderSource):
            raise PreparationFailed(
                f"{model.title} is gone: there is nothing at {build.source.path}.",
                remedy="Bring the folder back, or remove the model from the list.",
            )

        def on_wait() -> None:
            report(StepProgress(step=f"Waiting for another window that fetches {layout.title}"))

        with failures.explained(f"Fetching {layout.title} failed"):
            async with place.held(layout.lock, on_wait):
                if weights := self.find(model, build):
                    return weights
                await asyncio.to_thread(place.patiently, lambda: adopt(layout))
                if not await self._is_right_after_all(layout, report):
                    await self._make(layout, report)
        return layout.weights

    async def remove(self, model: CatalogModel, build: Build | None = None) -> None:
        """Remove a build's files, or those of all of a model's builds; what is imported stays.

        Raises:
            PreparationFailed: the system refuses.
        """
        with failures.explained(f"Removing {model.title} failed"):
            for each in model.builds if build is None else (build,):
                if isinstance(each.source, FolderSource):
                    continue
                layout = self._layout(model, each)
                async with place.held(layout.lock, lambda: None):
                    adopt(layout)
                    await asyncio.to_thread(place.sweep, layout.folder)
                    for path in (layout.folder, layout.downloads, layout.used):
                        await asyncio.to_thread(place.remove, path)

    def download_bytes(self, model: CatalogModel, build: Build) -> int:
        """Return about what preparing a build would transfer now."""
        source = build.source
        if isinstance(source, ConversionSource) and self.find(model, model.build(source.of)):
            return 0
        return model.download_bytes(build)

    async def _is_right_after_all(self, layout: Layout, report: Report) -> bool:
        """Check weights that look touched: a copied or restored file may be as good as new."""
        if not layout.folder.exists():
            return False
        report(StepProgress(step=f"Checking {layout.title}"))
        if await self.verify(layout.model, layout.build) is ModelState.READY:
            return True
        report(StepProgress(step=f"The file of {layout.title} is damaged; fetching it again"))
        return False

    async def _make(self, layout: Layout, report: Report) -> None:
        await asyncio.to_thread(place.sweep, layout.folder)
        making = Making(
            title=layout.title,
            place=layout.folder,
            origin=layout.origin,
            made=place.beside(layout.folder),
            downloads=layout.downloads,
        )
        source = layout.build.source
        try:
            match source:
                case PackageSource():
                    made = await makers.from_package(source, making, report)
                case HubSource():
                    made = await makers.from_hub(source, making, report)
                case ConversionSource():
                    made = await self._from_original(
                        layout, layout.model.build(source.of), making, report
                    )
                case FolderSource():
                    raise AssertionError
            manifest.note(made.folder, making.origin, made.sha256, made.revision)
            await asyncio.to_thread(place.put, made.folder, layout.folder)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, making.made))
        await asyncio.to_thread(place.remove, making.downloads)

    async def _from_original(
        self, layout: Layout, original: Build, making: Making, report: Report
    ) -> Made:
        if self._convert is None:
            raise PreparationFailed(
                f"{making.title} has to be converted, which cannot be done from here.",
                remedy="Choose another quantization.",
            )
        files = await self.prepare(layout.model, original, report)
        making.made.mkdir(parents=True)
        await self._convert(layout.model, layout.build, files, making.made, report)
        report(StepProgress(step=f"Checking {making.title}"))
        return await asyncio.to_thread(makers.hashed, making.made)

    def _layout(self, model: CatalogModel, build: Build) -> Layout:
        return Layout(self._paths.models, model, build)


def _check(layout: Layout) -> ModelState:
    adopt(layout)
    if not layout.folder.exists():
        return ModelState.MISSING
    noted = manifest.read(layout.folder)
    source = layout.build.source
    if isinstance(source, PackageSource):
        sha256 = {weights_name(source): source.member_sha256}
    elif noted is not None and noted.origin == layout.origin:
        sha256 = {path: file.sha256 for path, file in noted.files.items()}
    else:
        return ModelState.DAMAGED
    if manifest.is_right(layout.folder, sha256):
        revision = noted.revision if noted else None
        manifest.note(layout.folder, layout.origin, sha256, revision)
        return ModelState.READY
    # From here on it also counts as damaged for whoever looks only cheaply.
    manifest.distrust(layout.folder)
    return ModelState.DAMAGED


def _bytes_on_disk(layout: Layout) -> int:
    source = layout.build.source
    if isinstance(source, FolderSource):
        return (
            source.path.stat().st_size if source.path.is_file() else place.size_bytes(source.path)
        )
    return place.size_bytes(layout.folder) + place.size_bytes(layout.downloads)


def _last_used(layout: Layout) -> datetime | None:
    try:
        return datetime.fromtimestamp(layout.used.stat().st_mtime, UTC)
    except OSError:
        return None


def _look_at(place: Path) -> ModelState:
    """Look whether what the person imported is still there, and still a model."""
    if not place.exists():
        return ModelState.MISSING
    try:
        recognize(place)
    except NotUsable:
        return ModelState.DAMAGED
    return ModelState.READY
