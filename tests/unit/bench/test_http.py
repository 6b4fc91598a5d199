"""Requests to a server that is on this machine."""

import asyncio

import pytest
from completing.http import Connection, ServerFailed


class Loopback:
    """A server that says what the test wrote, and counts who comes and goes."""

    def __init__(self, answer):
        self._answer = answer
        self.connections = 0
        self.requests = []
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        self.hangs_up_once = False

    async def __call__(self, reader, writer):
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append((head.split(b" ")[1], await reader.readexactly(length)))
                self.asked.set()
                if self.hangs_up_once:
                    self.hangs_up_once = False
                    return
                if self._answer is not None:
                    writer.write(self._answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.gone.set()
        finally:
            writer.close()


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PIECES = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\ndata:\r\n" + b"4\r\n one\r\n" + b"0\r\n\r\n"
)


@pytest.fixture
async def serve():
    opened = []

    async def serve_(answer):
        loopback = Loopback(answer)
        server = await asyncio.start_server(loopback, "127.0.0.1", 0)
        connection = Connection(server.sockets[0].getsockname()[1])
        opened.append((server, connection))
        return connection, loopback

    yield serve_
    for server, connection in opened:
        connection.hang_up()
        server.close()
        await server.wait_closed()


async def test_one_connection_serves_request_after_request(serve):
    connection, loopback = await serve(WHOLE)
    assert [await connection.post("/one", {"a": 1}), await connection.get("/two")] == [b"{}"] * 2
    assert loopback.requests == [(b"/one", b'{"a": 1}'), (b"/two", b"")]
    assert loopback.connections == 1


async def test_an_answer_in_pieces_is_put_together(serve):
    connection, _ = await serve(PIECES)
    assert await connection.post("/", {}) == b"data: one"


async def test_a_cancelled_request_hangs_up_and_the_next_one_connects_anew(serve):
    connection, loopback = await serve(None)
    asking = asyncio.create_task(connection.post("/", {}))
    await loopback.asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(loopback.gone.wait(), 5)
    loopback._answer = WHOLE
    assert await connection.get("/") == b"{}"
    assert loopback.connections == 2


async def test_a_refusal_is_told_with_what_the_server_says(serve):
    connection, _ = await serve(b"HTTP/1.1 501 No\r\nContent-Length: 7\r\n\r\nno fill")
    with pytest.raises(ServerFailed, match="POST /infill: 501 no fill"):
        await connection.post("/infill", {})


async def test_a_connection_that_the_server_closes_is_opened_again(serve):
    connection, loopback = await serve(
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert [await connection.get("/"), await connection.get("/")] == [b"{}"] * 2
    assert loopback.connections == 2


async def test_a_server_that_lets_go_of_an_idle_connection_is_asked_again(serve):
    connection, loopback = await serve(WHOLE)
    assert await connection.get("/") == b"{}"
    loopback.hangs_up_once = True
    assert await connection.get("/") == b"{}"
    assert loopback.connections == 2


async def test_a_server_that_hangs_up_at_once_has_failed(serve):
    connection, loopback = await serve(WHOLE)
    loopback.hangs_up_once = True
    with pytest.raises(ServerFailed, match="GET /: the server hung up"):
        await connection.get("/")


async def test_where_nobody_listens_the_failure_is_told():
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    with pytest.raises(ServerFailed, match="GET /health"):
        await Connection(port).get("/health")
