"""Everything that one user's Phi Sidecar consists of, put together."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.context_room import ContextRoom, room_for
from phi_sidecar.accelerators.demand import Demand, card_of, memory_of
from phi_sidecar.accelerators.graphics import gpu_of
from phi_sidecar.accelerators.inventory import Inventory
from phi_sidecar.accelerators.registry import Backends, is_of_kind, load_backends
from phi_sidecar.accelerators.selection import Selection, SelectionFile
from phi_sidecar.accelerators.speeds import Ran, Speeds
from phi_sidecar.accelerators.trying import Trials
from phi_sidecar.backends.base import Backend, DeviceKind
from phi_sidecar.errors import AcceleratorUnusable, PhiSidecarError, UnknownModel
from phi_sidecar.generated.protocol import Accelerator, ModelInfo
from phi_sidecar.machine.devices import Gpu, Machine
from phi_sidecar.models.catalog import Catalog, Chosen, load_catalog
from phi_sidecar.models.conversion.converter import Converter
from phi_sidecar.models.imports import Imports
from phi_sidecar.models.store import ModelStore
from phi_sidecar.models.ways import ChosenWays
from phi_sidecar.paths import Paths, user_paths
from phi_sidecar.provision.environments import Environments

NO_MODEL = ModelInfo(id="none", name="no model", quantization="none", starter=False)
"""What clients are told of the model where a backend needs none."""


@dataclass(frozen=True)
class Installation:
    """What is known, what is on disk, and what was chosen."""

    paths: Paths
    catalog: Catalog
    backends: Backends
    environments: Environments
    models: ModelStore
    imports: Imports
    inventory: Inventory
    selection: SelectionFile
    speeds: Speeds

    @property
    def ways(self) -> ChosenWays:
        """In which way each model is asked for code, where that was chosen here."""
        return ChosenWays(self.paths.ways)

    async def accelerators(
        self, active_id: str | None, selected: Selection, *, look_again: bool = False
    ) -> list[Accelerator]:
        """List every accelerator, with the model that it would run and what that takes.

        Args:
            active_id: the one to be marked.
            selected: whose model the others would run as well.
            look_again: ask every runtime anew, as after a driver was installed.
        """
        if look_again:
            self.inventory.forget()
        found = await self.inventory.list(active_id)
        known = self.speeds.all()
        # What there is of each model is looked up on disk, which may answer late.
        rows = await asyncio.to_thread(
            lambda: [self._with_model(row, selected, known) for row in found]
        )
        machine = await self.inventory.machine()
        needed = {
            row.id: _needs(chosen, self.kind_of(row.id), card_of(gpu_of(row, machine)), machine)[1]
            for row in rows
            if row.model is not None
            and (chosen := self.model_of(Selection(row.id, selected.model, row.quantization)))
        }
        memory_bytes = {id: demand.bytes for id, demand in needed.items()}
        return list(await self.inventory.advised(rows, memory_bytes))

    async def needs(self, accelerator: str, chosen: Chosen) -> tuple[ContextRoom, Demand]:
        """Return the room for a model's context on an accelerator, and what it takes with that."""
        gpu = await self.inventory.gpu_of(accelerator)
        machine = await self.inventory.machine()
        return _needs(chosen, self.kind_of(accelerator), card_of(gpu), machine)

    def model_of(self, selection: Selection) -> Chosen | None:
        """Return what a selection runs, and in which form; None where its backend needs none.

        A model that is unknown, or that does not run there, gives way to one that does; so does a
        quantization that it is not offered in.

        Raises:
            AcceleratorUnusable: none of the known models runs on it.
        """
        backend = self.backends.of(selection.accelerator)[0].backend
        if not backend.needs_model:
            return None
        kind = self.kind_of(selection.accelerator).device
        for model in (selection.model, *self.catalog.fallbacks):
            for quantization in (selection.quantization, None):
                chosen = self.catalog.choose(model, backend.id, kind, quantization)
                if chosen is not None:
                    return chosen
        raise AcceleratorUnusable(
            f"None of the known models runs on {selection.accelerator}.",
            remedy="Choose another accelerator.",
        )

    def require_model(self, selection: Selection) -> Chosen | None:
        """Return what a selection runs, if it is just what was asked for.

        Raises:
            UnknownModel: there is no such model, or it does not run there like that.
            AcceleratorUnusable: none of the known models runs on it.
        """
        model = self.catalog.models.get(selection.model)
        if model is None:
            raise UnknownModel(f"There is no model called {selection.model!r}.")
        chosen = self.model_of(selection)
        if chosen is None:
            return None
        name = self.name_of(selection.accelerator)
        if chosen.model.id != model.id:
            raise UnknownModel(
                f"{model.title} does not run on {name}.",
                remedy="Choose another model, or another accelerator.",
            )
        if selection.quantization not in (None, chosen.quantization):
            raise UnknownModel(
                f"{model.title} comes as {chosen.quantization} on {name},"
                f" not as {selection.quantization}."
            )
        return chosen

    def name_of(self, accelerator: str) -> str:
        """Return an accelerator's name for people, without asking its runtime."""
        registered, device = self.backends.of(accelerator)
        kind = device.partition(".")[0]
        return next(k.name for k in registered.backend.devices if k.device in (device, kind))

    async def require_usable(self, selection: Selection) -> None:
        """Ask the machine and the runtimes whether an accelerator can be used for a model.

        Raises:
            UnknownAccelerator: no backend offers such a device.
            AcceleratorUnusable: it cannot be used; the message says why.
        """
        kind = self.kind_of(selection.accelerator)
        row = await self._row(selection)
        if row is None or not row.usable:
            # Its driver may have been installed since the runtime was asked.
            self.inventory.forget()
            row = await self._row(selection)
        if row is None:
            raise AcceleratorUnusable(kind.absent_reason, remedy=kind.absent_remedy)
        if not row.usable:
            raise AcceleratorUnusable(
                f"{row.name} cannot be used: {row.reason}",
                remedy=row.remedy or "Choose another accelerator.",
            )

    async def _row(self, selection: Selection) -> Accelerator | None:
        rows = await self.accelerators(None, selection)
        return next((row for row in rows if row.id == selection.accelerator), None)

    def _with_model(
        self, row: Accelerator, selected: Selection, known: Mapping[Ran, float]
    ) -> Accelerator:
        """Complete a row by the model that would run there, and what there is of it."""
        # A quantization was chosen for one accelerator; the others have what is best there.
        kept = selected.quantization if row.id == selected.accelerator else None
        try:
            registered, _ = self.backends.of(row.id)
            chosen = self.model_of(Selection(row.id, selected.model, kept))
        except PhiSidecarError:
            return row
        info = NO_MODEL if chosen is None else chosen.info
        row = replace(row, tokens_per_second=known.get(Ran(row.id, info.id, info.quantization)))
        fetched = self._runtime_bytes(registered.backend)
        if chosen is None:
            return replace(row, download_bytes=fetched)
        kind = self.kind_of(row.id)
        if fetched is not None and self.models.find(chosen.model, chosen.build) is None:
            counted = [name for name in (registered.backend.environment,) if name is not None]
            fetched += self.models.download_bytes(chosen.model, chosen.build, counted)
        return replace(
            row,
            model=info.name,
            model_id=info.id,
            quantization=chosen.quantization,
            quantizations=list(chosen.model.quantizations_on(row.backend, kind.device)),
            download_bytes=fetched,
        )

    def kind_of(self, accelerator: str) -> DeviceKind:
        """Return the kind of device that an accelerator is.

        Raises:
            UnknownAccelerator: no backend offers it.
        """
        registered, device = self.backends.of(accelerator)
        return next(k for k in registered.backend.devices if is_of_kind(device, k.device))

    def _runtime_bytes(self, backend: Backend) -> int | None:
        """Return what installing a backend's runtime would fetch; None where that is not known."""
        name = backend.environment
        if name is None or name not in self.environments.names:
            return 0
        if self.environments.python(name) is not None:
            return 0
        return self.environments.plan(name).download_bytes


def _needs(
    chosen: Chosen, kind: DeviceKind, card: Gpu | None, machine: Machine
) -> tuple[ContextRoom, Demand]:
    context = room_for(chosen.model, kind, memory_of(card, machine))
    return context, Demand(chosen.build.memory_bytes + context.bytes, card)


def user_installation() -> Installation:
    """Return the installation of the user who runs this process."""
    return installation_in(user_paths(), load_backends())


def installation_in(paths: Paths, backends: Backends) -> Installation:
    """Return the installation in certain folders."""
    shipped = load_catalog()
    imports = Imports(paths.data / "imports.json", shipped.families, shipped.models)
    catalog = imports.join(shipped)
    environments = Environments(paths)
    trials = Trials(backends, environments)
    convert = Converter(environments, trials, environment_of=trials.environment)
    return Installation(
        paths=paths,
        catalog=catalog,
        backends=backends,
        environments=environments,
        models=ModelStore(paths, catalog, convert),
        imports=imports,
        inventory=Inventory(backends, environments, catalog),
        selection=SelectionFile(paths.selection),
        speeds=Speeds(paths.speeds),
    )
