"""OpenVINO GenAI: batches on the CPU and Intel GPUs, static shapes on the NPU."""

import logging
from collections.abc import Sequence
from pathlib import Path

from phi_sidecar.backends.base import Device, DeviceKind, LoadedModel, LoadSpec
from phi_sidecar.backends.openvino_devices import is_found, is_same
from phi_sidecar.backends.openvino_genai.settings import (
    BESIDE_TOKENS,
    COPY_OPTIONS,
    MAX_PROMPT_TOKENS,
    MIN_RESPONSE_TOKENS,
    WHOLE_KEYS,
    BatchingSettings,
    batching_settings,
)
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged, PhiSidecarError
from phi_sidecar.machine.hardware import Hardware

_DRIVERS = "https://docs.openvino.ai/2026/get-started/install-openvino/configurations"
"""OpenVINO's pages on the drivers its devices need, for Windows and Linux; as old as its lock."""

_OLDEST_NPU_DRIVER = "32.0.100.3104"
"""What OpenVINO's guide to language models on the NPU asks for where generating fails."""


log = logging.getLogger(__name__)


class OpenVinoGenAi:
    """The backend of the OpenVINO accelerators."""

    id = "openvino-genai"
    environment = "openvino"
    needs_model = True
    devices: Sequence[DeviceKind] = (
        DeviceKind(
            device="CPU",
            name="CPU (OpenVINO)",
            always_present=True,
            absent_reason="OpenVINO does not support this processor.",
            absent_remedy="Choose another accelerator.",
            # Eight bits, with scales of their own: 1.2 measured on the starter. Its copy has 16.
            kv_value_bytes=1.25,
            beside_tokens=BESIDE_TOKENS,
            scales_positions=True,
        ),
        DeviceKind(
            device="GPU",
            name="Intel GPU (OpenVINO)",
            always_present=False,
            absent_reason="No Intel GPU is found.",
            absent_remedy="If there is one, install its driver and look again.",
            driver_url=f"{_DRIVERS}/configurations-intel-gpu.html",
            needs=Hardware.INTEL_GPU,
            beside_tokens=BESIDE_TOKENS,
            scales_positions=True,
        ),
        DeviceKind(
            device="NPU",
            name="Intel NPU (OpenVINO)",
            always_present=False,
            absent_reason="No Intel NPU is found.",
            absent_remedy="Core Ultra processors have one: install its driver and look again.",
            driver_url=f"{_DRIVERS}/configurations-intel-npu.html",
            needs=Hardware.INTEL_NPU,
            oldest_driver=_OLDEST_NPU_DRIVER,
            most_tokens=MAX_PROMPT_TOKENS + MIN_RESPONSE_TOKENS,
        ),
    )

    def probe(self) -> Sequence[Device]:
        """Ask OpenVINO for the devices it can use."""
        import openvino as ov

        core = ov.Core()
        return [
            Device(device=device, full_name=str(core.get_property(device, "FULL_DEVICE_NAME")))
            for device in core.available_devices
        ]

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Load a model: a folder of OpenVINO IR, or a GGUF file."""
        if spec.model is None or not spec.model.exists():
            raise ModelDamaged(
                f"The model's files are not at {spec.model}.",
                remedy="Run 'phi-sidecar models prepare' to fetch them again.",
            )
        executing_device = _executing_device(spec.device, spec.backend_options)
        try:
            if spec.device.startswith("NPU"):
                from phi_sidecar.backends.openvino_genai.static import StaticModel

                return StaticModel(spec, executing_device)
            return _batched(spec, spec.model, executing_device)
        except (PhiSidecarError, MemoryError):
            raise
        except Exception as error:  # what its readers run into comes out as anything
            # A damaged file, too little memory or a driver: the library does not tell them apart.
            raise AcceleratorUnusable(
                f"OpenVINO could not load {spec.model.name} on {spec.device}: {_last_line(error)}",
                remedy="Close other programs if memory is short, or choose another accelerator.",
            ) from error


def _batched(spec: LoadSpec, original: Path, executing_device: str) -> LoadedModel:
    from phi_sidecar.backends.openvino_genai.exact_copy import readable

    model = readable(original, spec.cache)
    options = spec.backend_options
    copied = spec.device == "CPU" and model != original
    if copied:
        options = {**COPY_OPTIONS, **options}
    if spec.device == "CPU" and model.is_dir():
        from phi_sidecar.backends.openvino_genai.paged_graph import NotPageable

        try:
            whole = {**WHOLE_KEYS, **options}
            if copied and whole != options:
                try:
                    return _paged(model, spec, whole, executing_device)
                except RuntimeError as error:
                    # What no processor here has said; but it may be anything else as well.
                    log.warning("it is tried with OpenVINO's own keys: %s", _last_line(error))
            # Not within the `except`: the error would hold what the first try has taken.
            return _paged(model, spec, options, executing_device)
        except NotPageable as error:
            log.info("the library's own loop is used: %s", error)
    # Its reader of GGUF files is its own. On a GPU its loop keeps what it needs on the device.
    from phi_sidecar.backends.openvino_genai.pipeline import PipelineModel

    return PipelineModel(model, spec, _settings(model, spec, options), executing_device)


def _paged(
    model: Path, spec: LoadSpec, options: dict[str, str], executing_device: str
) -> LoadedModel:
    from phi_sidecar.backends.openvino_genai.paged import load_paged

    return load_paged(model, spec, _settings(model, spec, options), executing_device)


def _settings(model: Path, spec: LoadSpec, options: dict[str, str]) -> BatchingSettings:
    return batching_settings(spec.device, spec.cache, _weight_bytes(model), options)


def _weight_bytes(model: Path) -> int:
    if model.is_file():
        return model.stat().st_size
    return sum(file.stat().st_size for file in model.glob("*.bin"))


def _executing_device(device: str, options: dict[str, str]) -> str:
    """Compile a graph of one operation as the model will be, and read back where it runs.

    The pipelines do not hand out their compiled model, so this is as close as can be asked.

    Raises:
        AcceleratorUnusable: OpenVINO does not have the device, or would run elsewhere.
    """
    import numpy as np
    import openvino as ov
    from openvino import opset13

    core = ov.Core()
    kind = device.split(".")[0]
    through_npuw = options.get("NPUW_DEVICES") if kind == "NPU" else None
    if through_npuw is not None:
        # The NPU's compiler front runs the model on other devices, when told to.
        return f"{through_npuw} (through NPUW)"
    found = core.available_devices
    if not is_found(device, found):
        raise AcceleratorUnusable(
            f"OpenVINO does not find {device}; it finds {', '.join(found) or 'nothing'}.",
            remedy="Install the device's driver, or choose another accelerator.",
        )
    value = opset13.parameter([1], np.float32)
    compiled = core.compile_model(ov.Model([opset13.relu(value)], [value], "where"), device)
    devices = list(compiled.get_property("EXECUTION_DEVICES"))
    executing = ", ".join(devices)
    if len(devices) != 1 or not is_same(device, executing):
        raise AcceleratorUnusable(
            f"OpenVINO would run on {executing} instead of {device}.",
            remedy=f"Install the driver of {device}, or choose {executing} yourself.",
        )
    return executing


def _last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
