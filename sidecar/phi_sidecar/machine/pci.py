"""What numbers on the PCI bus stand for."""

import re
from dataclasses import dataclass

from phi_sidecar.machine.devices import Maker

_MAKERS = {
    0x8086: Maker.INTEL,
    0x1002: Maker.AMD,
    0x1022: Maker.AMD,
    0x10DE: Maker.NVIDIA,
    0x5143: Maker.QUALCOMM,
    # Its graphics are on no PCI bus: DirectX gives the letters "QCOM" for a number.
    0x4D4F4351: Maker.QUALCOMM,
}

_NEXT_MAKER = re.compile(r"\n[^\t#\n]")
"""In a `pci.ids` file devices stand under their maker, behind a tab."""

DISPLAY_CLASS = 0x03
PROCESSING_ACCELERATOR_CLASS = 0x12


@dataclass(frozen=True)
class NpuModel:
    """A model of NPU.

    Attributes:
        name: for people, where the system has none.
        fast: its maker states 40 TOPS or more for it.
    """

    name: str
    fast: bool


NPU_MODELS = {
    (0x8086, 0x7D1D): NpuModel("Intel AI Boost (Meteor Lake)", fast=False),
    (0x8086, 0xAD1D): NpuModel("Intel AI Boost (Arrow Lake)", fast=False),
    (0x8086, 0x643E): NpuModel("Intel AI Boost (Lunar Lake)", fast=True),
    (0x8086, 0xB03E): NpuModel("Intel AI Boost (Panther Lake)", fast=True),
    (0x8086, 0xFD3E): NpuModel("Intel AI Boost (Wildcat Lake)", fast=False),
    (0x1022, 0x1502): NpuModel("AMD XDNA (Phoenix, Hawk Point)", fast=False),
    (0x1022, 0x17F0): NpuModel("AMD XDNA 2 (Strix, Krackan)", fast=True),
}
"""By maker and model: the device tables of Linux' drivers intel_vpu and amdxdna."""


def maker_of(vendor_id: int) -> Maker:
    """Return who made a device."""
    return _MAKERS.get(vendor_id, Maker.OTHER)


def name_in(pci_ids: str, vendor_id: int, device_id: int) -> str | None:
    """Look a device up in the text of a `pci.ids` file; None where it is not in it."""
    start = pci_ids.find(f"\n{vendor_id:04x}  ")
    if start < 0:
        return None
    following = _NEXT_MAKER.search(pci_ids, start + 1)
    end = following.start() if following else len(pci_ids)
    mark = f"\n\t{device_id:04x}  "
    found = pci_ids.find(mark, start, end)
    if found < 0:
        return None
    begin = found + len(mark)
    line_end = pci_ids.find("\n", begin)
    return pci_ids[begin : line_end if line_end >= 0 else len(pci_ids)].strip()
