"""ONNX Runtime GenAI: DirectML on Windows, CUDA where that build is installed, the CPU anywhere."""

from collections.abc import Sequence

from phi_sidecar.backends.base import Device, DeviceKind, LoadedModel, LoadSpec
from phi_sidecar.backends.onnxruntime_genai.folder import BYTES_PER_ELEMENT, read_folder
from phi_sidecar.backends.onnxruntime_genai.placement import place, refuse_unless_built_for
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged, PhiSidecarError
from phi_sidecar.machine.adapters import directx_adapters
from phi_sidecar.machine.devices import Maker
from phi_sidecar.machine.hardware import Hardware


class OnnxRuntimeGenAi:
    """The backend of the accelerators of ONNX Runtime GenAI."""

    id = "onnxruntime-genai"
    environment = "directml"
    needs_model = True
    devices: Sequence[DeviceKind] = (
        DeviceKind(
            device="DML",
            name="GPU (DirectML)",
            always_present=False,
            absent_reason="DirectML needs Windows, and a GPU with a driver for DirectX 12.",
            absent_remedy="On Windows, update the graphics driver; "
            "elsewhere choose another accelerator.",
            needs=Hardware.DIRECTX12,
        ),
        DeviceKind(
            device="CUDA",
            name="NVIDIA GPU (CUDA)",
            always_present=False,
            absent_reason="The installed ONNX Runtime GenAI is not its build for CUDA, "
            "or no NVIDIA GPU is found.",
            absent_remedy="On Windows, use the GPU through DirectML.",
            needs=Hardware.NVIDIA_GPU,
        ),
        DeviceKind(
            device="CPU",
            name="CPU (ONNX Runtime)",
            always_present=True,
            absent_reason="ONNX Runtime does not support this processor.",
            absent_remedy="Choose another accelerator.",
            kv_value_bytes=BYTES_PER_ELEMENT["cpu"],
        ),
    )

    def probe(self) -> Sequence[Device]:
        """Put together what the installed build has with what is in the machine."""
        import onnxruntime_genai as og

        from phi_sidecar.machine.inventory import read_machine
        from phi_sidecar.machine.processor import read_processor

        found = []
        if og.is_dml_available():
            found += [
                Device(device=f"DML.{adapter.index}", full_name=adapter.name)
                for adapter in directx_adapters()
                # DirectML takes what it can find through DXGI, where an NPU is not.
                if not adapter.compute_only
            ]
        if og.is_cuda_available():
            gpus = read_machine().gpus or ()
            nvidia = [gpu for gpu in gpus if gpu.maker is Maker.NVIDIA and gpu.trouble is None]
            # The library's own first one.
            found += [Device(device="CUDA", full_name=gpu.name) for gpu in nvidia[:1]]
        return [*found, Device(device="CPU", full_name=read_processor().name)]

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Load a folder that the library's model builder has made."""
        if spec.model is None or not spec.model.is_dir():
            raise ModelDamaged(
                f"The model's files are not at {spec.model}.",
                remedy="Run 'phi-sidecar models prepare' to fetch them again.",
            )
        folder = read_folder(spec.model)
        refuse_unless_built_for(spec.device, folder)
        placement = place(spec.device, directx_adapters())
        try:
            from phi_sidecar.backends.onnxruntime_genai.model import load

            return load(spec, folder, placement)
        except (PhiSidecarError, MemoryError):
            raise
        except Exception as error:  # what its readers run into comes out as anything
            # A damaged file, too little memory or a driver: the library does not tell them apart.
            raise AcceleratorUnusable(
                f"ONNX Runtime could not load {spec.model.name} on {spec.device}: {error}",
                remedy="Close other programs if memory is short, or choose another accelerator.",
            ) from error
