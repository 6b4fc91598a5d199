"""Run programs that a model wrote: one process each, with limits."""

import asyncio
import json
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

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
    Processor and memory are limited by the kernel where `resource` is; on Windows only the clock
    is, until the child is put into a job object with a process memory limit.
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
        try:
            said, _ = await asyncio.wait_for(child.communicate(told.encode()), limits.wall_s)
        except TimeoutError:
            return Verdict.TIMED_OUT
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if said == token.encode():
        return Verdict.PASSED
    return Verdict.TIMED_OUT if child.returncode == _OUT_OF_TIME else Verdict.FAILED


_NEEDED = ("SYSTEMROOT",)
"""Without it Python does not start on Windows."""

_OUT_OF_TIME = -24
"""Ended by SIGXCPU, whose number this is wherever there is one that Python runs on."""
