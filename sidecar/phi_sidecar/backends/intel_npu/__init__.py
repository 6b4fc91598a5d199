"""The Intel NPU Acceleration Library: a model of transformers whose matrices run on the NPU."""

import os
import sys
from collections.abc import Sequence

from phi_sidecar.backends.base import Device, DeviceKind, LoadedModel, LoadSpec
from phi_sidecar.backends.transformers_text.process import prepare_process
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged, PhiSidecarError
from phi_sidecar.machine.hardware import Hardware

QUANTIZATIONS = ("int8", "int4", "fp16")
"""What it can make of a model's weights, the one recommended first."""

_DRIVER_URL = (
    "https://www.intel.com/content/www/us/en/download/794734/intel-npu-driver-windows.html"
    if sys.platform == "win32"
    else "https://github.com/intel/linux-npu-driver/releases"
)
"""Where the library itself sends people whose driver is too old."""


class IntelNpu:
    """The backend of the Intel NPU Acceleration Library."""

    id = "intel-npu"
    environment = "npu"
    needs_model = True
    devices: Sequence[DeviceKind] = (
        DeviceKind(
            device="NPU",
            name="Intel NPU (NPU Acceleration Library)",
            always_present=False,
            absent_reason="The NPU Acceleration Library finds no Intel NPU.",
            absent_remedy="Core Ultra processors have one: install its driver and look again.",
            driver_url=_DRIVER_URL,
            needs=Hardware.INTEL_NPU,
            # What the library warns below; it compares the last number alone.
            oldest_driver="32.0.100.2408",
        ),
    )

    def probe(self) -> Sequence[Device]:
        """Ask the library whether there is an NPU that it can use."""
        from phi_sidecar.backends.intel_npu.driver import found_driver

        driver = found_driver()
        return [] if driver is None else [Device(device="NPU", full_name=f"Intel NPU ({driver})")]

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Load a folder of transformers, and make its weights what was asked for.

        Without an NPU the library runs everything on the processor and says nothing. That is
        refused, unless the option `FALLBACK` is `CPU`.
        """
        if spec.model is None or not spec.model.is_dir():
            raise ModelDamaged(
                f"The model's folder is not at {spec.model}.",
                remedy="Run 'phi-sidecar models prepare' to fetch it again.",
            )
        spec.cache.mkdir(parents=True, exist_ok=True)
        # The library writes its caches into the current folder, wherever that is.
        os.chdir(spec.cache)
        prepare_process()
        from phi_sidecar.backends.intel_npu.driver import executing_device

        device = executing_device(fallback=spec.backend_options.get("FALLBACK") == "CPU")
        try:
            from phi_sidecar.backends.intel_npu.model import load_model

            return load_model(spec, device)
        except (PhiSidecarError, MemoryError):
            raise
        except Exception as error:  # what its readers run into comes out as anything
            raise AcceleratorUnusable(
                f"The NPU Acceleration Library could not load {spec.model.name}:"
                f" {type(error).__name__}.",
                remedy="Close other programs if memory is short, or choose another accelerator.",
            ) from error
