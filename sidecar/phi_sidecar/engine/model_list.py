"""The models of an installation, as clients are told of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.demand import NOTHING, Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import room
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.offer import Candidate, Moment, offered, recommend
from phi_sidecar.errors import UnknownAccelerator
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
from phi_sidecar.models.hub.reach import may_be_reached
from phi_sidecar.models.layout import Layout
from phi_sidecar.models.leftovers import Leftover
from phi_sidecar.models.store import StoredBuild
from phi_sidecar.models.under_way import arrived_bytes, is_under_way


async def list_models(
    installation: Installation, selection: Selection, answering: Chosen | None
) -> p.ListModelsResult:
    """List every known model, which of them is best, and what of none is left over.

    Args:
        installation: whose models they are.
        selection: the chosen model, and the accelerator in use.
        answering: what answers now, which would make room for another; None where nothing does.
    """
    accelerator = selection.accelerator
    known = await _known(installation, accelerator)
    candidates = [
        each
        for model in installation.catalog.models.values()
        if (each := await _candidate(installation, accelerator, model, known)) is not None
    ]
    machine = await installation.inventory.machine()
    # A system that does not tell refuses nobody.
    total_bytes = machine.memory.total_bytes if machine.memory else _ENDLESS
    best = recommend(candidates, total_bytes, room.RESERVE_BYTES)
    moment = await _moment(installation, accelerator, answering)
    models = []
    for model in installation.catalog.models.values():
        row = model_told(model, [each.build for each in known if each.stored.model.id == model.id])
        row = replace(row, selected=model.id == selection.model)
        if best is not None and best.best.chosen.model.id == model.id:
            row = replace(row, recommended=True, recommendation=best.why)
        models.append(row)
    left = await asyncio.to_thread(leftovers_of, installation)
    return p.ListModelsResult(
        models=models,
        offer=offered(candidates, best, moment),
        leftovers=[
            p.ModelLeftover(model=each.model, build=each.build, bytes=each.bytes) for each in left
        ],
    )


async def builds_of(
    installation: Installation, model: CatalogModel, accelerator: str | None
) -> list[p.ModelBuild]:
    """Tell of a model's builds; see `memory_bytes` for what the accelerator is for."""
    known = await _known(installation, accelerator)
    return [each.build for each in known if each.stored.model.id == model.id]


def model_told(model: CatalogModel, builds: list[p.ModelBuild]) -> p.Model:
    """Tell of a model, of which nothing is chosen or recommended."""
    return p.Model(
        id=model.id,
        name=model.title,
        licence=model.licence,
        context_window=model.context_window,
        starter=model.starter,
        selected=False,
        builds=builds,
    )


def leftovers_of(installation: Installation) -> Sequence[Leftover]:
    """Return what nobody knows any more; nothing where an import cannot be read.

    A conversion of that one would look like it, and took long to make.
    """
    return installation.models.leftovers() if installation.imports.are_all_known() else []


async def memory_bytes(
    installation: Installation, model: CatalogModel, build: Build, accelerator: str | None
) -> int | None:
    """Return what running a build takes, with a context as long as memory allows.

    None where no backend that is here runs it.

    Args:
        installation: whose machine it is.
        model: whose build it is.
        build: in any of its quantizations.
        accelerator: the one in use; where the build does not run there, or where it is None, it is
            the first that the build is for.
    """
    in_use = [accelerator] if accelerator and _runs_on(installation, build, accelerator) else []
    for id in (*in_use, *build.accelerators):
        try:
            _, takes = await installation.needs(id, Chosen(model, build, build.quantizations[0]))
        except UnknownAccelerator:
            continue
        return takes.bytes
    return None


_ENDLESS = 1 << 60


@dataclass(frozen=True)
class _Known:
    stored: StoredBuild
    build: p.ModelBuild


async def _known(installation: Installation, accelerator: str | None) -> Sequence[_Known]:
    # A large folder or a network drive takes its time.
    stored = await asyncio.to_thread(installation.models.list)
    told = await asyncio.to_thread(lambda: [_told(installation, each) for each in stored])
    return [
        _Known(
            each,
            replace(
                build,
                memory_bytes=await memory_bytes(installation, each.model, each.build, accelerator),
            ),
        )
        for each, build in zip(stored, told, strict=True)
    ]


def _told(installation: Installation, stored: StoredBuild) -> p.ModelBuild:
    build = stored.build
    layout = Layout(installation.paths, stored.model, build)
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
        arrived_bytes=arrived_bytes(layout),
        bytes_on_disk=stored.bytes_on_disk,
        under_way=is_under_way(layout),
        outdated=stored.outdated,
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


async def _candidate(
    installation: Installation, accelerator: str, model: CatalogModel, known: Sequence[_Known]
) -> Candidate | None:
    runnable = [
        each
        for each in known
        if each.stored.model.id == model.id
        and _runs_on(installation, each.stored.build, accelerator)
    ]
    if not runnable:
        return None
    best = runnable[0]
    chosen = Chosen(model, best.stored.build, best.stored.build.quantizations[0])
    fetched = isinstance(best.stored.build.source, HubSource | PackageSource)
    left_bytes = best.stored.download_bytes - best.build.arrived_bytes
    return Candidate(
        chosen=chosen,
        takes=(await installation.needs(accelerator, chosen))[1],
        here=any(each.build.state is p.ModelState.ready for each in runnable),
        under_way=any(each.build.under_way for each in runnable),
        fetch_bytes=max(0, left_bytes) if fetched else None,
    )


def _runs_on(installation: Installation, build: Build, accelerator: str) -> bool:
    try:
        registered, _ = installation.backends.of(accelerator)
        return build.runs_on(registered.backend.id, installation.kind_of(accelerator).device)
    except UnknownAccelerator:
        return False


async def _moment(installation: Installation, accelerator: str, answering: Chosen | None) -> Moment:
    goes: Demand = NOTHING
    if answering is not None:
        _, goes = await installation.needs(accelerator, answering)
    # What lies on a card gives nothing back to the machine's memory.
    freed_bytes = goes.bytes if goes.card is None else 0
    left_bytes = await asyncio.to_thread(room.left_bytes)
    return Moment(
        available_bytes=left_bytes + room.RESERVE_BYTES + freed_bytes,
        reserve_bytes=room.RESERVE_BYTES,
        connected=await asyncio.to_thread(may_be_reached),
    )
