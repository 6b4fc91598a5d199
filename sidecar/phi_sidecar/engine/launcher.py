"""Starts a worker, or finds the one that another window started."""

import asyncio
import hashlib
import json
import logging
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from phi_sidecar import __version__
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.errors import WorkerDied
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report, ignore
from phi_sidecar.provision import place
from phi_sidecar.provision.interpreter import module_command
from phi_sidecar.worker import endpoint
from phi_sidecar.worker.endpoint import Endpoint

log = logging.getLogger(__name__)

LINGER_S = 30.0
"""How long a worker stays after its last window: long enough for a window to reload."""

START_TIMEOUT_S = 60.0
"""How long a worker may take until it listens; it has not loaded anything by then."""

POLL_S = 0.02

CLOCKS_DIFFER_S = 2.0
"""By how much a process may seem younger than what it wrote: file systems keep coarse times."""

LOG_BYTES = 1_000_000
"""A log that is longer is put aside when a worker is started; one before it is kept."""


@dataclass(frozen=True)
class WorkerSpec:
    """Everything that a worker is started with.

    What makes two windows' workers the same one is its key. How long the context is does not
    count: it depends on the memory that was free when the first of them loaded the model, and the
    weights are not loaded a second time for it. The worker says how long its context is.

    Attributes:
        backend: `module:attribute` of the backend.
        python: interpreter of the runtime's environment.
        alone: no other window finds the worker.
    """

    backend: str
    python: Path
    load: LoadSpec
    alone: bool = False

    @property
    def key(self) -> str:
        """A short name for it, the same in every window."""
        parts = [__version__, self.backend, str(self.python), self.load.device]
        parts.append(self.load.quantization)
        parts += [str(self.load.model), json.dumps(self.load.backend_options, sort_keys=True)]
        parts += ["alone"] if self.alone else []
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Reached:
    """A connection to a worker.

    Attributes:
        started: its process, where it was started for this connection.
    """

    endpoint: Endpoint
    streams: Streams
    started: "subprocess.Popen[bytes] | None" = None


async def reach_worker(spec: WorkerSpec, paths: Paths, report: Report = ignore) -> Reached:
    """Connect to the worker of this spec, started if there is none.

    Raises:
        WorkerDied: it could not be started; the log says why.
        NotAuthenticated: something that is not the user's lies in its place.
    """
    file = _endpoint_file(spec, paths)
    if (found := await _connect(file)) is not None:
        return found
    report(StepProgress(step="Starting its process"))
    async with place.held(file.with_suffix(".lock"), lambda: None):
        # Whoever held the lock before has perhaps started it.
        if (found := await _connect(file)) is not None:
            return found
        _sweep(file)
        return await _started(_spawn(spec, paths, file), file, paths)


def is_running(spec: WorkerSpec, paths: Paths) -> bool:
    """Tell whether a worker of this spec is there already, such as another window's."""
    import psutil  # costs the sidecar's start too much

    file = _endpoint_file(spec, paths)
    try:
        published = endpoint.read(file)
        if published is None:
            return False
        # Systems give the number of a process that ended to another: that one is younger.
        return psutil.Process(published.pid).create_time() <= file.stat().st_mtime + CLOCKS_DIFFER_S
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False


def forget_worker(spec: WorkerSpec, paths: Paths) -> None:
    """Take the published worker for gone, so that the next one who needs it starts another."""
    place.remove(_endpoint_file(spec, paths))


def _endpoint_file(spec: WorkerSpec, paths: Paths) -> Path:
    return endpoint.private_folder(paths.runtime) / f"{spec.key}.json"


def _sweep(file: Path) -> None:
    """Remove what a killed worker left. Only under the start lock."""
    for left in (file, *file.parent.glob(f"{file.stem}-*.sock"), *file.parent.glob("*.partial")):
        place.remove(left)


async def _connect(file: Path) -> Reached | None:
    """Connect to a published endpoint; None when nobody is behind it."""
    published = endpoint.read(file)
    if published is None:
        return None
    try:
        return Reached(published, await endpoint.connect(published.address))
    except OSError:
        log.info("the worker %d that was published is gone", published.pid)
        return None


async def _started(process: "subprocess.Popen[bytes]", file: Path, paths: Paths) -> Reached:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + START_TIMEOUT_S
    try:
        while loop.time() < deadline_s:
            if (found := await _connect(file)) is not None:
                return replace(found, started=process)
            if process.poll() is not None:
                break
            await asyncio.sleep(POLL_S)
    except asyncio.CancelledError:
        process.kill()
        raise
    code = process.poll()
    process.kill()
    what = "did not begin to listen" if code is None else f"ended at once with exit code {code}"
    raise WorkerDied(
        f"The worker {what}.",
        remedy=f"See {log_file(paths)}; 'phi-sidecar doctor' checks the rest.",
    )


def log_file(paths: Paths) -> Path:
    """Return where workers log; never code."""
    return paths.logs / "worker.log"


def _spawn(spec: WorkerSpec, paths: Paths, file: Path) -> "subprocess.Popen[bytes]":
    """Start a worker that outlives this process."""
    load = spec.load
    arguments = ["--backend", spec.backend, "--device", load.device]
    arguments += ["--quantization", load.quantization]
    if load.model is not None:
        arguments += ["--model", str(load.model)]
    arguments += ["--context-window", str(load.context_window), "--cache", str(load.cache)]
    arguments += ["--kv-cache-bytes", str(load.kv_cache_bytes)]
    arguments += ["--backend-options", json.dumps(load.backend_options)]
    arguments += ["--endpoint-file", str(file), "--linger-s", str(LINGER_S)]
    command = module_command(spec.python, "phi_sidecar.worker", *arguments)
    paths.logs.mkdir(parents=True, exist_ok=True)
    if log_file(paths).exists() and log_file(paths).stat().st_size > LOG_BYTES:
        place.put(log_file(paths), log_file(paths).with_suffix(".old.log"))
    load.cache.mkdir(parents=True, exist_ok=True)
    # A worker is shared: neither the window's end nor a terminal's Ctrl-C may take it along.
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    with log_file(paths).open("ab") as log_stream:
        process = subprocess.Popen(
            command.argv,
            env=command.env,
            cwd=load.cache,
            stdin=subprocess.DEVNULL,
            stdout=log_stream,
            stderr=log_stream,
            creationflags=flags,
            start_new_session=sys.platform != "win32",
        )
    log.info("started worker %d", process.pid)
    # Else the system keeps an entry of each worker that was left until the window closes.
    threading.Thread(target=process.wait, name=f"worker {process.pid}", daemon=True).start()
    return process
