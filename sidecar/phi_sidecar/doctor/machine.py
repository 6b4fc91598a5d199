"""What this computer is, as far as it matters to a model: read without any runtime."""

import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from phi_sidecar.doctor.processor import features_of_processor, name_of_processor


@dataclass(frozen=True)
class Machine:
    """The computer and its system.

    Attributes:
        system: name and version of the operating system.
        architecture: of this Python: one that runs under emulation sees another processor.
        features: what of the processor speeds up a model; empty where that cannot be read.
        cores: physical ones; None where the system does not tell.
        usable_threads: how many this process may run on.
        disk_free_bytes: where environments are kept.
    """

    python: str
    system: str
    architecture: str
    processor: str
    features: Sequence[str]
    cores: int | None
    usable_threads: int
    memory_bytes: int
    memory_free_bytes: int
    disk_free_bytes: int


def read_machine(data: Path) -> Machine:
    """Read what there is; `data` is the folder on whose disk there should be room."""
    memory = psutil.virtual_memory()
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    return Machine(
        python=f"{platform.python_version()} ({platform.python_implementation()})",
        system=_system(),
        architecture=platform.machine(),
        processor=name_of_processor(),
        features=features_of_processor(),
        cores=psutil.cpu_count(logical=False),
        usable_threads=_usable_threads(),
        memory_bytes=memory.total,
        memory_free_bytes=memory.available,
        disk_free_bytes=shutil.disk_usage(existing).free,
    )


def _system() -> str:
    """Name the system without the computer's own name, which `platform.uname` would bring."""
    name = f"{platform.system()} {platform.release()}"
    if platform.system() == "Windows":
        return f"{name}, build {platform.version()}"
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        distribution = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return name
    return f"{distribution}, {name}"


def _usable_threads() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
