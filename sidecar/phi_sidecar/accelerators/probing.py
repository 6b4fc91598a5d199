"""Probe the backends' runtimes, each in a process of its environment, and remember the answers."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.accelerators.registry import Registered
from phi_sidecar.backends.base import Device
from phi_sidecar.provision import process
from phi_sidecar.provision.failures import last_words
from phi_sidecar.provision.interpreter import module_command

_TIMEOUT_S = 60.0
_MODULE = "phi_sidecar.accelerators.probe"


@dataclass(frozen=True)
class ProbeResult:
    """The devices that a runtime found."""

    devices: tuple[Device, ...]


@dataclass(frozen=True)
class ProbeFailed:
    """A runtime that is installed, but does not work.

    Attributes:
        by_driver: a device's driver is the likely cause, so that is where to look.
    """

    reason: str
    remedy: str
    by_driver: bool = False


Probed = ProbeResult | ProbeFailed


async def probe(registered: Registered, python: Path, *, timeout_s: float = _TIMEOUT_S) -> Probed:
    """Ask a backend's runtime for its devices; `python` is the interpreter of its environment."""
    command = module_command(python, _MODULE, registered.target)
    name = registered.backend.id
    try:
        async with asyncio.timeout(timeout_s):
            ended = await process.run(command.argv, env=command.env)
    except TimeoutError:
        return ProbeFailed(
            reason=f"The runtime of {name} did not answer within {timeout_s:.0f} s.",
            remedy="Restart the computer; if it stays, update the device's driver.",
            by_driver=True,
        )
    except OSError as error:
        return ProbeFailed(
            reason=f"The runtime of {name} cannot be started: {error.strerror}.",
            remedy="Set it up again: choose the accelerator once more.",
        )
    if ended.code != 0 or not ended.stdout:
        return ProbeFailed(
            reason=f"The runtime of {name} crashed when asked for its devices"
            f" (code {ended.code}): {last_words(ended.said)}",
            remedy="Update the device's driver, or choose another accelerator.",
            by_driver=True,
        )
    return _read(name, ended.stdout[-1])


class Probes:
    """Asks each runtime once, and remembers until told to forget."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, Path], Probed] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def of(self, registered: Registered, python: Path) -> Probed:
        """Return what a runtime finds; of simultaneous callers only one asks it."""
        key = (registered.backend.id, python)
        async with self._locks.setdefault(registered.backend.id, asyncio.Lock()):
            if key not in self._answers:
                # One that does not work is remembered as well: it may take a minute to say so.
                self._answers[key] = await probe(registered, python)
            return self._answers[key]

    def forget(self) -> None:
        """Ask again next time: a device or a driver may have come or gone."""
        self._answers.clear()


def _read(name: str, line: str) -> Probed:
    try:
        told = json.loads(line)
        if "devices" in told:
            return ProbeResult(devices=tuple(Device(**device) for device in told["devices"]))
        return ProbeFailed(
            reason=f"The runtime of {name} does not work here: {told['reason']}",
            remedy=told["remedy"] or "Update the device's driver, or choose another accelerator.",
            by_driver=not told["remedy"],
        )
    except (ValueError, KeyError, TypeError):
        return ProbeFailed(
            reason=f"The runtime of {name} gave an answer that cannot be read.",
            remedy="Set it up again: choose the accelerator once more.",
        )
