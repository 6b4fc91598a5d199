"""How a window lets go of a worker; the workers are real."""

import asyncio
import secrets
import subprocess

import psutil
import pytest
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine.launcher import WorkerSpec
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.provision.interpreter import own_python


@pytest.fixture
async def connect(paths):
    """Connect to the one worker of this test, which is started if need be."""
    load = LoadSpec(
        model=None,
        device="echo",
        quantization="none",
        context_window=1024,
        cache=paths.cache,
        kv_cache_bytes=0,
        # No other test's worker has it.
        backend_options={"of": secrets.token_hex(8)},
    )
    spec = WorkerSpec("phi_sidecar.backends.echo:Echo", own_python(), load)
    clients = []

    async def connect():
        clients.append(await WorkerClient.connect(spec, paths))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()
        if client.started is not None:
            client.started.kill()


async def until_it_has(client, clients):
    """Wait until a worker has heard of so many: of who comes it hears by and by."""
    while (await client.status()).clients != clients:
        pass


def is_there(client):
    """Whether its process still has memory."""
    try:
        return psutil.Process(client.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("way", ["retire", "leave", "abandon"])
async def test_a_worker_that_nobody_else_uses_is_gone_once_it_is_let_go(connect, way):
    client = await connect()
    await client.load()
    assert is_there(client)
    await getattr(client, way)()
    assert not is_there(client)
    assert client.ended.is_set()


async def test_one_that_another_window_started_is_gone_as_well(connect):
    first, second = await connect(), await connect()
    assert (second.pid, second.started) == (first.pid, None)
    first.close()
    await second.retire()
    assert not is_there(second)


async def test_windows_that_take_leave_together_end_it(connect):
    clients = [await connect() for _ in range(3)]
    await until_it_has(clients[0], 3)
    await asyncio.gather(*(client.leave() for client in clients))
    assert not any(is_there(client) for client in clients)


async def test_one_whose_other_client_hangs_up_a_moment_later_is_gone_as_well(connect):
    first, second = await connect(), await connect()
    await until_it_has(first, 2)
    asyncio.get_running_loop().call_later(0.3, first.close)
    await second.leave()
    assert not is_there(second)


async def test_who_has_just_hung_up_is_no_client_any_more(connect):
    client = await connect()
    for _ in range(20):
        other = await connect()
        await until_it_has(client, 2)
        other.close()
        assert (await client.status()).clients == 1


async def test_one_whose_process_may_not_be_looked_at_is_let_go_all_the_same(connect, monkeypatch):
    first, second = await connect(), await connect()
    first.close()

    def refuse(process, timeout):
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "wait", refuse)
    await second.retire()
    assert second.ended.is_set()


@pytest.mark.parametrize("way", ["retire", "leave", "abandon"])
async def test_one_that_another_window_uses_stays_and_is_not_waited_for(connect, way, monkeypatch):
    first, second = await connect(), await connect()
    await until_it_has(first, 2)

    def wait(*_):
        raise AssertionError("waited for what stays")

    monkeypatch.setattr(subprocess.Popen, "wait", wait)
    await getattr(first, way)()
    assert first.ended.is_set()
    await until_it_has(second, 1)
    monkeypatch.undo()
    await second.leave()
