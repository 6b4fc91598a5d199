"""Which accelerators this machine has, asked of every backend's runtime."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from phi_sidecar.accelerators.advice import advised
from phi_sidecar.accelerators.graphics import gpu_called, gpu_of
from phi_sidecar.accelerators.presence import ANOTHER, Complaint, presence_of
from phi_sidecar.accelerators.probing import Probed, ProbeFailed, ProbeResult, Probes
from phi_sidecar.accelerators.registry import Backends, Registered, is_of_kind
from phi_sidecar.accelerators.rows import Facts, rows
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Gpu, Machine, Maker
from phi_sidecar.machine.inventory import read_machine
from phi_sidecar.models.catalog import Catalog
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.interpreter import own_python


class Inventory:
    """Lists the accelerators; the runtimes are asked once, side by side."""

    def __init__(
        self,
        backends: Backends,
        environments: Environments,
        catalog: Catalog,
        look: Callable[[], Machine] = read_machine,
    ) -> None:
        self._backends = backends
        self._environments = environments
        self._catalog = catalog
        self._look = look
        self._machine: Machine | None = None
        self._probes = Probes()

    async def list(self, active_id: str | None) -> list[Accelerator]:
        """Return every accelerator, the usable ones first.

        The first time takes as long as the slowest runtime's start, about a second; later ones
        start no process.
        """
        machine = await self.machine()
        return rows(self._backends, await self._facts(machine), machine, active_id)

    async def machine(self) -> Machine:
        """Return what the system says of the hardware; asked once."""
        if self._machine is None:
            self._machine = await asyncio.to_thread(self._look)
        return self._machine

    async def gpu_of(self, accelerator: str) -> Gpu | None:
        """Return which graphics processor an accelerator is; None where it is none."""
        machine = await self.machine()
        device = accelerator.partition("/")[2]
        makers = [gpu.maker for gpu in machine.gpus or ()]
        if not is_of_kind(device, "GPU") or makers.count(Maker.INTEL) < 2:
            return gpu_called(device, None, machine)
        # Only its name tells which, and only the runtime tells that.
        rows = await self.list(None)
        return next((gpu_of(row, machine) for row in rows if row.id == accelerator), None)

    async def advised(
        self, rows: Sequence[Accelerator], memory_bytes: Mapping[str, int]
    ) -> Sequence[Accelerator]:
        """Complete rows by what the memory allows and by which of them is recommended.

        Args:
            rows: with the model that each would run, and how fast it was measured.
            memory_bytes: what that model takes there, by the accelerator's id.
        """
        # What of the memory is free changes all the time.
        return advised(rows, memory_bytes, await asyncio.to_thread(self._look))

    def forget(self) -> None:
        """Ask the system and the runtimes again next time."""
        self._machine = None
        self._probes.forget()

    async def _facts(self, machine: Machine) -> Mapping[str, Facts]:
        known = self._backends.registered
        found = await asyncio.gather(*(self._facts_of(one, machine) for one in known.values()))
        return dict(zip(known, found, strict=True))

    async def _facts_of(self, registered: Registered, machine: Machine) -> Facts:
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
        title = self._environments.title(environment)
        # Reading a lock for the first time takes as long as a frame.
        python = await asyncio.to_thread(self._environments.python, environment)
        if python is not None:
            kinds = registered.backend.devices
            if all(presence_of(kind, machine).present is False for kind in kinds):
                # Asking would take seconds, for what is known already.
                return self._told(registered, ProbeResult(()), title)
            return self._told(registered, await self._probes.of(registered, python), title)
        told = self._told(registered, None, title)
        obstacle = await asyncio.to_thread(self._environments.obstacle, environment)
        if obstacle is None:
            return told
        return replace(told, no_runtime=Complaint(str(obstacle), obstacle.remedy or ANOTHER))

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
