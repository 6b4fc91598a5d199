"""A folder as transformers keeps models: config.json and safetensors."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from phi_sidecar.models.catalog import Format
from phi_sidecar.models.conversion.architecture import Architecture, NotAModel, read_architecture
from phi_sidecar.models.forms.found import Found
from phi_sidecar.models.forms.refusal import NotUsable, incomplete, read_json, require
from phi_sidecar.models.forms.safetensors import Tensor, read_head
from phi_sidecar.models.forms.tokenizer import check_tokenizer

_WEIGHTS = "model.safetensors"
_INDEX = "model.safetensors.index.json"
ADAPTER = "adapter_config.json"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_FLOATS = frozenset({"F16", "BF16", "F32"})


def recognize(folder: Path) -> Found:
    """Check a folder and say what is in it.

    Raises:
        NotUsable: it holds no such model, or not all of it.
    """
    refuse_adapter(folder)
    architecture = read_sizes(folder)
    tensors = _read_weights(folder)
    _check_fit(tensors, architecture)
    check_tokenizer(folder)
    return Found(
        path=folder,
        format=Format.TRANSFORMERS,
        model_type=architecture.model_type,
        context_window=architecture.context_window,
        quantization="fp16",
        # The one backend that takes this form rounds the weights while it loads: as in the catalog.
        quantizations=("int8", "fp16", "int4"),
        accelerators=("intel-npu/NPU",),
        weight_bytes=architecture.parameters * 2,
        kv_bytes_per_token=architecture.kv_bytes_per_token,
    )


def refuse_adapter(folder: Path) -> None:
    """Refuse what only changes another model.

    Beside whole weights a runtime would apply it without a word, or leave it out without one.

    Raises:
        NotUsable: the folder holds an adapter.
    """
    if (folder / ADAPTER).is_file():
        raise NotUsable(
            f"It holds an adapter (LoRA, {ADAPTER}), which changes another model and is not"
            " applied here.",
            remedy="Merge the adapter into its model (PEFT's merge_and_unload), save that, and"
            " choose its folder; or remove the adapter's files if the model is meant without it.",
        )


def read_sizes(folder: Path) -> Architecture:
    """Read the model's sizes.

    Raises:
        NotUsable: it is not a model of the kind that can be used.
    """
    config = read_json(folder / "config.json")
    if config.get("quantization_config"):
        raise NotUsable(
            "Its weights are rounded already, in a way that only its own library reads.",
            remedy="Take the original model with its 16-bit weights.",
        )
    try:
        return read_architecture(config)
    except NotAModel as error:
        raise NotUsable(f"It cannot be used: {error}.") from error


def _read_weights(folder: Path) -> Mapping[str, Tensor]:
    if (folder / _INDEX).is_file():
        listed = read_json(folder / _INDEX).get("weight_map")
        if not isinstance(listed, dict) or not listed:
            raise incomplete(f"{_INDEX} lists no weights.")
        tensors: dict[str, Tensor] = {}
        for name in sorted({str(name) for name in listed.values()}):
            if Path(name).name != name:
                raise NotUsable(f"{_INDEX} names a file outside of the folder.")
            tensors.update(read_head(folder / name))
        missing = [name for name in listed if name not in tensors]
        if missing:
            raise incomplete(f"{len(missing)} of the weights in {_INDEX} are in none of its files.")
        return tensors
    if (folder / _WEIGHTS).is_file():
        return read_head(folder / _WEIGHTS)
    if any(next(folder.glob(pattern), None) for pattern in _PICKLED):
        raise NotUsable(
            "Its weights are pickled (.bin or .pt): reading such a file can run any program.",
            remedy="Take the model's safetensors files instead; nearly every model has them.",
        )
    require(folder / _WEIGHTS)
    raise AssertionError(folder)


def _check_fit(tensors: Mapping[str, Tensor], architecture: Architecture) -> None:
    """Compare the weights with what config.json says of them."""
    embedding = tensors.get("model.embed_tokens.weight")
    expected = (architecture.vocabulary, architecture.hidden_size)
    if embedding is None or embedding.shape != expected:
        told = "none" if embedding is None else "one of other sizes"
        raise incomplete(f"config.json and the weights do not fit: the embedding is {told}.")
    layers = {
        int(name.split(".")[2])
        for name in tensors
        if name.startswith("model.layers.") and name.split(".")[2].isdigit()
    }
    absent = sorted(set(range(architecture.layers)) - layers)
    if absent:
        raise incomplete(f"Of {architecture.layers} layers, {len(absent)} are not in the weights.")
    kinds = Counter(tensor.dtype for tensor in tensors.values())
    usual = kinds.most_common(1)[0][0]
    if usual not in _FLOATS:
        raise NotUsable(
            f"Its weights are kept as {usual}, not as floating-point numbers of 16 or 32 bits.",
            remedy="Take the original model with its 16-bit weights.",
        )
