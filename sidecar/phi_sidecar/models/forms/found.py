"""What was found in a folder or file."""

from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import Format


@dataclass(frozen=True)
class Found:
    """A model that was recognized and looks whole.

    Attributes:
        path: the folder, or the one file of a GGUF model.
        model_type: what its makers' code is called, such as `phi3`.
        quantization: of the weights as they lie there.
        quantizations: what can be chosen with these files, the best first.
        accelerators: what can run them: backend and kind of device, as `backend/KIND`.
        weight_bytes: of its weights on disk.
        kv_bytes_per_token: of its keys and values, at 16 bits each.
    """

    path: Path
    format: Format
    model_type: str
    context_window: int
    quantization: str
    quantizations: tuple[str, ...]
    accelerators: tuple[str, ...]
    weight_bytes: int
    kv_bytes_per_token: int

    @property
    def memory_bytes(self) -> int:
        """Free memory that loading it takes; keys and values come on top."""
        return int(self.weight_bytes * 1.1) + _RUNTIME_BYTES

    @property
    def kv_values_per_token(self) -> int:
        """Numbers that its keys and values have for one token."""
        return self.kv_bytes_per_token // 2


_RUNTIME_BYTES = 300_000_000
