"""What clients may have done to the models of an installation: made, imported, removed."""

import asyncio
from pathlib import Path

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.activation import Reporter, prepare
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.model_list import builds_of, leftovers_of, model_told
from phi_sidecar.errors import AcceleratorUnusable, PreparationFailed, UnknownModel
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import Chosen
from phi_sidecar.models.imports import BUILD
from phi_sidecar.progress import Report


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
    for build in await builds_of(installation, chosen.model, selection.accelerator):
        if build.id == chosen.build.id:
            return build
    # Making it takes minutes, in which another window may have forgotten an imported model.
    raise PreparationFailed(
        f"{chosen.model.title} was forgotten while it was made ready.",
        remedy="Import it again, and choose it then.",
    )


async def remove_model(
    installation: Installation, id: str, build_id: str | None, answering: Chosen | None
) -> int:
    """Remove a model's files, one build's, or what is left over; returns how many bytes came free.

    Args:
        installation: whose model it is.
        id: the model's, or a leftover's.
        build_id: None for all of its builds.
        answering: what answers now, which stays.

    Raises:
        UnknownModel: there is no such model or build.
        PreparationFailed: it is in use, or the system refuses.
    """
    model = installation.catalog.models.get(id)
    for left in await asyncio.to_thread(leftovers_of, installation):
        if (left.model, left.build) == (id, build_id):
            await installation.models.remove_leftover(left)
            return left.bytes
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
    freed = await installation.models.remove(model, build)
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
    return model_told(model, await builds_of(installation, model, None))
