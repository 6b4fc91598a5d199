"""What an examination brings to light."""

from collections.abc import Sequence
from dataclasses import dataclass

from phi_sidecar.doctor.machine import Machine
from phi_sidecar.doctor.workers import RunningWorker
from phi_sidecar.generated.protocol import Accelerator, ModelInfo, Status


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        remedy: what to do, where it is not well.
    """

    what: str
    well: bool
    found: str
    remedy: str | None = None


_RUNTIMES = frozenset(
    {
        *("openvino", "openvino-genai", "openvino-tokenizers", "optimum-intel", "nncf"),
        *("onnxruntime", "onnxruntime-directml"),
        *("onnxruntime-genai", "onnxruntime-genai-directml", "onnxruntime-genai-cuda"),
        *("intel-npu-acceleration-library", "torch", "transformers"),
    }
)
"""What a bug may be in; everything else is what these bring along, the same in every environment
that was made from the same lock."""


@dataclass(frozen=True)
class ExaminedEnvironment:
    """A runtime's environment.

    Attributes:
        packages: what is, or would be, in it, each with its version behind a blank.
        bytes_on_disk: what it takes now.
        download_bytes: what making it fetches; None where that is not known.
        obstacle: why it cannot be made on this machine.
    """

    name: str
    state: str
    packages: Sequence[str]
    bytes_on_disk: int = 0
    download_bytes: int | None = None
    obstacle: str | None = None

    @property
    def runtimes(self) -> Sequence[str]:
        """Those of its packages that run or convert models."""
        return [package for package in self.packages if package.partition(" ")[0] in _RUNTIMES]


@dataclass(frozen=True)
class ExaminedModel:
    """A known model in one of its forms.

    Attributes:
        build: the form's id.
        bytes_on_disk: 0 while it is not here.
    """

    info: ModelInfo
    build: str
    state: str
    bytes_on_disk: int
    download_bytes: int


@dataclass(frozen=True)
class Examination:
    """Everything that was looked at; nothing of it is private.

    Attributes:
        window: what the window that asked says of its model; None outside of a window.
        selected_model: the chosen model's id.
    """

    machine: Machine
    findings: Sequence[Finding]
    environments: Sequence[ExaminedEnvironment]
    models: Sequence[ExaminedModel]
    accelerators: Sequence[Accelerator]
    selected_model: str
    workers: Sequence[RunningWorker]
    window: Status | None

    @property
    def well(self) -> bool:
        """Whether nothing needs the person's attention."""
        return all(finding.well for finding in self.findings)
