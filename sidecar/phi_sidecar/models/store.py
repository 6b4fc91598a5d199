"""The models on this machine: made, recognized, listed, repaired, removed."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models import makers, manifest, removal
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
from phi_sidecar.models.formats import NotUsable, recognize
from phi_sidecar.models.layout import Layout
from phi_sidecar.models.leftovers import Leftover, leftovers
from phi_sidecar.models.making import Convert, Made, Making, Wanted
from phi_sidecar.models.packages import weights_name
from phi_sidecar.models.stored import (
    ModelState,
    StoredBuild,
    bytes_on_disk,
    is_outdated,
    last_used,
)
from phi_sidecar.models.threads import to_the_end
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place

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
        """Return a build's file or folder if it is there and untouched; cheap, reads no weights."""
        if isinstance(build.source, FolderSource):
            return build.source.path if build.source.path.exists() else None
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
            return await to_the_end(lambda: _look_at(path))
        layout = self._layout(model, build)
        with failures.explained(f"Checking {layout.title} failed"):
            return await to_the_end(lambda: _check(layout))

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
                await to_the_end(lambda: place.patiently(lambda: adopt(layout)))
                if not await self._is_right_after_all(layout, report):
                    await self._make(layout, report)
        return layout.weights

    async def remove(self, model: CatalogModel, build: Build | None = None) -> None:
        """Remove a build's files, or all that there is of a model; what is imported stays.

        Raises:
            PreparationFailed: it is in use, and stays as it was; or the system refuses.
        """
        with failures.explained(f"Removing {model.title} failed"):
            async with AsyncExitStack() as locks:
                builds = model.builds if build is None else (build,)
                # Conversions first, as `prepare` holds their locks before the original's: else
                # each could wait for the other.
                ordered = sorted(builds, key=lambda b: not isinstance(b.source, ConversionSource))
                layouts = [self._layout(model, each) for each in ordered]
                for layout in layouts:
                    if not isinstance(layout.build.source, FolderSource):
                        await locks.enter_async_context(place.held(layout.lock, lambda: None))
                        adopt(layout)
                await removal.refuse_if_loaded(model.title, [each.loaded for each in layouts])
                paths = [part for layout in layouts for part in layout.parts]
                for left in self.leftovers() if build is None else ():
                    paths += left.paths if left.model == model.id else ()
                await to_the_end(lambda: removal.take_away(model.title, paths))
                for path in (part for layout in layouts for part in layout.parts):
                    await asyncio.to_thread(place.sweep, path)

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
        if is_outdated(layout):
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
        original = layout.original
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
            await asyncio.to_thread(place.remove, path)

    async def _from_original(
        self, layout: Layout, source: ConversionSource, making: Making, report: Report
    ) -> Made:
        if self._convert is None:
            raise PreparationFailed(
                f"{making.title} has to be converted, which cannot be done from here.",
                remedy="Choose another quantization.",
            )
        original = layout.model.build(source.of)
        wanted = Wanted(
            layout.model,
            layout.build,
            place=making.made,
            original=self.find(layout.model, original),
            original_bytes=layout.model.download_bytes(original),
        )
        await self._convert.get_ready(wanted, report)
        files = await self.prepare(layout.model, original, report)
        making.made.mkdir(parents=True)
        await self._convert(layout.model, layout.build, files, making.made, report)
        report(StepProgress(step=f"Checking {making.title}"))
        return await to_the_end(lambda: makers.hashed(making.made))

    def _layout(self, model: CatalogModel, build: Build) -> Layout:
        return Layout(self._paths, model, build)


def _check(layout: Layout) -> ModelState:
    adopt(layout)
    if not layout.folder.exists():
        return ModelState.MISSING
    noted = manifest.read(layout.folder)
    source = layout.build.source
    if isinstance(source, PackageSource):
        sha256 = {weights_name(source): source.member_sha256}
    elif noted is not None and manifest.is_of(noted, layout.origin, layout.original):
        sha256 = {path: file.sha256 for path, file in noted.files.items()}
    else:
        return ModelState.DAMAGED
    if manifest.is_right(layout.folder, sha256):
        revision, original = (noted.revision, noted.original) if noted else (None, None)
        made_from = manifest.MadeFrom(layout.origin, revision, original)
        manifest.note(layout.folder, made_from, sha256)
        return ModelState.READY
    # From here on it also counts as damaged for whoever looks only cheaply.
    manifest.distrust(layout.folder)
    return ModelState.DAMAGED


def _look_at(place: Path) -> ModelState:
    """Look whether what the person imported is still there, and still a model."""
    if not place.exists():
        return ModelState.MISSING
    try:
        recognize(place)
    except NotUsable:
        return ModelState.DAMAGED
    return ModelState.READY
