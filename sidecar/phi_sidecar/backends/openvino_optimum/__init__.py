"""Optimum Intel: a model of transformers exported to OpenVINO, on the CPU and Intel GPUs."""

from collections.abc import Sequence

from phi_sidecar.backends.base import Device, DeviceKind, LoadedModel, LoadSpec
from phi_sidecar.backends.transformers_text.process import prepare_process
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged, PhiSidecarError
from phi_sidecar.machine.hardware import Hardware

_DRIVER_URL = (
    "https://docs.openvino.ai/2026/get-started/install-openvino/configurations"
    "/configurations-intel-gpu.html"
)
"""OpenVINO's page on its GPU driver, for Windows and Linux."""


class OpenVinoOptimum:
    """The backend of Optimum Intel."""

    id = "openvino-optimum"
    environment = "convert"
    needs_model = True
    devices: Sequence[DeviceKind] = (
        DeviceKind(
            device="CPU",
            name="CPU (Optimum Intel)",
            always_present=True,
            absent_reason="OpenVINO does not support this processor.",
            absent_remedy="Choose another accelerator.",
        ),
        DeviceKind(
            device="GPU",
            name="Intel GPU (Optimum Intel)",
            always_present=False,
            absent_reason="No Intel GPU is found.",
            absent_remedy="If there is one, install its driver and look again.",
            driver_url=_DRIVER_URL,
            needs=Hardware.INTEL_GPU,
        ),
    )

    def probe(self) -> Sequence[Device]:
        """Ask OpenVINO for the devices it can use; its NPU takes no shapes that change."""
        import openvino as ov

        core = ov.Core()
        return [
            Device(device=device, full_name=str(core.get_property(device, "FULL_DEVICE_NAME")))
            for device in core.available_devices
            if device.split(".")[0] in {kind.device for kind in self.devices}
        ]

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Load a folder of OpenVINO IR with the tokenizer of transformers beside it."""
        if spec.model is None or not (spec.model / "openvino_model.xml").is_file():
            raise ModelDamaged(
                f"There is no openvino_model.xml in {spec.model and spec.model.name}.",
                remedy="Run 'phi-sidecar models prepare' to fetch or make it again.",
            )
        prepare_process()
        try:
            from phi_sidecar.backends.openvino_optimum.model import load_model

            return load_model(spec)
        except (PhiSidecarError, MemoryError):
            raise
        except Exception as error:  # what its readers run into comes out as anything
            # A damaged file, too little memory or a driver: the library does not tell them apart.
            raise AcceleratorUnusable(
                f"Optimum Intel could not load {spec.model.name} on {spec.device}:"
                f" {type(error).__name__}.",
                remedy="Close other programs if memory is short, or choose another accelerator.",
            ) from error
