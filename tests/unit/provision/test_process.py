import asyncio
import os
import sys

import psutil
import pytest
from phi_sidecar.provision import process

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""


def is_alive(member):
    # A grandchild that ended stays a zombie until the system's first process takes note.
    return member.is_running() and member.status() != psutil.STATUS_ZOMBIE


def python(code):
    return [sys.executable, "-c", code]


async def test_both_outputs_are_kept_and_only_the_standard_one_is_heard():
    heard = []
    code = "import sys; print('out', 'ö'); print('err', file=sys.stderr); sys.exit(3)"
    env = {**os.environ, "PYTHONUTF8": "1"}
    ended = await process.run(python(code), env=env, on_line=heard.append)
    assert (ended.code, ended.stdout, heard) == (3, ("out ö",), ["out ö"])
    assert sorted(ended.said) == ["err", "out ö"]


async def test_a_cancelled_wait_ends_the_program_and_what_it_started(monkeypatch, caplog):
    monkeypatch.setattr(process, "_GRACE_S", 0.2)
    ready = asyncio.Event()
    running = asyncio.create_task(
        process.run(python(STUBBORN), env=os.environ, on_line=lambda _: ready.set())
    )
    await ready.wait()
    tree = psutil.Process().children(recursive=True)
    assert len(tree) == 2
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [member for member in tree if is_alive(member)] == []
    assert caplog.records == []


async def test_a_program_that_is_not_there_is_the_system_s_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        await process.run([str(tmp_path / "nothing")], env={})


async def test_each_state_of_a_progress_bar_is_a_line_of_its_own_however_long_it_is_drawn():
    heard = []
    code = "print(*(f'{n} of 300000' for n in range(300_000)), sep='\\r', flush=True)"
    ended = await process.run(python(code), env=os.environ, on_line=heard.append)
    assert (ended.code, len(heard), heard[-1]) == (0, 300_000, "299999 of 300000")
