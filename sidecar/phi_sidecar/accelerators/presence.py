"""Whether the hardware that a kind of device needs is in the machine, and what keeps it from use.

Pure: the machine's inventory answers, before any runtime is installed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from phi_sidecar.backends.base import Device, DeviceKind
from phi_sidecar.machine.devices import UNKNOWN, Gpu, Machine, Maker, Npu, System, Trouble
from phi_sidecar.machine.hardware import Hardware

ANOTHER = "Choose another accelerator."

_CPU = "CPU"
"""What every runtime calls the processor."""


@dataclass(frozen=True)
class Complaint:
    """Why something cannot be used, and what the person can do.

    Attributes:
        by_driver: the driver's page may help.
        always: it holds even where the runtime finds the device.
    """

    reason: str
    remedy: str
    by_driver: bool = False
    always: bool = False


@dataclass(frozen=True)
class Presence:
    """What the machine has of a kind of device.

    Attributes:
        present: None where the system does not tell.
        devices: each by the id that the runtime will give it; empty where that is the kind's own.
        complaint: what keeps those that are there from being used, or why there is none.
    """

    present: bool | None
    devices: tuple[Device, ...] = ()
    complaint: Complaint | None = None


def presence_of(kind: DeviceKind, machine: Machine) -> Presence:
    """Look for the hardware that a kind of device needs."""
    return _LOOKS[kind.needs](kind, machine)


def _anywhere(kind: DeviceKind, machine: Machine) -> Presence:
    if not kind.always_present:
        # What a backend says nothing of, only its runtime can tell.
        return Presence(present=None)
    named = kind.device == _CPU and machine.processor.name != UNKNOWN
    return Presence(True, (Device(_CPU, machine.processor.name),) if named else ())


def _intel_gpu(kind: DeviceKind, machine: Machine) -> Presence:
    if machine.gpus is None:
        return _unknown(machine)
    mine = [gpu for gpu in machine.gpus if gpu.maker is Maker.INTEL]
    if not mine:
        return _absent("Intel GPU", machine.gpus)
    working = [gpu for gpu in mine if gpu.trouble is None]
    # OpenVINO counts where there are several, the processor's own first.
    counted = sorted(working or mine, key=lambda gpu: gpu.discrete is not False)
    several = len(counted) > 1
    devices = tuple(
        Device(f"{kind.device}.{place}" if several else kind.device, gpu.name)
        for place, gpu in enumerate(counted)
    )
    return Presence(True, devices, _complaint(kind, counted))


def _intel_npu(kind: DeviceKind, machine: Machine) -> Presence:
    if machine.npus is None:
        return _unknown(machine)
    mine = [npu for npu in machine.npus if npu.maker is Maker.INTEL]
    if mine:
        return Presence(True, (Device(kind.device, mine[0].name),), _complaint(kind, mine))
    if machine.npus:
        other = machine.npus[0]
        maker = "another maker" if other.maker is Maker.OTHER else other.maker
        reason = f"This PC's NPU is {other.name}, made by {maker}: no runtime here serves it."
        return Presence(False, complaint=Complaint(reason, ANOTHER))
    return _absent("Intel NPU", ())


def _directx(kind: DeviceKind, machine: Machine) -> Presence:
    if machine.system is not System.WINDOWS:
        reason = f"DirectML needs Windows; this is {_named(machine.system)}."
        return Presence(False, complaint=Complaint(reason, ANOTHER))
    if machine.gpus is None:
        return _unknown(machine)
    devices = tuple(
        Device(f"{kind.device}.{gpu.directx_index}", gpu.name)
        for gpu in machine.gpus
        if gpu.directx_index is not None
    )
    if devices:
        return Presence(True, devices)
    if machine.gpus:
        return Presence(True, complaint=_complaint(kind, machine.gpus))
    return _absent("graphics processor", ())


def _nvidia(kind: DeviceKind, machine: Machine) -> Presence:
    if machine.gpus is None:
        return _unknown(machine)
    mine = [gpu for gpu in machine.gpus if gpu.maker is Maker.NVIDIA]
    if not mine:
        return _absent("NVIDIA GPU", machine.gpus)
    name = mine[0].name
    complaint = _complaint(kind, mine) or Complaint(
        f"{name} is there, but no runtime with CUDA is installed.",
        "Use it through DirectML." if machine.system is System.WINDOWS else ANOTHER,
    )
    return Presence(True, (Device(kind.device, name),), complaint)


_LOOKS: Mapping[Hardware, Callable[[DeviceKind, Machine], Presence]] = MappingProxyType(
    {
        Hardware.ANY: _anywhere,
        Hardware.INTEL_GPU: _intel_gpu,
        Hardware.INTEL_NPU: _intel_npu,
        Hardware.DIRECTX12: _directx,
        Hardware.NVIDIA_GPU: _nvidia,
    }
)


def _unknown(machine: Machine) -> Presence:
    if machine.system in (System.WINDOWS, System.LINUX):
        return Presence(present=None)
    reason = f"It is used on Windows and Linux; this is {_named(machine.system)}."
    return Presence(False, complaint=Complaint(reason, ANOTHER))


def _absent(what: str, others: Iterable[Gpu]) -> Presence:
    names = " and ".join(gpu.name for gpu in others)
    reason = f"This PC has no {what}; it has {names}." if names else f"This PC has no {what}."
    return Presence(False, complaint=Complaint(reason, ANOTHER))


def _complaint(kind: DeviceKind, devices: Sequence[Gpu | Npu]) -> Complaint | None:
    """Return what keeps all of them from being used; one that works is enough."""
    complaints = [_trouble_of(kind, device) for device in devices]
    return None if None in complaints else complaints[0]


def _trouble_of(kind: DeviceKind, device: Gpu | Npu) -> Complaint | None:
    name = device.name
    match device.trouble:
        case Trouble.NO_DRIVER:
            remedy = "Install its driver, restart the computer, and look again."
            return Complaint(f"{name} has no driver.", remedy, by_driver=True)
        case Trouble.NO_ACCESS:
            reason = f"{name} is there, but you may not use it ({device.node})."
            remedy = "Add yourself to the group 'render' (sudo usermod -aG render $USER), then log"
            return Complaint(reason, f"{remedy} out and in again.", by_driver=True)
        case Trouble.DISABLED:
            return Complaint(f"{name} is disabled.", "Enable it in the Device Manager.")
        case Trouble.FAILED:
            remedy = "Restart the computer; if it stays, install its driver anew."
            return Complaint(f"{name} is there, but its driver does not work.", remedy, True)
        case None:
            return _too_old(kind, device)


def _too_old(kind: DeviceKind, device: Gpu | Npu) -> Complaint | None:
    has, needs = _version(device.driver_version), _version(kind.oldest_driver)
    if has is None or needs is None or has >= needs:
        return None
    return Complaint(
        f"The driver of {device.name} is too old: {device.driver_version}.",
        f"Install version {kind.oldest_driver} or newer, restart the computer, and look again.",
        by_driver=True,
        always=True,
    )


def _version(text: str | None) -> tuple[int, ...] | None:
    """Read the four numbers of a Windows driver; what Linux' modules state cannot be compared."""
    parts = (text or "").split(".")
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        return None
    return tuple(map(int, parts))


def _named(system: System) -> str:
    return "another system" if system is System.OTHER else str(system)
