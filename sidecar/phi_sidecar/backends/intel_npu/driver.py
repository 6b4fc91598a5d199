"""Whether there is an NPU that the library can use."""

import warnings

with warnings.catch_warnings():
    # It warns of what is asked for below.
    warnings.simplefilter("ignore")
    from intel_npu_acceleration_library.backend import get_driver_version, npu_available
    from intel_npu_acceleration_library.backend.utils import __min_npu_driver_version__

from phi_sidecar.errors import AcceleratorUnusable

FALLBACK_DEVICE = "CPU (the library's own fallback)"


def found_driver() -> str | None:
    """Return what people call the NPU's driver; None where there is no NPU.

    Raises:
        AcceleratorUnusable: the driver is older than the library needs.
    """
    if not npu_available():
        return None
    version = int(get_driver_version())
    if version < __min_npu_driver_version__:
        raise AcceleratorUnusable(
            f"The NPU's driver is version {version};"
            f" the NPU Acceleration Library needs {__min_npu_driver_version__} or newer.",
            remedy="Update the NPU's driver and look again.",
        )
    return f"driver {version}"


def executing_device(*, fallback: bool) -> str:
    """Return where the library will run its matrices: it decides by the same question.

    Raises:
        AcceleratorUnusable: there is no NPU and `fallback` is not wanted, or its driver is too old.
    """
    if found_driver() is not None:
        return "NPU"
    if fallback:
        return FALLBACK_DEVICE
    raise AcceleratorUnusable(
        "The NPU Acceleration Library finds no NPU and would run on the processor instead.",
        remedy="Install the NPU's driver, or choose another accelerator.",
    )
