"""One worker per loaded model: shared by windows, restarted when it dies, gone when alone."""

import asyncio
import sys
import time

import pytest
from phi_sidecar.generated import protocol as p
from pygls.exceptions import JsonRpcException

ADD = "def add(a, b):\n    return "
LINGER_S = 1.5

# The product with one constant changed: a test does not wait for half a minute.
SHORT_LINGER = (
    sys.executable,
    "-c",
    "import sys, phi_sidecar.engine.launcher as launcher; from phi_sidecar.cli import main\n"
    f"launcher.LINGER_S = {LINGER_S}; sys.argv = ['phi-sidecar', 'serve']; main()",
)


@pytest.fixture
def gone(alive, eventually):
    """Wait until a process has ended; returns how long that took."""

    async def wait(process, timeout_s):
        began_s = time.monotonic()
        await eventually(lambda: not alive(process), timeout_s)
        return time.monotonic() - began_s

    return wait


async def kill_worker(editor, worker):
    worker.kill()
    await editor.until(lambda status: status.phase is not p.Phase.ready)


async def test_two_windows_share_one_worker_and_one_goes_on_when_the_other_leaves(
    open_editor, home, worker_of
):
    first, second = await open_editor(), await open_editor()
    worker = worker_of(home)
    uri = second.open(ADD)
    await second.complete(uri, 1, 11).result()
    await first.leave()
    answer = await second.chat("What is the capital of Japan?").result()
    assert "Tokyo" in answer.text
    assert worker_of(home).pid == worker.pid


async def test_windows_that_open_at_once_start_one_worker(open_editor, house, choose_echo):
    choose_echo(house)
    editors = [await open_editor(house, ready=False) for _ in range(3)]
    await asyncio.gather(*(editor.ready() for editor in editors))
    assert len(house.workers) == 1


async def test_a_worker_that_is_killed_in_an_answer_is_reported_and_restarted(open_editor, house):
    editor = await open_editor(house)
    asked = editor.chat("Write a long story about a ship.", tokens=4_000, token="chat")
    await editor.streaming("chat", chunks=3)
    (worker,) = house.workers
    worker.kill()
    error = await asked.error()
    assert error.code == p.ErrorCode.worker_died
    assert "ended" in error.message
    assert "again" in error.data["remedy"]
    assert editor.text_of("chat")
    dead = await editor.until(lambda status: status.phase is not p.Phase.ready)
    assert dead.phase is p.Phase.loading
    assert "ended unexpectedly" in dead.reason
    assert dead.remedy
    status = await editor.ready()
    assert not status.generating
    assert status.reason is None
    (restarted,) = house.workers
    assert restarted.pid != worker.pid
    uri = editor.open(ADD)
    assert (await editor.complete(uri, 1, 11).result()).items[0].text == "a + b"


async def test_a_worker_that_keeps_dying_is_given_up_until_the_person_chooses_again(
    open_editor, house, choose_echo
):
    choose_echo(house)
    editor = await open_editor(house)
    for _ in range(3):
        await kill_worker(editor, house.workers[0])
        await editor.ready()
    house.workers[0].kill()
    status = await editor.phase(p.Phase.unavailable)
    assert "several times" in status.reason
    assert status.remedy
    assert not house.workers
    error = await editor.chat("Hello").error()
    assert error.code == p.ErrorCode.not_ready
    assert "several times" in error.message
    uri = editor.open("alpha1")
    result = await editor.complete(uri, 0, 6).result()
    assert result.outcome is p.CompletionOutcome.not_ready
    status = await editor.select("echo/echo").result()
    assert status.phase is p.Phase.ready
    assert status.reason is None
    assert (await editor.chat("Hello").result()).text == "You said: Hello"
    # And it may die three times again.
    await kill_worker(editor, house.workers[0])
    await editor.ready()


async def test_completions_during_a_restart_are_told_to_wait(open_editor, house, choose_echo):
    choose_echo(house)
    editor = await open_editor(house)
    uri = editor.open("alpha1")
    await kill_worker(editor, house.workers[0])
    result = await editor.complete(uri, 0, 6).result(timeout_s=2)
    assert result.outcome is p.CompletionOutcome.not_ready
    await editor.ready()
    assert (await editor.complete(uri, 0, 6).result()).items


async def test_a_worker_leaves_soon_after_its_last_window(
    open_editor, house, choose_echo, gone, alive
):
    choose_echo(house)
    editors = [await open_editor(house, command=SHORT_LINGER) for _ in range(2)]
    (worker,) = house.workers
    await editors[0].leave()
    await asyncio.sleep(LINGER_S + 1)
    assert alive(worker)
    await editors[1].leave()
    assert await gone(worker, timeout_s=LINGER_S + 5) > LINGER_S - 0.5
    assert not list(house.paths.runtime.glob("*.sock"))
    assert not list(house.paths.runtime.glob("*.json"))


async def test_a_window_that_is_killed_leaves_no_process_behind(
    open_editor, house, gone, choose_echo
):
    choose_echo(house)
    editor = await open_editor(house, command=SHORT_LINGER)
    editor.chat("a long story " * 1_000, tokens=4_000, token="chat")
    await editor.streaming("chat")
    (worker,) = house.workers
    editor.process.kill()
    await gone(worker, timeout_s=LINGER_S + 10)
    assert not house.workers


async def test_a_window_that_is_killed_while_it_loads_leaves_no_process_behind(
    open_editor, house, gone, eventually
):
    editor = await open_editor(house, command=SHORT_LINGER, ready=False)
    # The weights take more.
    await eventually(lambda: any(w.memory_info().rss > 120_000_000 for w in house.workers))
    (worker,) = house.workers
    editor.process.kill()
    await gone(worker, timeout_s=30)


async def test_an_editor_that_vanishes_takes_its_sidecar_along(open_editor, home):
    editor = await open_editor()
    editor.process.stdin.close()
    await asyncio.wait_for(editor.process.wait(), 10)


async def test_a_window_that_opens_again_finds_the_model_loaded(open_editor, home, worker_of):
    first = await open_editor()
    worker = worker_of(home)
    await first.leave()
    began_s = time.monotonic()
    second = await open_editor()
    assert time.monotonic() - began_s < 3
    assert worker_of(home).pid == worker.pid
    with pytest.raises(JsonRpcException):
        await second.chat("x" * 200_000).result()
