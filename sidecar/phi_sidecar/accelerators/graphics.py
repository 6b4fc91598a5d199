"""Which graphics processor of the inventory an accelerator is. Pure."""

from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Gpu, Machine, Maker

_CARD = " (dGPU)"
_INTEGRATED = " (iGPU)"
"""What OpenVINO puts behind the maker's names."""


def gpu_of(row: Accelerator, machine: Machine) -> Gpu | None:
    """Return it; None where the accelerator is none, or where it cannot be told."""
    return gpu_called(row.device, row.device_name, machine)


def gpu_called(device: str, name: str | None, machine: Machine) -> Gpu | None:
    """Return it by the runtime's own id and, where several are of that kind, by its name."""
    gpus = machine.gpus or ()
    kind, _, number = device.partition(".")
    match kind:
        case "DML":
            return next((gpu for gpu in gpus if str(gpu.directx_index) == number), None)
        case "CUDA":
            return next((gpu for gpu in gpus if gpu.maker is Maker.NVIDIA), None)
        case "GPU":
            return _of_intel(name or "", [g for g in gpus if g.maker is Maker.INTEL])
    return None


def _of_intel(name: str, intel: list[Gpu]) -> Gpu | None:
    if len(intel) == 1:
        return intel[0]
    plain = name.removesuffix(_CARD).removesuffix(_INTEGRATED)
    for gpu in intel:
        if gpu.name == plain:
            return gpu
    # Linux and OpenVINO call them differently.
    alike = [gpu for gpu in intel if gpu.discrete is name.endswith(_CARD)]
    return alike[0] if len(alike) == 1 and plain != name else None
