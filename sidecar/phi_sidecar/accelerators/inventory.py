"""Which accelerators this machine has, asked of every backend's runtime."""

import asyncio
from collections.abc import Mapping

from phi_sidecar.accelerators.probing import Probed, ProbeFailed, Probes
from phi_sidecar.accelerators.registry import Backends, Registered
from phi_sidecar.accelerators.rows import Facts, rows
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.models.catalog import Catalog
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.interpreter import own_python


class Inventory:
    """Lists the accelerators; the runtimes are asked once, side by side."""

    def __init__(self, backends: Backends, environments: Environments, catalog: Catalog) -> None:
        self._backends = backends
        self._environments = environments
        self._catalog = catalog
        self._probes = Probes()

    async def list(self, active_id: str | None) -> list[Accelerator]:
        """Return every accelerator, the usable ones first.

        The first time takes as long as the slowest runtime's start, about a second; later ones
        start no process.
        """
        return rows(self._backends, await self._facts(), active_id)

    def forget(self) -> None:
        """Ask the runtimes again next time."""
        self._probes.forget()

    async def _facts(self) -> Mapping[str, Facts]:
        ids = list(self._backends.registered)
        found = await asyncio.gather(*(self._facts_of(self._backends.registered[id]) for id in ids))
        return dict(zip(ids, found, strict=True))

    async def _facts_of(self, registered: Registered) -> Facts:
        environment = registered.backend.environment
        if environment is None:
            probed: Probed | None = await self._probes.of(registered, own_python())
            return self._told(registered, probed, "its runtime")
        if environment not in self._environments.names:
            unknown = ProbeFailed(
                reason=f"It needs the runtime environment {environment!r}, not known here.",
                remedy="Update Phi Sidecar, or remove the package that brings this backend.",
            )
            return self._told(registered, unknown, "its runtime")
        python = self._environments.python(environment)
        probed = await self._probes.of(registered, python) if python is not None else None
        return self._told(registered, probed, self._environments.title(environment))

    def _told(self, registered: Registered, probed: Probed | None, title: str) -> Facts:
        id = registered.backend.id
        return Facts(
            runtime_title=title,
            probed=probed,
            kinds_with_model=frozenset(
                kind.device
                for kind in registered.backend.devices
                if any(m.runs_on(id, kind.device) for m in self._catalog.models.values())
            ),
        )
