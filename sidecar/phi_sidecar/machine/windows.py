"""Reads what Windows tells of accelerators: its device tree, and DirectX' adapters. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from phi_sidecar.machine.devices import Adapter, Gpu, Maker, Npu, Trouble
from phi_sidecar.machine.pci import NPU_MODELS, maker_of

DISPLAY_CLASS = "{4d36e968-e325-11ce-bfc1-08002be10318}"
COMPUTE_ACCELERATOR_CLASS = "{f01a9d53-3ff6-48d2-9f97-c8a7004be10c}"
"""GUID_DEVCLASS_DISPLAY and GUID_DEVCLASS_COMPUTEACCELERATOR of devguid.h; the second is the
class of every NPU that has a driver."""

PROCESSING_ACCELERATOR = "CC_1200"
"""What the compatible ids of an NPU hold when it has no driver yet: its class on the PCI bus."""

_DISABLED = 22
_NO_DRIVER = (1, 18, 28)
"""CM_PROB_DISABLED; CM_PROB_NOT_CONFIGURED, _REINSTALL and _FAILED_INSTALL of cfg.h."""

_BASIC_DISPLAY = "basicdisplay"
"""The service that draws on any card for which there is no driver."""

_LEAST_OWN_BYTES = 1 << 30
"""Intel's integrated graphics set 128 MB aside; their discrete ones have 4 GB or more."""

_PCI_IDS = re.compile(r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", re.IGNORECASE)
_QUALCOMM = re.compile(r"^ACPI\\(VEN_)?QCOM", re.IGNORECASE)


@dataclass(frozen=True)
class Devnode:
    r"""A device in Windows' device tree that is there now.

    Attributes:
        instance: its id, such as `PCI\VEN_8086&DEV_7D1D&SUBSYS_…&REV_04\3&11583659&1&58`.
        class_guid: what kind of device; empty while it has no driver.
        description: its name; may begin with a reference to an .inf file and a semicolon.
        compatible_ids: what other devices it is like.
        service: its driver's service; empty while it has none.
        driver_version: such as `32.0.100.3104`; empty while it has none.
        problem: the problem code that the device manager shows; 0 where it works.
    """

    instance: str
    class_guid: str
    description: str
    compatible_ids: Sequence[str]
    service: str
    driver_version: str
    problem: int


def npus(devnodes: Iterable[Devnode]) -> tuple[Npu, ...]:
    """Return the neural processors."""
    return tuple(_npu(devnode) for devnode in devnodes if is_npu(devnode))


def is_npu(devnode: Devnode) -> bool:
    """Tell whether a device is a neural processor, with or without a driver."""
    ids = pci_ids_of(devnode.instance)
    if devnode.class_guid.lower() == COMPUTE_ACCELERATOR_CLASS or ids in NPU_MODELS:
        return True
    accelerates = any(PROCESSING_ACCELERATOR in id.upper() for id in devnode.compatible_ids)
    return accelerates and maker_of(ids[0]) is Maker.INTEL


def gpus(devnodes: Iterable[Devnode], adapters: Sequence[Adapter] | None) -> tuple[Gpu, ...]:
    """Return the graphics processors: DirectX' adapters, the fastest first, then what has none.

    `adapters` is None where DirectX could not be asked.
    """
    displays = [devnode for devnode in devnodes if _is_display(devnode)]
    found = []
    for adapter in adapters or ():
        if adapter.compute_only:
            continue
        same = [display for display in displays if _is_of(display, adapter)]
        # Two cards of one model are two devnodes and two adapters.
        if same:
            displays.remove(same[0])
        found.append(_gpu_of_adapter(adapter, same[0] if same else None))
    return (*found, *(_gpu_of_devnode(display, adapters is not None) for display in displays))


def marked(adapters: Iterable[Adapter], devnodes: Iterable[Devnode]) -> list[Adapter]:
    """Mark the adapters that are neural processors: they compute only."""
    ids = {pci_ids_of(devnode.instance) for devnode in devnodes if is_npu(devnode)}
    return [
        replace(adapter, compute_only=(adapter.vendor_id, adapter.device_id) in ids)
        for adapter in adapters
    ]


def pci_ids_of(instance: str) -> tuple[int, int]:
    """Return the numbers of maker and model; zeros where there are none."""
    ids = _PCI_IDS.search(instance)
    return (int(ids[1], 16), int(ids[2], 16)) if ids else (0, 0)


def _npu(devnode: Devnode) -> Npu:
    vendor_id, device_id = pci_ids_of(devnode.instance)
    model = NPU_MODELS.get((vendor_id, device_id))
    trouble = _trouble(devnode)
    told = _name(devnode)
    # Without its driver, Windows calls it by whatever it seems like.
    named = told if trouble is not Trouble.NO_DRIVER or model is None else model.name
    return Npu(
        name=named,
        maker=_maker(devnode),
        vendor_id=vendor_id,
        device_id=device_id,
        fast=model is not None and model.fast,
        driver=devnode.service or None,
        driver_version=devnode.driver_version or None,
        trouble=trouble,
    )


def _gpu_of_adapter(adapter: Adapter, devnode: Devnode | None) -> Gpu:
    maker = maker_of(adapter.vendor_id)
    return Gpu(
        name=adapter.name,
        maker=maker,
        vendor_id=adapter.vendor_id,
        device_id=adapter.device_id,
        discrete=_discrete(maker, adapter),
        own_bytes=adapter.dedicated_bytes,
        shared_bytes=adapter.shared_bytes,
        driver=devnode.service or None if devnode else None,
        driver_version=devnode.driver_version or None if devnode else None,
        directx_index=adapter.index,
    )


def _gpu_of_devnode(devnode: Devnode, directx_was_asked: bool) -> Gpu:
    vendor_id, device_id = pci_ids_of(devnode.instance)
    unseen = Trouble.FAILED if directx_was_asked else None
    trouble = _trouble(devnode) or unseen
    maker = _maker(devnode)
    return Gpu(
        # Without its driver, Windows gives it the name of its own.
        name=f"{maker} graphics" if trouble is Trouble.NO_DRIVER else _name(devnode),
        maker=maker,
        vendor_id=vendor_id,
        device_id=device_id,
        driver=devnode.service or None,
        driver_version=devnode.driver_version or None,
        trouble=trouble,
    )


def _discrete(maker: Maker, adapter: Adapter) -> bool | None:
    """Tell whether it is a card of its own; AMD sets gigabytes aside for integrated ones too."""
    if maker is Maker.AMD:
        return None if adapter.name.endswith("Graphics") else True
    if maker is Maker.INTEL:
        return adapter.dedicated_bytes >= _LEAST_OWN_BYTES
    return {Maker.NVIDIA: True, Maker.QUALCOMM: False}.get(maker)


def _is_display(devnode: Devnode) -> bool:
    """Tell whether it is graphics hardware: remote and virtual screens are on no such bus."""
    return devnode.class_guid.lower() == DISPLAY_CLASS and _maker(devnode) is not Maker.OTHER


def _is_of(devnode: Devnode, adapter: Adapter) -> bool:
    if maker_of(adapter.vendor_id) is Maker.QUALCOMM:
        return _maker(devnode) is Maker.QUALCOMM
    return pci_ids_of(devnode.instance) == (adapter.vendor_id, adapter.device_id)


def _maker(devnode: Devnode) -> Maker:
    if _QUALCOMM.match(devnode.instance):
        return Maker.QUALCOMM
    return maker_of(pci_ids_of(devnode.instance)[0])


def _name(devnode: Devnode) -> str:
    return devnode.description.rpartition(";")[2].strip()


def _trouble(devnode: Devnode) -> Trouble | None:
    if devnode.problem == _DISABLED:
        return Trouble.DISABLED
    if devnode.problem in _NO_DRIVER or devnode.service.lower() in ("", _BASIC_DISPLAY):
        return Trouble.NO_DRIVER
    return Trouble.FAILED if devnode.problem else None
