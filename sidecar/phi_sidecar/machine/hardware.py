"""The kinds of hardware that a device of a runtime can need."""

from enum import StrEnum


class Hardware(StrEnum):
    """What must be in the machine."""

    ANY = "any"
    """Nothing but the processor."""
    INTEL_GPU = "intel-gpu"
    INTEL_NPU = "intel-npu"
    DIRECTX12 = "directx12"
    """A graphics adapter with a DirectX 12 driver: Windows, any maker."""
    NVIDIA_GPU = "nvidia-gpu"
