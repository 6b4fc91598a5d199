"""Quantized weights, kept between runs: plain tensors, found by what is in the model's files."""

import hashlib
import json
import logging
from pathlib import Path

import intel_npu_acceleration_library
import neural_compressor
import torch
from accelerate import init_empty_weights
from intel_npu_acceleration_library.nn.linear import QuantizedLinear
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from phi_sidecar.provision import place

log = logging.getLogger(__name__)

FORMAT = "1"
"""Of the files; a new one makes older files unknown."""

MAKERS = (
    f"intel-npu-acceleration-library {intel_npu_acceleration_library.__version__}",
    f"neural-compressor {neural_compressor.__version__}",
)
"""What decides how the weights come out."""


class KeptWeights:
    """Where the quantized weights of one model are, or would be."""

    def __init__(self, cache: Path, model: Path, quantization: str) -> None:
        self._model = model
        self._folder = cache / "quantized"
        key = _content_key(model, cache / "digests.json", quantization)
        self._family = f"{_path_key(model)}-{quantization}-"
        self._file = self._folder / f"{self._family}{key}.safetensors"

    def load(self) -> PreTrainedModel | None:
        """Return the model with the weights that were kept; None where there are none."""
        if not self._file.is_file():
            return None
        try:
            return _restored(self._model, load_file(self._file))
        except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
            log.warning(
                "kept weights cannot be read (%s); they are made anew", type(error).__name__
            )
            return None

    def save(self, model: PreTrainedModel) -> None:
        """Keep a model's weights, in place of those of the same folder with other content.

        Where there is no room the next load quantizes again; this one goes on.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            place.sweep(self._file)
            made = place.beside(self._file)
            try:
                save_file(_tensors(model), made)
                place.put(made, self._file)
            finally:
                place.remove(made)
            for older in self._folder.glob(f"{self._family}*"):
                if older != self._file:
                    place.remove(older)
        except (OSError, SafetensorError) as error:
            log.warning("the quantized weights are not kept: %s", type(error).__name__)


def _tensors(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    for name, layer in model.named_modules():
        if isinstance(layer, QuantizedLinear):
            # Not parameters, so not part of the state.
            tensors[f"{name}.weight"] = layer.weight.contiguous()
            tensors[f"{name}.scale"] = layer.scale.contiguous()
    return tensors


def _restored(folder: Path, tensors: dict[str, torch.Tensor]) -> PreTrainedModel:
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    config.tie_word_embeddings = False
    with init_empty_weights(include_buffers=False):
        model: PreTrainedModel = AutoModelForCausalLM.from_config(
            config, attn_implementation="sdpa", trust_remote_code=False
        )
    linears = [name for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)]
    for name in linears:
        layer = QuantizedLinear(tensors.pop(f"{name}.weight"), tensors[f"{name}.scale"])
        # It was kept as the layer has it, after what its constructor does to it.
        layer.scale = tensors.pop(f"{name}.scale")
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, layer)
    model.load_state_dict(tensors, strict=True, assign=True)
    return model.eval()


def _path_key(model: Path) -> str:
    return hashlib.sha256(str(model).encode()).hexdigest()[:12]


def _content_key(model: Path, digests: Path, quantization: str) -> str:
    parts = [FORMAT, quantization, *MAKERS]
    known = _read_digests(digests)
    files = [model / "config.json", *sorted(model.glob("*.safetensors"))]
    for file in files:
        status = file.stat()
        mark = [status.st_size, status.st_mtime_ns]
        found = known.get(str(file))
        # Gigabytes take seconds to read: a file that did not change is taken at its word.
        if found is None or found[:2] != mark:
            found = [*mark, _digest(file)]
            known[str(file)] = found
        parts.append(f"{file.name} {found[2]}")
    _write_digests(digests, known)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_digests(file: Path) -> dict[str, list[object]]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(told, dict) and all(
        isinstance(entry, list) and len(entry) == 3 for entry in told.values()
    )
    return told if whole else {}


def _write_digests(file: Path, known: dict[str, list[object]]) -> None:
    there = {path: entry for path, entry in known.items() if Path(path).is_file()}
    made = place.beside(file)
    try:
        made.write_text(json.dumps(there), encoding="utf-8")
        place.put(made, file)
    except OSError as error:
        log.warning("digests are not kept: %s", type(error).__name__)
