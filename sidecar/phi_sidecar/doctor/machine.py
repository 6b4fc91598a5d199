"""What this computer is, as far as it matters to a model: read without any runtime."""

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.machine.devices import Gpu, Memory, Npu, Trouble
from phi_sidecar.machine.inventory import read_machine as read_hardware

_TROUBLES = {
    Trouble.NO_DRIVER: "no driver",
    Trouble.NO_ACCESS: "this user may not use it",
    Trouble.DISABLED: "disabled",
    Trouble.FAILED: "its driver does not work",
}


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
        gpus: name, driver and what is wrong, of each; None where the system does not tell.
        npus: as `gpus`.
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
    gpus: Sequence[str] | None = None
    npus: Sequence[str] | None = None


def read_machine(data: Path) -> Machine:
    """Read what there is; `data` is the folder on whose disk there should be room."""
    hardware = read_hardware()
    memory = hardware.memory or Memory(total_bytes=0, available_bytes=0)
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    processor = hardware.processor
    return Machine(
        python=f"{platform.python_version()} ({platform.python_implementation()})",
        system=_system(),
        architecture=f"{processor.architecture}{', emulated' if processor.emulated else ''}",
        processor=processor.name,
        features=processor.features,
        cores=processor.cores,
        usable_threads=processor.usable_threads,
        memory_bytes=memory.total_bytes,
        memory_free_bytes=memory.available_bytes,
        disk_free_bytes=shutil.disk_usage(existing).free,
        gpus=None if hardware.gpus is None else [described(gpu) for gpu in hardware.gpus],
        npus=None if hardware.npus is None else [described(npu) for npu in hardware.npus],
    )


def described(device: Gpu | Npu) -> str:
    """Return a device on one line: its name, its driver, and what is wrong with it."""
    driver = " ".join(text for text in (device.driver, device.driver_version) if text)
    said = [device.name, f"driver {driver}" if driver else ""]
    said.append(_TROUBLES[device.trouble] if device.trouble else "")
    return ", ".join(text for text in said if text)


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
