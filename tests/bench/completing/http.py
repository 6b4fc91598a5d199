"""One connection to a server on this machine, kept open from request to request."""

import asyncio
import contextlib
import json
from dataclasses import dataclass

import h11

HOST = "127.0.0.1"
CHUNK_BYTES = 1 << 16


class ServerFailed(Exception):
    """A server did not answer as it should; the text says how."""


class _HungUp(Exception):
    """The connection was closed before anything of an answer came."""


@dataclass
class _Open:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: h11.Connection

    @property
    def fit(self) -> bool:
        """Whether another request may go over it."""
        idle = self.protocol.states == {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE}
        return idle and not self.reader.at_eof() and not self.writer.is_closing()


class Connection:
    """Requests to one port, one after the other. Cancelling one hangs up: the server notices."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: _Open | None = None
        # One that is cancelled hangs up before the next one begins.
        self._turn = asyncio.Lock()

    async def post(self, path: str, body: object) -> bytes:
        """Send JSON; returns the whole body of the answer.

        Raises:
            ServerFailed: the answer is no success, or there is none.
        """
        return await self._request("POST", path, json.dumps(body).encode())

    async def get(self, path: str) -> bytes:
        """Ask for something; returns the whole body of the answer.

        Raises:
            ServerFailed: the answer is no success, or there is none.
        """
        return await self._request("GET", path, b"")

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        if self._open is not None:
            self._open.writer.close()
            self._open = None

    async def _request(self, method: str, path: str, body: bytes) -> bytes:
        async with self._turn:
            return await self._answered(method, path, body)

    async def _answered(self, method: str, path: str, body: bytes) -> bytes:
        reused = self._open is not None
        try:
            status, answer = await self._tried(method, path, body)
        except _HungUp as error:
            self.hang_up()
            if not reused:
                raise ServerFailed(f"{method} {path}: the server hung up") from error
            # It had let go of a connection that lay idle, a moment before it was used again.
            return await self._answered(method, path, body)
        except (OSError, h11.RemoteProtocolError) as error:
            self.hang_up()
            raise ServerFailed(f"{method} {path}: {error}") from error
        except BaseException:
            self.hang_up()
            raise
        if status != 200:
            raise ServerFailed(f"{method} {path}: {status} {answer.decode(errors='replace')}")
        return answer

    async def _tried(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        opened = await self._opened()
        opened.writer.write(_sent(opened.protocol, method, path, body))
        return await _answer(opened)

    async def _opened(self) -> _Open:
        if self._open is not None:
            with contextlib.suppress(h11.LocalProtocolError):
                self._open.protocol.start_next_cycle()
            if self._open.fit:
                return self._open
            self.hang_up()
        reader, writer = await asyncio.open_connection(HOST, self._port)
        self._open = _Open(reader, writer, h11.Connection(h11.CLIENT))
        return self._open


def _sent(protocol: h11.Connection, method: str, path: str, body: bytes) -> bytes:
    headers = [("Host", HOST), ("Content-Length", str(len(body)))]
    if body:
        headers.append(("Content-Type", "application/json"))
    sent = protocol.send(h11.Request(method=method, target=path, headers=headers))
    data = protocol.send(h11.Data(data=body)) if body else b""
    return (sent or b"") + (data or b"") + (protocol.send(h11.EndOfMessage()) or b"")


async def _answer(opened: _Open) -> tuple[int, bytes]:
    status, parts = 0, []
    while True:
        event = opened.protocol.next_event()
        match event:
            case h11.Response(status_code=status):
                pass
            case h11.Data(data=data):
                parts.append(bytes(data))
            case h11.EndOfMessage():
                return status, b"".join(parts)
            case _:
                data = await opened.reader.read(CHUNK_BYTES)
                if not data and not status:
                    raise _HungUp
                opened.protocol.receive_data(data)
