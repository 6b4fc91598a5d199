"""Reads what Linux tells of the devices on the PCI bus. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phi_sidecar.machine.devices import Gpu, Maker, Npu, Trouble
from phi_sidecar.machine.pci import (
    DISPLAY_CLASS,
    NPU_MODELS,
    PROCESSING_ACCELERATOR_CLASS,
    maker_of,
    name_in,
)

_INTEGRATED_INTEL_GRAPHICS = "0000:00:02.0"
"""Where Intel's own processors have them, always."""


@dataclass(frozen=True)
class DeviceFile:
    """The file in /dev through which programs use a device.

    Attributes:
        usable: this user may read and write it.
    """

    path: str
    usable: bool


@dataclass(frozen=True)
class PciDevice:
    """A device on the PCI bus.

    Attributes:
        uevent: the text of its file of that name in /sys.
        file: where programs use it; None where its driver made none.
        module_version: of its driver's module; None where that states none.
    """

    uevent: str
    file: DeviceFile | None = None
    module_version: str | None = None


def gpus(devices: Iterable[PciDevice], pci_ids: str) -> tuple[Gpu, ...]:
    """Return the graphics processors, those of the processor itself first."""
    found = (_gpu(device, pci_ids) for device in devices)
    return tuple(sorted((gpu for gpu in found if gpu), key=lambda gpu: gpu.discrete is not False))


def npus(devices: Iterable[PciDevice]) -> tuple[Npu, ...]:
    """Return the neural processors."""
    return tuple(npu for device in devices if (npu := _npu(device)) is not None)


def may_accelerate(uevent: str) -> bool:
    """Tell whether a device could be one of those that are looked for."""
    facts = _facts(uevent)
    return _class(facts) in (DISPLAY_CLASS, PROCESSING_ACCELERATOR_CLASS) or (
        _ids(facts) in NPU_MODELS
    )


def driver_of(uevent: str) -> str | None:
    """Return the name of a device's driver; None where it has none."""
    return _facts(uevent).get("DRIVER")


def _gpu(device: PciDevice, pci_ids: str) -> Gpu | None:
    facts = _facts(device.uevent)
    vendor_id, device_id = _ids(facts)
    maker = maker_of(vendor_id)
    # A virtual machine's screen is no accelerator.
    if _class(facts) != DISPLAY_CLASS or maker is Maker.OTHER:
        return None
    known = name_in(pci_ids, vendor_id, device_id)
    return Gpu(
        name=_name(maker, known) if known else f"{maker} graphics {device_id:04x}",
        maker=maker,
        vendor_id=vendor_id,
        device_id=device_id,
        discrete=_discrete(maker, facts.get("PCI_SLOT_NAME", "")),
        driver=facts.get("DRIVER"),
        driver_version=device.module_version,
        trouble=_trouble(device),
        node=device.file.path if device.file else None,
    )


def _name(maker: Maker, known: str) -> str:
    """Return what people call it, which stands in brackets behind the chip's own name."""
    sold_as = known.partition("[")[2].rstrip("]") or known
    return f"{maker} {sold_as.removeprefix(f'{maker} ')}"


def _npu(device: PciDevice) -> Npu | None:
    facts = _facts(device.uevent)
    ids = _ids(facts)
    model = NPU_MODELS.get(ids)
    maker = maker_of(ids[0])
    # AMD's has the class of a signal processor, so it is known by its number alone.
    new_intel = maker is Maker.INTEL and _class(facts) == PROCESSING_ACCELERATOR_CLASS
    if model is None and not (new_intel and facts.get("DRIVER") in (None, "intel_vpu")):
        return None
    return Npu(
        name=model.name if model else f"{maker} NPU {ids[1]:04x}",
        maker=maker,
        vendor_id=ids[0],
        device_id=ids[1],
        fast=model is not None and model.fast,
        driver=facts.get("DRIVER"),
        driver_version=device.module_version,
        trouble=_trouble(device),
        node=device.file.path if device.file else None,
    )


def _trouble(device: PciDevice) -> Trouble | None:
    if driver_of(device.uevent) is None:
        return Trouble.NO_DRIVER
    if device.file is None:
        return Trouble.FAILED
    return None if device.file.usable else Trouble.NO_ACCESS


def _discrete(maker: Maker, slot: str) -> bool | None:
    if maker is Maker.INTEL:
        return slot != _INTEGRATED_INTEL_GRAPHICS
    return True if maker is Maker.NVIDIA else None


def _facts(uevent: str) -> Mapping[str, str]:
    return dict(line.split("=", 1) for line in uevent.splitlines() if "=" in line)


def _class(facts: Mapping[str, str]) -> int:
    """Return the base class, the highest of three bytes; the zeros before it are left out."""
    return _hexadecimal(facts.get("PCI_CLASS", "")) >> 16


def _ids(facts: Mapping[str, str]) -> tuple[int, int]:
    vendor, _, device = facts.get("PCI_ID", "").partition(":")
    return _hexadecimal(vendor), _hexadecimal(device)


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
