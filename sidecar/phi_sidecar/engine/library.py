"""The models of an installation, as clients are told of them, and what may be done to them."""

from pathlib import Path

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.activation import Reporter, prepare
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import AcceleratorUnusable, PreparationFailed, UnknownModel
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import (
    Build,
    CatalogModel,
    Chosen,
    ConversionSource,
    FolderSource,
    HubSource,
    PackageSource,
)
from phi_sidecar.models.imports import BUILD
from phi_sidecar.models.store import StoredBuild
from phi_sidecar.progress import Report


def list_models(installation: Installation, selected: str) -> list[p.Model]:
    """List every known model; `selected` is the chosen one's id."""
    stored = installation.models.list()
    return [
        p.Model(
            id=model.id,
            name=model.title,
            licence=model.licence,
            context_window=model.context_window,
            starter=model.starter,
            selected=model.id == selected,
            builds=[_told(each) for each in stored if each.model.id == model.id],
        )
        for model in installation.catalog.models.values()
    ]


async def prepare_model(
    installation: Installation, selection: Selection, report: Report
) -> p.ModelBuild:
    """Make what is missing of a model and of the runtime that runs it; nothing is loaded.

    Raises:
        UnknownModel: there is no such model, or it does not run there like that.
        AcceleratorUnusable: the accelerator runs no model.
        PreparationFailed: it could not be made.
    """
    chosen = installation.require_model(selection)
    if chosen is None:
        name = installation.name_of(selection.accelerator)
        raise AcceleratorUnusable(f"{name} needs no model.", remedy="Choose another accelerator.")
    await prepare(installation, selection, Reporter(phase=lambda _: None, progress=report))
    return _told(_stored(installation, chosen.model, chosen.build))


async def remove_model(
    installation: Installation, id: str, build_id: str | None, answering: Chosen | None
) -> int:
    """Remove a model's files, or one build's; returns how many bytes came free.

    Args:
        installation: whose model it is.
        id: the model's.
        build_id: None for all of its builds.
        answering: what answers now, which stays.

    Raises:
        UnknownModel: there is no such model or build.
        PreparationFailed: it is in use, or the system refuses.
    """
    model = installation.catalog.models.get(id)
    if model is None:
        raise UnknownModel(f"There is no model called {id!r}.")
    if build_id is not None and build_id not in [build.id for build in model.builds]:
        raise UnknownModel(f"{model.title} has no build called {build_id!r}.")
    build = None if build_id is None else model.build(build_id)
    if answering and answering.model.id == id and build_id in (None, answering.build.id):
        raise PreparationFailed(
            f"{model.title} answers now, so its files are kept.",
            remedy="Switch to another model or accelerator first.",
        )
    before = _bytes_of(installation, model)
    await installation.models.remove(model, build)
    freed = before - _bytes_of(installation, model)
    if build_id in (None, BUILD):
        # The person's own folder stays; only that it holds a model is forgotten.
        await installation.imports.forget(id)
    return freed


async def import_model(installation: Installation, folder: str, name: str | None) -> p.Model:
    """Recognize a folder's model and list it from now on, where it lies.

    Raises:
        NotUsable: the folder holds none that can be used, or not all of one.
        PreparationFailed: it cannot be remembered.
    """
    model = await installation.imports.add(Path(folder), name)
    return next(told for told in list_models(installation, "") if told.id == model.id)


def _stored(installation: Installation, model: CatalogModel, build: Build) -> StoredBuild:
    return next(
        each
        for each in installation.models.list()
        if (each.model.id, each.build.id) == (model.id, build.id)
    )


def _bytes_of(installation: Installation, model: CatalogModel) -> int:
    stored = installation.models.list()
    return sum(each.bytes_on_disk for each in stored if each.model.id == model.id)


def _told(stored: StoredBuild) -> p.ModelBuild:
    build = stored.build
    origin, location, verified = _origin(build)
    return p.ModelBuild(
        id=build.id,
        format=build.format,
        quantization=build.quantization,
        quantizations=list(build.quantizations),
        accelerators=list(build.accelerators),
        origin=origin,
        location=location,
        verified=verified,
        state=p.ModelState(stored.state),
        download_bytes=stored.download_bytes,
        memory_bytes=stored.model.memory_bytes(build),
        bytes_on_disk=stored.bytes_on_disk,
        last_used=None if stored.last_used is None else int(stored.last_used.timestamp()),
    )


def _origin(build: Build) -> tuple[p.ModelOrigin, str | None, bool]:
    match build.source:
        case PackageSource():
            return p.ModelOrigin.package, None, True
        case HubSource():
            return p.ModelOrigin.hub, build.source.repository, build.source.verified
        case ConversionSource():
            return p.ModelOrigin.conversion, None, True
        case FolderSource():
            return p.ModelOrigin.folder, str(build.source.path), True
