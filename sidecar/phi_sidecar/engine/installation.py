"""Everything that one user's Phi Sidecar consists of, put together."""

from dataclasses import dataclass, replace

from phi_sidecar.accelerators.inventory import Inventory
from phi_sidecar.accelerators.registry import Backends, is_of_kind, load_backends
from phi_sidecar.accelerators.selection import Selection, SelectionFile
from phi_sidecar.accelerators.speeds import Ran, Speeds
from phi_sidecar.errors import AcceleratorUnusable, PhiSidecarError
from phi_sidecar.generated.protocol import Accelerator, ModelInfo
from phi_sidecar.models.catalog import Catalog, CatalogModel, load_catalog
from phi_sidecar.models.store import ModelStore
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
    inventory: Inventory
    selection: SelectionFile
    speeds: Speeds

    async def accelerators(
        self, active_id: str | None, model: str, *, look_again: bool = False
    ) -> list[Accelerator]:
        """List every accelerator, with the speed of the model that it would run.

        Args:
            active_id: the one to be marked.
            model: the selected one's id.
            look_again: ask every runtime anew, as after a driver was installed.
        """
        if look_again:
            self.inventory.forget()
        rows = await self.inventory.list(active_id)
        known = self.speeds.all()
        return [
            replace(row, tokens_per_second=known.get(ran))
            if (ran := self._would_run(row.id, model)) is not None
            else row
            for row in rows
        ]

    def model_of(self, selection: Selection) -> CatalogModel | None:
        """Return the model that a selection runs; None where its backend needs none.

        A model that is unknown, or that does not run there, gives way to one that does.

        Raises:
            AcceleratorUnusable: none of the known models runs on it.
        """
        registered, device = self.backends.of(selection.accelerator)
        backend = registered.backend
        if not backend.needs_model:
            return None
        kind = next(k.device for k in backend.devices if is_of_kind(device, k.device))
        chosen = self.catalog.models.get(selection.model)
        for model in (chosen, *self.catalog.models.values()):
            if model is not None and model.runs_on(backend.id, kind):
                return model
        raise AcceleratorUnusable(
            f"None of the known models runs on {selection.accelerator}.",
            remedy="Choose another accelerator.",
        )

    def name_of(self, accelerator: str) -> str:
        """Return an accelerator's name for people, without asking its runtime."""
        registered, device = self.backends.of(accelerator)
        kind = device.partition(".")[0]
        return next(k.name for k in registered.backend.devices if k.device in (device, kind))

    async def require_usable(self, accelerator: str) -> None:
        """Ask the runtimes whether an accelerator can be used here.

        Raises:
            UnknownAccelerator: no backend offers such a device.
            AcceleratorUnusable: it cannot be used; the message says why.
        """
        registered, device = self.backends.of(accelerator)
        row = await self._row(accelerator)
        if row is None or not row.usable:
            # Its driver may have been installed since the runtime was asked.
            self.inventory.forget()
            row = await self._row(accelerator)
        if row is None:
            kind = next(k for k in registered.backend.devices if is_of_kind(device, k.device))
            raise AcceleratorUnusable(kind.absent_reason, remedy=kind.absent_remedy)
        if not row.usable:
            raise AcceleratorUnusable(
                f"{row.name} cannot be used: {row.reason}",
                remedy=row.remedy or "Choose another accelerator.",
            )

    async def _row(self, accelerator: str) -> Accelerator | None:
        rows = await self.inventory.list(active_id=None)
        return next((row for row in rows if row.id == accelerator), None)

    def _would_run(self, accelerator: str, model: str) -> Ran | None:
        try:
            found = self.model_of(Selection(accelerator=accelerator, model=model))
        except PhiSidecarError:
            return None
        info = NO_MODEL if found is None else found.info
        return Ran(accelerator=accelerator, model=info.id, quantization=info.quantization)


def user_installation() -> Installation:
    """Return the installation of the user who runs this process."""
    return installation_in(user_paths(), load_backends())


def installation_in(paths: Paths, backends: Backends) -> Installation:
    """Return the installation in certain folders."""
    catalog = load_catalog()
    environments = Environments(paths)
    return Installation(
        paths=paths,
        catalog=catalog,
        backends=backends,
        environments=environments,
        models=ModelStore(paths, catalog),
        inventory=Inventory(backends, environments, catalog),
        selection=SelectionFile(paths.selection),
        speeds=Speeds(paths.speeds),
    )
