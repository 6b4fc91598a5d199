"""What this machine has, all of it."""

import logging
import os
import sys
from collections.abc import Callable
from typing import TypeVar

from phi_sidecar.machine.devices import (
    UNKNOWN,
    Gpu,
    Machine,
    Memory,
    Npu,
    Processor,
    System,
)

log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")


def read_machine() -> Machine:
    """Ask the system; a few milliseconds. What it does not tell is unknown, and raises nothing."""
    gpus, npus = _accelerators()
    return Machine(
        system=this_system(),
        processor=_asked(_processor) or _unknown_processor(),
        memory=_asked(_memory),
        gpus=gpus,
        npus=npus,
    )


def this_system() -> System:
    """Return the operating system that this runs on."""
    names = {"win32": System.WINDOWS, "linux": System.LINUX, "darwin": System.MACOS}
    return names.get(sys.platform, System.OTHER)


def _accelerators() -> tuple[tuple[Gpu, ...] | None, tuple[Npu, ...] | None]:
    # What asks is imported when somebody asks, of one system alone: the sidecar starts quickly.
    if sys.platform == "win32":
        return _on_windows()
    return _on_linux() if sys.platform == "linux" else (None, None)


def _on_windows() -> tuple[tuple[Gpu, ...] | None, tuple[Npu, ...] | None]:
    from phi_sidecar.machine import dxgi, windows, windows_devices

    devnodes = _asked(windows_devices.devnodes)
    if devnodes is None:
        return None, None
    found = _asked(dxgi.adapters)
    adapters = None if found is None else windows.marked(found, devnodes)
    return windows.gpus(devnodes, adapters), windows.npus(devnodes)


def _on_linux() -> tuple[tuple[Gpu, ...] | None, tuple[Npu, ...] | None]:
    from phi_sidecar.machine import linux, linux_devices

    devices = _asked(linux_devices.pci_devices)
    if devices is None:
        return None, None
    names = _asked(linux_devices.pci_ids) or ""
    return linux.gpus(devices, names), linux.npus(devices)


def _processor() -> Processor:
    from phi_sidecar.machine.processor import read_processor

    return read_processor()


def _unknown_processor() -> Processor:
    return Processor(
        name=UNKNOWN,
        architecture=UNKNOWN,
        emulated=False,
        features=(),
        cores=None,
        usable_threads=os.cpu_count() or 1,
    )


def _memory() -> Memory:
    import psutil  # costs the sidecar's start too much

    told = psutil.virtual_memory()
    return Memory(total_bytes=told.total, available_bytes=told.available)


def _asked(ask: Callable[[], _Answer]) -> _Answer | None:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 (whatever a system answers, this must not fail)
        log.warning("%s cannot be read: %s", ask.__name__, type(error).__name__)
        return None
