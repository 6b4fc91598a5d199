"""What a model wrote is run where it can do no harm."""

import asyncio
import sys

import pytest
from phi_sidecar.quality.sandbox import Limits, Verdict, beyond, run

QUICK = Limits(cpu_s=1, wall_s=20)


async def test_a_program_that_comes_to_its_end_passes():
    assert (
        await run("import math, re, collections, random, hashlib\nprint(math.pi)") is Verdict.PASSED
    )


@pytest.mark.parametrize(
    "program",
    [
        "assert False",
        "def f(:",
        "raise SystemExit(0)",
        "import os\nos._exit(0)",
        "import sys\nsys.exit()",
        "print('passed')\nassert 1 == 2",
        "input()",
    ],
)
async def test_a_program_that_does_not_come_to_its_end_fails(program):
    assert await run(program) is Verdict.FAILED


HARMFUL = {
    "files": [
        "open('made', 'w')",
        "open('made', 'x')",
        "open('/etc/hosts')",
        "open(__import__('os').__file__, 'a')",
        "open('../' * 20 + 'etc/hosts')",
        "__import__('os').open('made', 65)",
        "__import__('os').mkdir('made')",
        "__import__('os').remove(__import__('os').__file__)",
        "__import__('os').listdir('/')",
        "__import__('shutil').rmtree('/nowhere')",
    ],
    "processes": [
        "__import__('os').system('true')",
        "__import__('os').kill(__import__('os').getppid(), 0)",
        "__import__('os').putenv('A', 'b')",
        "__import__('subprocess').run(['true'])",
        "__import__('_posixsubprocess')",
        "__import__('multiprocessing').Process",
    ],
    "network": [
        "__import__('socket').socket()",
        "__import__('_socket').socket()",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1')",
    ],
    "libraries": ["__import__('ctypes').CDLL(None)", "__import__('mmap').mmap(-1, 1)"],
}


@pytest.mark.parametrize("acts", HARMFUL.values(), ids=HARMFUL)
async def test_whatever_could_do_harm_is_refused(acts):
    tries = "\n".join(f"try:\n    {act}\nexcept PermissionError:\n    refused += 1" for act in acts)
    assert await run(f"refused = 0\n{tries}\nassert refused == {len(acts)}") is Verdict.PASSED


@pytest.mark.skipif(sys.platform != "linux", reason="there is nothing to set")
async def test_limits_that_were_set_stay_set():
    act = "import resource\ntry:\n    resource.setrlimit(0, (9, 9))"
    program = f"{act}\nexcept PermissionError:\n    pass\nelse:\n    1 / 0"
    assert await run(program) is Verdict.PASSED


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
async def test_a_program_cannot_become_two():
    program = "import os\ntry:\n    os.fork()\nexcept PermissionError:\n    pass\nelse:\n    1 / 0"
    assert await run(program) is Verdict.PASSED


async def test_nothing_of_the_environment_is_seen(monkeypatch):
    monkeypatch.setenv("SECRET_OF_A_PERSON", "x")
    assert await run("import os\nassert 'SECRET_OF_A_PERSON' not in os.environ") is Verdict.PASSED


async def test_packages_of_the_developer_are_not_there():
    program = "try:\n    import pytest\nexcept ImportError:\n    pass\nelse:\n    1 / 0"
    assert await run(program) is Verdict.PASSED


async def test_a_program_that_never_ends_is_ended_by_its_processor_time():
    assert await run("while True: pass", QUICK) is Verdict.TIMED_OUT


async def test_a_program_that_waits_is_ended_by_the_clock():
    waits = "import time\ntime.sleep(60)"
    assert await run(waits, Limits(wall_s=0.5)) is Verdict.TIMED_OUT


async def test_a_program_that_takes_too_much_memory_fails():
    program = "x = bytearray(300_000_000)\nwhile True: pass"
    assert await run(program, Limits(memory_bytes=1 << 28)) is Verdict.FAILED
    assert await run("x = bytearray(300_000_000)") is Verdict.PASSED


@pytest.mark.parametrize(
    ("program", "limits", "verdict"),
    [
        ("x = b'1' * 300_000_000; input()", Limits(memory_bytes=1 << 28), Verdict.FAILED),
        ("while True: pass", Limits(cpu_s=1), Verdict.TIMED_OUT),
    ],
)
async def test_where_the_kernel_does_not_limit_a_process_it_is_looked_at(program, limits, verdict):
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdin=asyncio.subprocess.PIPE
    )
    try:
        assert await asyncio.wait_for(beyond(child.pid, limits), 30) is verdict
    finally:
        child.kill()
        await child.wait()
