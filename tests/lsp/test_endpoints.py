"""Sockets, secrets and what may lie in their place."""

import asyncio
import json
import os
import stat
import sys
import threading

import pytest
from phi_sidecar import rpc
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.errors import NotAuthenticated, WorkerDied
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p
from phi_sidecar.worker import endpoint

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


@pytest.fixture
async def echo(open_editor, house, choose_echo):
    choose_echo(house)
    return await open_editor(house)


def endpoint_file(house):
    (file,) = house.paths.runtime.glob("*.json")
    return file


async def stranger(house):
    """A connection that has not shown the secret."""
    published = endpoint.read(endpoint_file(house))
    return WorkerClient(published.pid, *await endpoint.connect(published.address)), published


async def test_a_wrong_secret_is_refused_and_the_connection_ended(echo, house):
    client, published = await stranger(house)
    wrong = published.secret[:-1] + ("0" if published.secret[-1] != "0" else "1")
    with pytest.raises(NotAuthenticated):
        await client.authenticate(wrong)
    await asyncio.wait_for(client.ended.wait(), 5)
    client.close()
    assert (await echo.chat("Hello").result()).text == "You said: Hello"


@unix_only
async def test_a_listener_that_poses_as_the_worker_gets_neither_secret_nor_code(
    open_editor, house, choose_echo
):
    choose_echo(house)
    heard = bytearray()

    async def pose(reader, writer):
        heard.extend(await reader.read(4_000))
        body = b'{"jsonrpc":"2.0","id":"?","result":{"proof":"0","pid":1,"version":"0.1.0"}}'
        asked = json.loads(heard[heard.index(b"{") :])
        body = body.replace(b"?", asked["id"].encode())
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        heard.extend(await reader.read(4_000))
        writer.close()

    file = await leave_endpoint(open_editor, house, b"{}")
    address = str(file.parent / "pose.sock")
    server = await asyncio.start_unix_server(pose, address)
    file.write_text(json.dumps({"address": address, "secret": "the secret", "pid": 1}))
    file.chmod(0o600)
    editor = await open_editor(house, ready=False)
    status = await editor.phase(p.Phase.unavailable)
    assert "does not know its secret" in status.reason
    assert b"the secret" not in heard
    server.close()


async def test_nothing_is_answered_before_the_secret(echo, house):
    client, _ = await stranger(house)
    prompt = p.RawPrompt(kind="raw", text="x")
    generate = p.GenerateParams(
        lane=p.Lane.chat, prompt=prompt, sampling=p.Sampling(max_new_tokens=1)
    )
    for method, params in [
        (m.WORKER_LOAD, p.LoadParams()),
        (m.WORKER_STATUS, p.WorkerStatusParams()),
        (m.WORKER_UNLOAD, p.UnloadParams()),
        (m.WORKER_GENERATE, generate),
    ]:
        with pytest.raises(NotAuthenticated):
            await client._request(method, params)
    client.close()
    assert (await echo.status()).phase is p.Phase.ready


async def test_a_connection_that_stays_silent_is_no_client(echo, house):
    client, _ = await stranger(house)
    friend, published = await stranger(house)
    await friend.authenticate(published.secret)
    assert (await friend.status()).clients == 2
    client.close()
    friend.close()
    with pytest.raises(WorkerDied):
        await friend.status()


@unix_only
async def test_socket_and_secret_can_be_reached_by_the_user_alone(echo, house):
    (socket,) = house.paths.runtime.glob("*.sock")
    assert stat.S_IMODE(house.paths.runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(endpoint_file(house).stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600


async def leave_endpoint(open_editor, house, content):
    """Have a worker's endpoint file hold something else, with no worker behind it."""
    editor = await open_editor(house)
    await editor.leave()
    house.end_workers()
    file = endpoint_file(house)
    file.write_bytes(content)
    return file


STALE = {
    "a socket that is gone": {"address": "/nowhere/x.sock", "secret": "s", "pid": 1},
    "another shape": {"address": "/nowhere/x.sock"},
    "other types": {"address": 5, "secret": ["s"], "pid": "x"},
    "no object": [1, 2],
}


@pytest.mark.parametrize("name", STALE)
async def test_a_stale_endpoint_gives_way_to_a_new_worker(open_editor, house, choose_echo, name):
    choose_echo(house)
    await leave_endpoint(open_editor, house, json.dumps(STALE[name]).encode())
    editor = await open_editor(house)
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


async def test_a_killed_workers_endpoint_and_socket_give_way_to_a_new_worker(
    open_editor, house, choose_echo
):
    choose_echo(house)
    editor = await open_editor(house)
    await editor.leave()
    house.end_workers()
    assert endpoint_file(house).exists()
    editor = await open_editor(house)
    assert (await editor.chat("Hello").result()).text == "You said: Hello"
    if sys.platform != "win32":
        assert len(list(house.paths.runtime.glob("*.sock"))) == 1


async def refused(open_editor, house):
    """Come up beside something planted: it is said, and the server lives."""
    editor = await open_editor(house, ready=False)
    status = await editor.phase(p.Phase.unavailable, p.Phase.ready)
    assert status.phase is p.Phase.unavailable
    assert "Remove" in status.remedy
    assert not house.workers
    return editor, status


@unix_only
async def test_an_endpoint_that_others_can_read_is_not_trusted(open_editor, house, choose_echo):
    choose_echo(house)
    file = await leave_endpoint(open_editor, house, b"{}")
    file.chmod(0o644)
    editor, status = await refused(open_editor, house)
    assert "read by others" in status.reason
    file.unlink()
    assert (await editor.select("echo/echo").result()).phase is p.Phase.ready


@unix_only
async def test_an_endpoint_that_is_a_link_is_not_trusted(open_editor, house, choose_echo):
    choose_echo(house)
    file = await leave_endpoint(open_editor, house, b"{}")
    elsewhere = house.root / "elsewhere.json"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    _, status = await refused(open_editor, house)
    assert "not written by you" in status.reason


@unix_only
@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root gives away")
async def test_an_endpoint_of_somebody_else_is_not_trusted(open_editor, house, choose_echo):
    choose_echo(house)
    file = await leave_endpoint(open_editor, house, b"{}")
    os.chown(file, 12345, 12345)
    _, status = await refused(open_editor, house)
    assert "not written by you" in status.reason


@unix_only
async def test_a_folder_in_the_endpoints_place_is_not_trusted(open_editor, house, choose_echo):
    choose_echo(house)
    file = await leave_endpoint(open_editor, house, b"{}")
    file.unlink()
    file.mkdir()
    _, status = await refused(open_editor, house)
    assert "not written by you" in status.reason


@unix_only
@pytest.mark.parametrize("planted", ["a link", "a file", "somebody else's folder"])
async def test_what_is_planted_in_the_place_of_the_sockets_folder_is_not_trusted(
    open_editor, house, choose_echo, planted
):
    choose_echo(house)
    place = house.paths.runtime
    if place.exists():
        place.rmdir()
    if planted == "a link":
        elsewhere = house.root / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        place.symlink_to(elsewhere, target_is_directory=True)
    elif planted == "a file":
        place.write_text("planted", encoding="utf-8")
    else:
        if os.getuid() != 0:
            pytest.skip("only root can give a folder away")
        place.mkdir()
        os.chown(place, 12345, 12345)
    editor, status = await refused(open_editor, house)
    assert "not a folder of yours" in status.reason
    place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
    assert (await editor.select("echo/echo").result()).phase is p.Phase.ready


@unix_only
async def test_a_folder_that_was_open_to_others_is_closed(open_editor, house, choose_echo):
    choose_echo(house)
    house.paths.runtime.mkdir(exist_ok=True)
    house.paths.runtime.chmod(0o755)
    await open_editor(house)
    assert stat.S_IMODE(house.paths.runtime.stat().st_mode) == 0o700


@unix_only
async def test_what_poses_as_a_worker_without_its_secret_is_not_talked_to(
    open_editor, house, choose_echo
):
    choose_echo(house)
    file = await leave_endpoint(open_editor, house, b"{}")
    heard = []

    async def impostor(reader, writer):
        peer = rpc.Peer()
        peer.protocol.set_writer(writer)

        @peer.feature(m.WORKER_AUTHENTICATE.name)
        async def authenticate(params: p.AuthenticateParams) -> p.AuthenticateResult:
            heard.append(params)
            return p.AuthenticateResult(pid=os.getpid(), version="0", proof="0" * 64)

        await rpc.read_messages(peer.protocol, reader, threading.Event())
        writer.close()

    address = str(house.paths.runtime / "impostor.sock")
    server = await asyncio.start_unix_server(impostor, address)
    secret = "s" * 64
    file.unlink()
    endpoint.write(file, endpoint.Endpoint(address=address, secret=secret, pid=os.getpid()))
    editor = await open_editor(house, ready=False)
    status = await editor.phase(p.Phase.unavailable, p.Phase.ready)
    assert status.phase is p.Phase.unavailable
    assert "does not know its secret" in status.reason
    assert status.remedy
    # The secret itself is never sent.
    assert heard
    assert secret not in str(heard)
    await editor.leave()
    server.close()
    await server.wait_closed()
