"""What a machine consists of, as its system tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

UNKNOWN = "unknown"
"""The name of what the system does not name."""


class System(StrEnum):
    """An operating system."""

    WINDOWS = "Windows"
    LINUX = "Linux"
    MACOS = "macOS"
    OTHER = "other"


class Maker(StrEnum):
    """Who made a device."""

    INTEL = "Intel"
    AMD = "AMD"
    NVIDIA = "NVIDIA"
    QUALCOMM = "Qualcomm"
    OTHER = "other"


class Trouble(StrEnum):
    """Why the system lets nobody use a device that is there."""

    NO_DRIVER = "no-driver"
    NO_ACCESS = "no-access"
    """It has one, but this user may not open it."""
    DISABLED = "disabled"
    FAILED = "failed"
    """Its driver is there and could not start it."""


@dataclass(frozen=True)
class Processor:
    """The processor, as this Python sees it.

    Attributes:
        architecture: of this Python, such as `x86_64` or `arm64`.
        emulated: the processor is of another architecture, and Windows translates for it.
        features: what of it speeds up a model; empty where that cannot be read.
        cores: physical ones; None where the system does not tell.
        usable_threads: how many this process may run on.
    """

    name: str
    architecture: str
    emulated: bool
    features: Sequence[str]
    cores: int | None
    usable_threads: int


@dataclass(frozen=True)
class Gpu:
    """A graphics processor.

    Attributes:
        vendor_id: of its maker on the PCI bus, such as 0x8086 for Intel.
        device_id: of its model on the PCI bus.
        discrete: it has memory of its own; None where the system does not tell.
        own_bytes: that memory; of an integrated one, what is set aside for it.
        shared_bytes: of the machine's memory, how much it may use besides.
        driver: what the system calls it.
        node: the file through which it is used; None but on Linux.
        directx_index: its place among `adapters.directx_adapters()`; None where it has none.
    """

    name: str
    maker: Maker
    vendor_id: int
    device_id: int
    discrete: bool | None = None
    own_bytes: int | None = None
    shared_bytes: int | None = None
    driver: str | None = None
    driver_version: str | None = None
    trouble: Trouble | None = None
    node: str | None = None
    directx_index: int | None = None


@dataclass(frozen=True)
class Adapter:
    """A graphics adapter, as DirectX tells of it.

    Attributes:
        index: its place in the system's own list by performance, the fastest first.
        name: as its driver calls it.
        vendor_id: of its maker on the PCI bus, such as 0x8086 for Intel.
        device_id: of its model on the PCI bus.
        luid: what the system calls it until it is started again; 64 bits.
        dedicated_bytes: memory of its own.
        shared_bytes: of the machine's memory, how much it may use.
        compute_only: it cannot draw, as an NPU; DirectML's runtimes take none of these.
    """

    index: int
    name: str
    vendor_id: int
    device_id: int
    luid: int
    dedicated_bytes: int
    shared_bytes: int
    compute_only: bool = False


@dataclass(frozen=True)
class Npu:
    """A neural processor.

    Attributes:
        vendor_id: of its maker on the PCI bus; 0 where it is on none.
        device_id: of its model on the PCI bus; 0 where it is on none.
        fast: its maker states 40 TOPS or more for it.
        driver: what the system calls it.
        node: the file through which it is used; None but on Linux.
    """

    name: str
    maker: Maker
    vendor_id: int = 0
    device_id: int = 0
    fast: bool = False
    driver: str | None = None
    driver_version: str | None = None
    trouble: Trouble | None = None
    node: str | None = None


@dataclass(frozen=True)
class Memory:
    """The machine's memory.

    Attributes:
        available_bytes: what programs can still get without others being put aside.
    """

    total_bytes: int
    available_bytes: int


@dataclass(frozen=True)
class Machine:
    """What the system says of its hardware; nothing of it tells whose it is.

    Attributes:
        memory: None where the system does not tell.
        gpus: None where the system does not tell, which is not the same as having none.
        npus: as `gpus`.
    """

    system: System
    processor: Processor
    memory: Memory | None
    gpus: tuple[Gpu, ...] | None
    npus: tuple[Npu, ...] | None
