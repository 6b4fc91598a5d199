"""Where a worker listens, and the secret that both ends of a connection prove to know.

Both lie in a folder of the user's alone. On Unix the folder and the socket's mode keep others out
as well. Windows pipes get no access list from asyncio, and anyone may open one of a name that is
free again: there the proofs protect, and the secret itself is never sent.
"""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from phi_sidecar.errors import NotAuthenticated
from phi_sidecar.provision.place import patiently

SOCKET_PATH_BYTES = 100
"""Longest path for a Unix socket: Linux allows 107 bytes, macOS 103."""

OnConnection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Endpoint:
    """A worker that listens.

    Attributes:
        address: path of the Unix socket, or name of the Windows pipe.
        secret: what `worker/authenticate` proves to know.
        pid: of the worker.
    """

    address: str
    secret: str
    pid: int


def private_folder(folder: Path) -> Path:
    """Return the folder, made if need be, sure that no other user can look or write into it.

    Raises:
        NotAuthenticated: somebody else's folder, or a link, is in its place.
    """
    if sys.platform != "win32" and len(os.fsencode(folder)) + 30 > SOCKET_PATH_BYTES:
        # A socket's path has little room; a deep home folder does not fit.
        folder = Path(tempfile.gettempdir()) / f"phi-sidecar-{os.getuid()}"
    # Whatever else lies in its place is looked at below.
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        found, above = folder.lstat(), folder.parent.stat()
        # Whoever owns the folder above could put another in this one's place.
        trusted = found.st_uid == os.getuid() and above.st_uid in (0, os.getuid())
        if not stat.S_ISDIR(found.st_mode) or not trusted:
            raise NotAuthenticated(
                f"{folder} is not a folder of yours, so nothing in it can be trusted.",
                remedy=f"Remove {folder}, or have its owner do so.",
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
    return folder


def new_address(folder: Path, name: str) -> str:
    """Return an address that nothing listens on yet."""
    if sys.platform == "win32":
        return rf"\\.\pipe\phi-sidecar-{secrets.token_hex(16)}"
    return str(folder / f"{name}-{secrets.token_hex(4)}.sock")


def write(file: Path, endpoint: Endpoint) -> None:
    """Publish an endpoint, whole or not at all, readable by the user alone."""
    beside = file.with_suffix(f".{secrets.token_hex(4)}.partial")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 (of a descriptor)
        json.dump(asdict(endpoint), stream)
    patiently(lambda: beside.replace(file))


def read(file: Path) -> Endpoint | None:
    """Return the endpoint that was published; None if there is none that makes sense.

    Raises:
        NotAuthenticated: the file is not the user's own, or open to others.
    """
    try:
        if sys.platform != "win32":
            facts = file.lstat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.getuid():
                raise NotAuthenticated(
                    f"{file} was not written by you, so the worker it names is not trusted.",
                    remedy=f"Remove {file}.",
                )
            if stat.S_IMODE(facts.st_mode) & 0o077:
                raise NotAuthenticated(
                    f"{file} can be read by others, so its secret is none.",
                    remedy=f"Remove {file}; a new worker writes its own.",
                )
        found = Endpoint(**json.loads(file.read_text("utf-8")))
    except (FileNotFoundError, PermissionError, ValueError, TypeError):
        # Where the owner is right, permission is refused only by Windows, to who comes between.
        return None
    sound = isinstance(found.address, str) and isinstance(found.secret, str)
    return found if sound and isinstance(found.pid, int) else None


def prove(secret: str, who: Literal["client", "worker"], nonce: str) -> str:
    """Return the proof that one side of a connection knows the secret."""
    return hmac.new(secret.encode(), f"{who}:{nonce}".encode(), "sha256").hexdigest()


async def listen(address: str, on_connection: OnConnection) -> None:
    """Begin to listen; goes on until the event loop ends."""
    if sys.platform == "win32":
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)

        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(), on_connection)

        await loop.start_serving_pipe(protocol, address)
    else:
        await asyncio.start_unix_server(on_connection, address)
        os.chmod(address, 0o600)  # noqa: PTH101


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to an address.

    Raises:
        OSError: nothing listens there.
    """
    if sys.platform == "win32":
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.create_pipe_connection(lambda: protocol, address)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
    return await asyncio.open_unix_connection(address)
