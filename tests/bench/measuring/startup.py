"""How soon `initialize` is answered: ours, and a bare pygls server in the same run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_sidecar.generated import protocol as p
from phi_sidecar.wire import unstructure
from sidecar_client import serve_command

from measuring.figures import Aim, Figure, Section, difference, repeated

BARE_SERVER = Path(__file__).parents[1] / "children" / "bare_server.py"

REPEATS = 11
AIM_MS = 100.0


def measure_startup(tell: Callable[[str], None]) -> Section:
    """Start both in turn, each in a fresh process."""
    bare = [sys.executable, str(BARE_SERVER)]
    # What both have to compile is compiled now.
    _once(bare)
    _once(serve_command())
    theirs_ms, ours_ms = [], []
    for repeat in range(REPEATS):
        tell(f"startup: {repeat + 1} of {REPEATS}")
        if repeat % 2:
            ours_ms.append(_once(serve_command()))
            theirs_ms.append(_once(bare))
        else:
            theirs_ms.append(_once(bare))
            ours_ms.append(_once(serve_command()))
    above_ms = difference(ours_ms, theirs_ms)
    return Section(
        "startup",
        "initialize answered, from the start of the process",
        [
            repeated("Phi Sidecar", ours_ms),
            repeated("a bare pygls server", theirs_ms),
            Figure("difference of the medians", "ms", value=above_ms),
        ],
        [Aim("initialize over a bare pygls server", above_ms, AIM_MS, "ms")],
    )


def _once(command: Sequence[str]) -> float:
    """Return the time from the start of a server to its answer, in milliseconds."""
    body = json.dumps(_initialize()).encode()
    # Without this variable both load compiled modules, as they do for everybody.
    env = {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began_s = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        process.stdin.flush()
        header = process.stdout.readline()
        answered_s = time.perf_counter()
        process.kill()
    if not header.lower().startswith(b"content-"):
        raise RuntimeError(f"{command[-1]} did not answer initialize")
    return (answered_s - began_s) * 1000


def _initialize() -> dict[str, object]:
    options = p.InitializationOptions(own_inline_completion=True, settings=p.SidecarSettings())
    params = {
        "processId": os.getpid(),
        "rootUri": None,
        "capabilities": {},
        "initializationOptions": unstructure(options),
    }
    return {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
