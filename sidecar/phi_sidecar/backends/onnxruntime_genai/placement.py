"""From a device's id to what the library is told, and what it must answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from phi_sidecar.backends.onnxruntime_genai.folder import Folder
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.machine.adapters import Adapter

RUNS_ON = {"cpu": ("CPU",), "dml": ("DML", "CPU"), "cuda": ("CUDA",)}
"""On which devices a model runs that was built for a provider. One for DirectML has nothing that
the CPU lacks; one for the CPU or CUDA has its positions computed inside of attention, which
DirectML does not do."""

DML = "DML"
"""The library finds `dml` too, but puts its options beside those that it has under this name, where
it does not look for them (SetProviderOption of 0.13.1): the adapter would be whichever it likes."""


@dataclass(frozen=True)
class Placement:
    """Where a model shall run.

    Attributes:
        provider: the library's name of it; None is the CPU, which is always there.
        options: the provider's.
        device_type: what the library calls the device on which a model runs.
        name: the device's for people, where the library has none of its own.
        appends: it takes more tokens after the first ones; DirectML refuses them.
    """

    provider: str | None
    device_type: str
    appends: bool
    options: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None


def refuse_unless_built_for(device: str, folder: Folder) -> None:
    """Compare a device with the provider that a model was built for.

    Raises:
        AcceleratorUnusable: it does not run there.
    """
    kind = device.split(".")[0]
    if kind not in RUNS_ON.get(folder.built_for, ()):
        raise AcceleratorUnusable(
            f"{folder.path.name} was built for the provider {folder.built_for!r}"
            f" of ONNX Runtime and does not run on {kind}.",
            remedy=f"Prepare the model for {kind}: 'phi-sidecar models prepare' makes one that"
            " fits, or import one that was built for it.",
        )


def place(device: str, adapters: Sequence[Adapter]) -> Placement:
    """Return what the library is told, for one of `CPU`, `CUDA`, `DML` and `DML.<index>`.

    Raises:
        AcceleratorUnusable: this machine has no such device.
    """
    kind, _, number = device.partition(".")
    if kind == "CPU":
        return Placement(None, "CPU", appends=True)
    if kind == "CUDA":
        return Placement("cuda", "CUDA", appends=True)
    usable = [adapter for adapter in adapters if not adapter.compute_only]
    for adapter in usable:
        if not number or str(adapter.index) == number:
            options = {"luid": luid_text(adapter.luid)}
            return Placement(DML, "DirectML", appends=False, options=options, name=adapter.name)
    names = ", ".join(f"DML.{adapter.index} ({adapter.name})" for adapter in usable)
    raise AcceleratorUnusable(
        f"DirectX 12 does not find {device}; it finds {names or 'no graphics adapter'}.",
        remedy="Update the graphics driver, or choose another accelerator.",
    )


def luid_text(luid: int) -> str:
    """Return a luid as the library reads it: its two halves, each as a signed 32-bit number.

    It reads them with `std::stol`, whose numbers end at 2**31 on Windows.
    """
    return f"{_signed(luid >> 32)}:{_signed(luid)}"


def _signed(value: int) -> int:
    low = value & 0xFFFF_FFFF
    return low - (1 << 32) if low >= 1 << 31 else low
