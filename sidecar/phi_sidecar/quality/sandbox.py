"""Run programs that a model wrote: one process each, with limits."""

import asyncio
import contextlib
import json
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

CHILD = Path(__file__).with_name("sandbox_child.py")


class Verdict(StrEnum):
    """What became of a program."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Limits:
    """What a program may take.

    Attributes:
        cpu_s: whole seconds of the processor; it decides, since it does not depend on the load.
        wall_s: of the clock, for one that waits.
        memory_bytes: address space.
    """

    cpu_s: int = 5
    wall_s: float = 30.0
    memory_bytes: int = 1 << 30


async def run(program: str, limits: Limits = Limits()) -> Verdict:
    """Run a program to its end, or to its limits.

    It gets an interpreter of its own with the standard library alone, an empty folder, no
    environment, and no way to write, to connect or to start anything (`sandbox_child.py`).
    Processor and memory are limited by Linux itself. Elsewhere it is looked at several times a
    second what the process takes.
    """
    # It is not told what to say in the end: to end early is no way to pass.
    token = secrets.token_hex(8)
    told = json.dumps(
        {
            "program": program,
            "token": token,
            "cpu_s": limits.cpu_s,
            "memory_bytes": limits.memory_bytes,
        }
    )
    with tempfile.TemporaryDirectory(prefix="phi-quality-") as folder:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-B", "-X", "utf8", str(CHILD)),
            cwd=folder,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        talking = asyncio.create_task(child.communicate(told.encode()))
        watching = asyncio.create_task(_watch(child.pid, limits))
        try:
            await asyncio.wait(
                [talking, watching],
                timeout=limits.wall_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not talking.done():
                return watching.result() if watching.done() else Verdict.TIMED_OUT
            said, _ = talking.result()
        finally:
            watching.cancel()
            if child.returncode is None:
                child.kill()
                await talking
    if said == token.encode():
        return Verdict.PASSED
    return Verdict.TIMED_OUT if child.returncode == _OUT_OF_TIME else Verdict.FAILED


async def _watch(pid: int, limits: Limits) -> Verdict:
    """Return once a process takes more than it may; never where the kernel sees to that."""
    if _KERNEL_LIMITS:
        await asyncio.get_running_loop().create_future()
    return await beyond(pid, limits)


async def beyond(pid: int, limits: Limits) -> Verdict:
    """Look at a process until it takes more than it may, and say what becomes of it for that.

    A process that has ended is waited for by others: then this does not return.
    """
    while True:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            # A virtual environment's Python may be one that only starts another.
            family = [process, *process.children(recursive=True)]
            if sum(each.memory_info().rss for each in family) > limits.memory_bytes:
                return Verdict.FAILED
            times = [each.cpu_times() for each in family]
            if sum(each.user + each.system for each in times) > limits.cpu_s:
                return Verdict.TIMED_OUT
        await asyncio.sleep(_LOOK_EVERY_S)


_KERNEL_LIMITS = sys.platform == "linux"

_LOOK_EVERY_S = 0.1

_NEEDED = ("SYSTEMROOT",)
"""Without it Python does not start on Windows."""

_OUT_OF_TIME = -24
"""Ended by SIGXCPU, whose number this is wherever there is one that Python runs on."""
