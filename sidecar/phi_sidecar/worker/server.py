"""A worker's life: it listens, serves its clients, and leaves soon after the last one."""

import asyncio
import contextlib
import logging
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.backends.base import Backend, LoadSpec
from phi_sidecar.provision.place import remove
from phi_sidecar.rpc import log_unexpected
from phi_sidecar.worker import endpoint
from phi_sidecar.worker.connection import Census, Connection
from phi_sidecar.worker.endpoint import Endpoint
from phi_sidecar.worker.residence import Residence

log = logging.getLogger(__name__)

FIRST_CLIENT_S = 60.0
"""How long a worker waits for the one that started it."""

LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class WorkerPlan:
    """What a worker is started with.

    Attributes:
        endpoint_file: where it publishes how to reach it.
        linger_s: how long it stays after its last client has gone.
    """

    endpoint_file: Path
    linger_s: float
    spec: LoadSpec


class Worker:
    """Serves one model to every client that has the secret."""

    def __init__(self, backend: Backend, plan: WorkerPlan) -> None:
        self._plan = plan
        self._census = Census()
        self._secret = secrets.token_hex(32)
        self._leave = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._residence = Residence(backend, plan.spec, on_broken=self._break)

    async def run(self) -> None:
        """Listen until it is time to leave."""
        file = self._plan.endpoint_file
        address = endpoint.new_address(file.parent, file.stem)
        await endpoint.listen(address, self._on_connection)
        endpoint.write(file, Endpoint(address=address, secret=self._secret, pid=os.getpid()))
        log.info("listening; the model is %s", self._plan.spec.model or "none")
        try:
            await self._wait_until_alone()
        finally:
            self._withdraw(file, address)
            await self._residence.close()

    async def _on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = Connection(self._residence, self._census, self._secret, self._leave.set)
        await connection.serve(reader, writer)

    async def _wait_until_alone(self) -> None:
        deadline_s = self._loop.time() + FIRST_CLIENT_S
        came = 0
        while not self._leave.is_set() and self._loop.time() < deadline_s:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leave.wait(), LOOK_EVERY_S)
            # Some load without letting the loop run, so that a client comes and goes unseen.
            if self._census.clients or self._census.came > came:
                came = self._census.came
                deadline_s = self._loop.time() + self._plan.linger_s
        log.info("leaving: %s", "told to" if self._leave.is_set() else "no client is left")

    def _withdraw(self, file: Path, address: str) -> None:
        # Another worker may have taken the place already; only what is ours is removed.
        published = endpoint.read(file)
        if published is not None and published.pid == os.getpid():
            remove(file)
        if sys.platform != "win32":
            Path(address).unlink(missing_ok=True)

    def _break(self) -> None:
        """End at once: after a failed step nothing of the runtime can be relied on."""
        log.error("the runtime failed; this worker ends")
        self._loop.call_soon_threadsafe(self._loop.call_later, 0.2, os._exit, 70)


async def serve(backend: Backend, plan: WorkerPlan) -> None:
    """Run a worker in this process."""
    try:
        await Worker(backend, plan).run()
    except OSError as error:
        log_unexpected("the worker", error)
        raise
    # A load that is still under way, or a runtime's own threads, must not keep the process, or its
    # memory, after the last word.
    logging.shutdown()
    os._exit(0)
