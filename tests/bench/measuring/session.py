"""What the sections share: the worker, the library called directly, a sidecar."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
from phi_sidecar.backends.openvino_genai.settings import COPY_OPTIONS, WHOLE_KEYS
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.installation import Installation, user_installation
from phi_sidecar.errors import NotReady
from phi_sidecar.generated.protocol import Phase
from sidecar_client import SidecarClient

from measuring.backends import measure_backends
from measuring.contention import measure_cancelling, measure_contention
from measuring.direct import Direct, open_direct
from measuring.figures import Figure, Section
from measuring.generation import measure_generation
from measuring.typing import measure_typing
from measuring.worker import STARTER_ON_CPU, open_worker

SOURCE = Path(__file__).parents[1] / "texts" / "ledger.py.txt"
MEGABYTE = 1e6


class Session:
    """Opens what a section needs when it is first needed; all of it ends with `open_now`."""

    def __init__(self, open_now: AsyncExitStack, tell: Callable[[str], None]) -> None:
        self._open_now = open_now
        self._tell = tell
        self._installation: Installation | None = None
        self._worker: ActiveModel | None = None
        self._direct: Direct | None = None
        self._client: SidecarClient | None = None
        self._source = SOURCE.read_text(encoding="utf-8")

    async def measure(self, name: str) -> Section:
        """Measure a section that needs a model."""
        match name:
            case "generation":
                worker, direct = await self.worker(), await self.direct()
                return await measure_generation(worker, direct, self._source, self._tell)
            case "typing":
                return await measure_typing(await self.client(), self._tell)
            case "contention":
                worker, direct = await self.worker(), await self.direct()
                return await measure_contention(worker, direct, self._source, self._tell)
            case "cancel":
                worker, direct = await self.worker(), await self.direct()
                return await measure_cancelling(worker, direct, self._source, self._tell)
            case "memory":
                return await self._memory()
            case "backends":
                return await measure_backends(self.installation, self._source, self._tell)
            case _:
                raise ValueError(name)

    @property
    def installation(self) -> Installation:
        """What is on this machine."""
        if self._installation is None:
            self._installation = user_installation()
        return self._installation

    async def worker(self) -> ActiveModel:
        """Return the starter on the CPU, loaded."""
        if self._worker is None:
            opened = open_worker(self.installation)
            self._worker = await self._open_now.enter_async_context(opened)
        return self._worker

    async def direct(self) -> Direct:
        """Return the library, called directly with the same model."""
        if self._direct is None:
            # The worker's activation has made sure of both.
            await self.worker()
            chosen = self.installation.model_of(STARTER_ON_CPU)
            models = self.installation.models
            compiled = models.compiled(chosen.model, chosen.build) if chosen else None
            # What the worker has made of the file, so that both compute the same.
            copies = list(compiled.glob("openvino-genai/exact-*/")) if compiled else []
            python = self.installation.environments.python("openvino")
            if len(copies) != 1 or python is None:
                raise NotReady("The starter or its runtime is gone.")
            opened = open_direct(python, copies[0], {**COPY_OPTIONS, **WHOLE_KEYS})
            self._direct = await self._open_now.enter_async_context(opened)
        return self._direct

    async def client(self) -> SidecarClient:
        """Return a sidecar that is ready, with whatever the user has selected."""
        if self._client is None:
            self._client = await SidecarClient.start(lambda _: None)
            self._open_now.push_async_callback(self._client.close)
            status = await self._client.settled()
            if status.phase is not Phase.ready:
                raise NotReady(status.reason or "No model answers.", remedy=status.remedy)
        return self._client

    async def _memory(self) -> Section:
        client, worker = await self.client(), await self.worker()
        sidecar_bytes = psutil.Process(client.pid).memory_info().rss
        worker_bytes = (await worker.client.status()).resident_bytes
        return Section(
            "memory",
            "Memory, at the end of the run",
            [
                Figure("the sidecar", "MB", value=sidecar_bytes / MEGABYTE),
                Figure("the worker, model included", "MB", value=worker_bytes / MEGABYTE),
            ],
        )
