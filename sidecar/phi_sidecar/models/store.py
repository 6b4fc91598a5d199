"""The models on this machine: made, recognized, listed, repaired, removed."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models import checking, makers, manifest, removal
from phi_sidecar.models.catalog import (
    Build,
    Catalog,
    CatalogModel,
    ConversionSource,
    FolderSource,
    HubSource,
    PackageSource,
    load_catalog,
)
from phi_sidecar.models.earlier_layout import adopt
from phi_sidecar.models.layout import Layout
from phi_sidecar.models.leftovers import Leftover, leftovers
from phi_sidecar.models.making import Convert, Made, Making, Wanted
from phi_sidecar.models.stored import (
    ModelState,
    StoredBuild,
    bytes_on_disk,
    is_outdated,
    last_used,
)
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place
from phi_sidecar.provision.threads import to_the_end, until_stopped

__all__ = ["ModelState", "ModelStore", "StoredBuild"]


class ModelStore:
    """Every model of one user: `models/<model>/<build>/`, one folder each."""

    def __init__(
        self, paths: Paths, catalog: Catalog | None = None, convert: Convert | None = None
    ) -> None:
        self._paths = paths
        self._catalog = load_catalog() if catalog is None else catalog
        self._convert = convert

    def find(self, model: CatalogModel, build: Build) -> Path | None:
        """Return a build's file or folder if it is there and untouched; reads no weights.

        Not for the event loop: a person's own folder may lie on a drive that answers late.
        """
        if isinstance(build.source, FolderSource):
            return build.source.path if place.is_there(build.source.path) else None
        layout = self._layout(model, build)
        try:
            adopt(layout)
        except OSError:
            # It is open in a window of the earlier version: `prepare` waits for it and says so.
            return None
        if not manifest.is_untouched(layout.folder, layout.origin, layout.original):
            return None
        return layout.weights

    def compiled(self, model: CatalogModel, build: Build) -> Path:
        """Return where runtimes keep what they make of a build, in a folder for each backend."""
        return self._layout(model, build).compiled

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
                bytes_on_disk=bytes_on_disk(self._layout(model, build)),
                download_bytes=self.download_bytes(model, build),
                last_used=last_used(self._layout(model, build)),
                outdated=is_outdated(self._layout(model, build)),
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
            path = build.source.path
            return await to_the_end(lambda: checking.look_at(path))
        layout = self._layout(model, build)
        with failures.explained(f"Checking {layout.title} failed"):
            return await until_stopped(lambda stop: checking.check(layout, stop))

    async def prepare(self, model: CatalogModel, build: Build, report: Report) -> Path:
        """Return a build's file or folder, making it if it is missing or damaged.

        Cancelling it leaves nothing behind but what was downloaded, which the next attempt uses.

        Raises:
            PreparationFailed: it could not be had.
        """
        if weights := await self._find(model, build):
            return weights
        layout = self._layout(model, build)
        if isinstance(build.source, FolderSource):
            raise _gone(model, build.source)

        def on_wait() -> None:
            report(StepProgress(step=f"Waiting for another window that fetches {layout.title}"))

        with failures.explained(f"Fetching {layout.title} failed"):
            async with place.held(layout.lock, on_wait):
                if weights := await self._find(model, build):
                    return weights
                await to_the_end(lambda: place.patiently(lambda: adopt(layout)))
                if not await self._is_right_after_all(layout, report):
                    await self._make(layout, report)
        return layout.weights

    async def remove(self, model: CatalogModel, build: Build | None = None) -> int:
        """Remove a build's files, or all that there is of a model; what is imported stays.

        Returns:
            How many bytes they took.

        Raises:
            PreparationFailed: it is in use or being made, and stays as it was; or the system
                refuses.
        """
        builds = model.builds if build is None else (build,)
        layouts = [self._layout(model, each) for each in builds]
        ours = [each for each in layouts if not isinstance(each.build.source, FolderSource)]
        with failures.explained(f"Removing {model.title} failed"):
            locks = [layout.lock for layout in ours]
            async with place.held_soon(locks, removal.being_made(model.title)):
                for layout in ours:
                    await to_the_end(partial(adopt, layout))
                left = await asyncio.to_thread(self.leftovers) if build is None else ()
                lying = [path for each in left if each.model == model.id for path in each.paths]
                loaded = [layout.loaded for layout in layouts]
                await removal.refuse_if_loaded(model.title, [*loaded, *lying])

                def take_away() -> int:
                    parts = [part for layout in layouts for part in layout.parts]
                    attempts = [attempt for layout in layouts for attempt in layout.attempts]
                    paths = [*parts, *attempts, *lying]
                    bytes_of_all = sum(map(place.bytes_of, paths))
                    removal.take_away(model.title, paths)
                    return bytes_of_all

                return await to_the_end(take_away)

    def leftovers(self) -> Sequence[Leftover]:
        """Return what lies on disk of models and builds that nobody knows any more."""
        return leftovers(self._paths, self._catalog)

    async def remove_leftover(self, leftover: Leftover) -> None:
        """Remove files that nobody knows any more.

        Raises:
            PreparationFailed: they are in use, and stay as they were; or the system refuses.
        """
        title = f"what is left of {leftover.model}"
        with failures.explained(f"Removing {title} failed"):
            await removal.refuse_if_loaded(title, leftover.paths)
            await to_the_end(lambda: removal.take_away(title, leftover.paths))

    def download_bytes(
        self, model: CatalogModel, build: Build, counted: Collection[str] = ()
    ) -> int:
        """Return about what preparing a build would transfer now.

        Args:
            model: whose build it is.
            build: one that may have to be converted, by tools that may have to be fetched.
            counted: names of the runtime environments that are not to be counted.
        """
        source = build.source
        if not isinstance(source, ConversionSource):
            return model.download_bytes(build)
        tools = 0 if self._convert is None else self._convert.download_bytes(build, counted)
        there = self.find(model, model.build(source.of)) is not None
        return tools + (0 if there else model.download_bytes(build))

    async def _is_right_after_all(self, layout: Layout, report: Report) -> bool:
        """Check weights that look touched: a copied or restored file may be as good as new."""
        if not layout.folder.exists():
            return False
        if await asyncio.to_thread(is_outdated, layout):
            report(StepProgress(step=f"What {layout.title} was made from has changed"))
            return False
        report(StepProgress(step=f"Checking {layout.title}"))
        if await self.verify(layout.model, layout.build) is ModelState.READY:
            return True
        report(StepProgress(step=f"The file of {layout.title} is damaged; fetching it again"))
        return False

    async def _make(self, layout: Layout, report: Report) -> None:
        await to_the_end(lambda: place.sweep(layout.folder))
        making = Making(
            title=layout.title,
            place=layout.folder,
            origin=layout.origin,
            made=place.beside(layout.folder),
            downloads=layout.downloads,
        )
        # As it is now: what changes while it is converted makes the result outdated.
        original = await asyncio.to_thread(lambda: layout.original)
        source = layout.build.source
        try:
            match source:
                case PackageSource():
                    made = await makers.from_package(source, making, report)
                case HubSource():
                    made = await makers.from_hub(source, layout.build.format, making, report)
                case ConversionSource():
                    made = await self._from_original(layout, source, making, report)
                case FolderSource():
                    raise AssertionError
            made_from = manifest.MadeFrom(making.origin, made.revision, original)
            manifest.note(made.folder, made_from, made.sha256)
            await to_the_end(lambda: place.put(made.folder, layout.folder))
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, making.made))
        # What was compiled from other files is found by no runtime any more.
        for path in (making.downloads, layout.compiled):
            await to_the_end(partial(place.remove, path))

    async def _from_original(
        self, layout: Layout, source: ConversionSource, making: Making, report: Report
    ) -> Made:
        if self._convert is None:
            raise PreparationFailed(
                f"{making.title} has to be converted, which cannot be done from here.",
                remedy="Choose another quantization.",
            )
        original = layout.model.build(source.of)
        there = await self._find(layout.model, original)
        if there is None and isinstance(original.source, FolderSource):
            # Before the tools are fetched, which take gigabytes.
            raise _gone(layout.model, original.source)
        wanted = Wanted(
            layout.model,
            layout.build,
            place=making.made,
            original=there,
            original_bytes=layout.model.download_bytes(original),
        )
        await self._convert.get_ready(wanted, report)
        files = await self.prepare(layout.model, original, report)
        making.made.mkdir(parents=True)
        await self._convert(layout.model, layout.build, files, making.made, report)
        report(StepProgress(step=f"Checking {making.title}"))
        return await until_stopped(lambda stop: makers.hashed(making.made, stop))

    async def _find(self, model: CatalogModel, build: Build) -> Path | None:
        return await asyncio.to_thread(self.find, model, build)

    def _layout(self, model: CatalogModel, build: Build) -> Layout:
        return Layout(self._paths, model, build)


def _gone(model: CatalogModel, source: FolderSource) -> PreparationFailed:
    return PreparationFailed(
        f"{model.title} is gone: there is nothing at {source.path}.",
        remedy="Bring the folder back, or remove the model from the list.",
    )
