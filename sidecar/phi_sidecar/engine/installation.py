"""Everything that one user's Phi Sidecar consists of, put together."""

from dataclasses import dataclass

from phi_sidecar.accelerators.inventory import Inventory
from phi_sidecar.accelerators.registry import Backends, is_of_kind, load_backends
from phi_sidecar.accelerators.selection import Selection, SelectionFile
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.models.catalog import Catalog, CatalogModel, load_catalog
from phi_sidecar.models.store import ModelStore
from phi_sidecar.paths import Paths, user_paths
from phi_sidecar.provision.environments import Environments


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
        rows = await self.inventory.list(active_id=None)
        row = next((row for row in rows if row.id == accelerator), None)
        if row is None:
            kind = next(k for k in registered.backend.devices if is_of_kind(device, k.device))
            raise AcceleratorUnusable(kind.absent_reason, remedy=kind.absent_remedy)
        if not row.usable:
            raise AcceleratorUnusable(
                f"{row.name} cannot be used: {row.reason}",
                remedy=row.remedy or "Choose another accelerator.",
            )


def user_installation() -> Installation:
    """Return the installation of the user who runs this process."""
    paths = user_paths()
    catalog = load_catalog()
    backends = load_backends()
    environments = Environments(paths)
    return Installation(
        paths=paths,
        catalog=catalog,
        backends=backends,
        environments=environments,
        models=ModelStore(paths, catalog),
        inventory=Inventory(backends, environments, catalog),
        selection=SelectionFile(paths.selection),
    )
