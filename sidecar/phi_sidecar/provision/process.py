"""Run a child process that never outlives the wait for it."""

import asyncio
import re
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CHUNK_BYTES = 1 << 16
_LONGEST_LINE_BYTES = 1 << 20
_LINE_END = re.compile(rb"[\r\n]+")
_KEPT_LINES = 400
_GRACE_S = 3.0


@dataclass(frozen=True)
class Ended:
    """How a child process ended.

    Attributes:
        stdout: the last lines of its standard output.
        said: the last lines of both its outputs, as they came.
    """

    code: int
    stdout: tuple[str, ...]
    said: tuple[str, ...]


async def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Ended:
    """Run a program to its end; `on_line` hears each line of its standard output.

    A cancelled or failed wait ends the program and all that it started.

    Raises:
        OSError: the program cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=dict(env),
        cwd=cwd,
        creationflags=_no_window(),
    )
    stdout: deque[str] = deque(maxlen=_KEPT_LINES)
    said: deque[str] = deque(maxlen=_KEPT_LINES)

    async def read(stream: asyncio.StreamReader | None, *, is_stdout: bool) -> None:
        assert stream is not None
        async for line in _lines(stream):
            said.append(line)
            if is_stdout:
                stdout.append(line)
                if on_line is not None:
                    on_line(line)

    try:
        async with asyncio.TaskGroup() as readers:
            readers.create_task(read(process.stdout, is_stdout=True))
            readers.create_task(read(process.stderr, is_stdout=False))
        code = await process.wait()
    finally:
        if process.returncode is None:
            await asyncio.shield(_end_tree(process))
    return Ended(code=code, stdout=tuple(stdout), said=tuple(said))


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield lines as they end, without empty ones; a redrawn progress bar ends one as well."""
    rest = b""
    while chunk := await stream.read(_CHUNK_BYTES):
        *whole, rest = _LINE_END.split(rest + chunk)
        for raw in filter(None, whole):
            yield raw.decode("utf-8", "replace").rstrip()
        rest = rest[-_LONGEST_LINE_BYTES:]
    if rest:
        yield rest.decode("utf-8", "replace").rstrip()


async def _end_tree(process: asyncio.subprocess.Process) -> None:
    """End a process and its descendants: asked first, then forced."""
    import psutil  # costs the sidecar's start too much

    try:
        descendants = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        descendants = []
    _signal(process.terminate, *(member.terminate for member in descendants))
    # asyncio alone may wait for its own child: whoever else does takes the exit code away from it.
    own = asyncio.ensure_future(process.wait())
    _, alive = await asyncio.to_thread(psutil.wait_procs, descendants, timeout=_GRACE_S)
    await asyncio.wait([own], timeout=_GRACE_S)
    _signal(process.kill, *(member.kill for member in alive))
    await own
    # Killed is not yet gone: what it still has open could not be removed on Windows.
    await asyncio.to_thread(psutil.wait_procs, alive, timeout=_GRACE_S)


def _signal(*signals: Callable[[], None]) -> None:
    """Send signals, to those that are still there."""
    import psutil

    for send in signals:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            send()


def _no_window() -> int:
    """Keep Windows from opening a console for a child of the editor."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
