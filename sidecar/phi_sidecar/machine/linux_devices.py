"""Asks Linux for the devices on the PCI bus."""

import os
from collections.abc import Sequence
from pathlib import Path

from phi_sidecar.machine.linux import DeviceFile, PciDevice, driver_of, may_accelerate

_ROOT = Path("/")
_PCI_IDS = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids")
"""Where distributions put the list of names: Debian's place, and Fedora's and Arch's."""


def pci_devices(root: Path = _ROOT) -> Sequence[PciDevice] | None:
    """Return the devices that may accelerate; None where the system does not tell.

    `root` is where the system's folders are.
    """
    bus = root / "sys/bus/pci/devices"
    try:
        folders = sorted(bus.iterdir())
    except OSError:
        return None
    return [device for folder in folders if (device := _device(root, folder)) is not None]


def pci_ids(root: Path = _ROOT) -> str:
    """Return the system's list of device names; empty where it has none."""
    return next((text for path in _PCI_IDS if (text := _text(root / path))), "")


def _device(root: Path, folder: Path) -> PciDevice | None:
    uevent = _text(folder / "uevent")
    if uevent is None or not may_accelerate(uevent):
        return None
    driver = driver_of(uevent)
    version = _text(root / "sys/module" / driver / "version") if driver else None
    return PciDevice(uevent=uevent, file=_file(root, folder), module_version=version or None)


def _file(root: Path, folder: Path) -> DeviceFile | None:
    for made, place in (("accel", "dev/accel"), ("drm", "dev/dri")):
        try:
            names = sorted(entry.name for entry in (folder / made).iterdir())
        except OSError:
            continue
        for name in names:
            # card<N> is for drawing on a screen; whoever computes uses the other.
            if name.startswith(("accel", "renderD")):
                path = root / place / name
                return DeviceFile(f"/{place}/{name}", os.access(path, os.R_OK | os.W_OK))
    return None


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8", errors="replace").strip()
    except OSError:
        return None
