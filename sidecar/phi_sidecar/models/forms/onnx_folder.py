"""A folder as ONNX Runtime GenAI reads it: genai_config.json and an ONNX graph."""

import mmap
import re
from collections.abc import Mapping
from pathlib import Path

from phi_sidecar.foreign_code import names_code
from phi_sidecar.models.catalog import Format
from phi_sidecar.models.forms.found import Found
from phi_sidecar.models.forms.refusal import NotUsable, incomplete, read_json, require
from phi_sidecar.models.forms.tokenizer import check_tokenizer

CONFIG = "genai_config.json"

_KINDS = {"dml": "DML", "cuda": "CUDA"}
"""Our kinds of devices, by the provider that a model was built for; without one it is the CPU."""

# Protocol buffers: a field's number and type in a byte, a length, then the field itself. What
# ONNX keeps outside of the graph's file is named by pairs of strings.
_LOCATION = b"\n\x08location\x12"
_OFFSET = b"\n\x06offset\x12"
_LENGTH = b"\n\x06length\x12"
_PAIRS_BYTES = 160
_BITS = re.compile(rb"\n\x04bits\x18(.)", re.DOTALL)
_CACHE_TYPE = re.compile(rb"past_key_values\.0\.key\x12..?\x0a..?\x08(.)", re.DOTALL)
Bytes = bytes | mmap.mmap

_FLOATS = {1: "fp32", 10: "fp16", 16: "bf16"}
"""By ONNX's number of the element's type."""


def recognize(folder: Path) -> Found:
    """Check a folder and say what is in it.

    Raises:
        NotUsable: it holds no such model, or not all of it.
    """
    config = read_json(folder / CONFIG)
    if names_code(config):
        raise NotUsable(
            "It would load code of its own, which is never run.",
            remedy="Take a model without a library of custom operators.",
        )
    model = _section(config, "model")
    decoder = _section(model, "decoder")
    if "pipeline" in decoder:
        raise NotUsable(
            "It is cut into several graphs for one maker's NPU, which is not supported.",
            remedy="Take the model's variant for the CPU, DirectML or CUDA.",
        )
    kind = _kind(decoder)
    graph = folder / _file_name(decoder)
    weight_bytes = require(graph) + _outside_bytes(graph)
    check_tokenizer(folder)
    quantization = _quantization(graph)
    layers, kv_heads, head_size = (
        _count(decoder, name) for name in ("num_hidden_layers", "num_key_value_heads", "head_size")
    )
    return Found(
        path=folder,
        format=Format.ONNX,
        model_type=str(model.get("type")),
        context_window=_count(model, "context_length"),
        quantization=quantization,
        quantizations=(quantization,),
        accelerators=(f"onnxruntime-genai/{kind}",),
        weight_bytes=weight_bytes,
        kv_bytes_per_token=2 * 2 * layers * kv_heads * head_size,
    )


def _kind(decoder: Mapping[str, object]) -> str:
    session = decoder.get("session_options")
    options = session.get("provider_options") if isinstance(session, dict) else None
    if not isinstance(options, list | None) or not all(
        isinstance(each, dict) for each in options or []
    ):
        raise NotUsable(f"{CONFIG} has provider options that cannot be understood.")
    providers = [str(name).lower() for each in options or [] for name in each]
    if not providers:
        return "CPU"
    for provider in providers:
        if provider not in _KINDS:
            raise NotUsable(
                f"It was built for the provider {provider!r}, which is not supported.",
                remedy="Take the model's variant for the CPU, DirectML or CUDA.",
            )
    return _KINDS[providers[0]]


def _file_name(decoder: Mapping[str, object]) -> str:
    name = decoder.get("filename", "model.onnx")
    if not isinstance(name, str) or Path(name).name != name:
        raise NotUsable(f"{CONFIG} names a graph outside of the folder.")
    return name


def _outside_bytes(graph: Path) -> int:
    """Check that the weights outside of the graph's file are all there; return their bytes."""
    with graph.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        try:
            needed = _kept_outside(text)
        except IndexError:
            raise incomplete(f"{graph.name} is cut short or damaged.") from None
    for name in needed:
        # Checked for every system: a stat of `\\\\host\\share` alone signs in there on Windows.
        leaves = ".." in name or "\\" in name or ":" in name or name.startswith("/")
        if leaves or not name.isprintable():
            raise NotUsable(f"{graph.name} names weights outside of the folder.")
    return sum(require(graph.parent / name, end) for name, end in needed.items())


def _kept_outside(text: Bytes) -> Mapping[str, int]:
    """Return the files that a graph's weights lie in, each with where the last of them ends."""
    needed: dict[str, int] = {}
    at = text.find(_LOCATION)
    while at >= 0:
        name, behind = _string_at(text, at + len(_LOCATION))
        at = text.find(_LOCATION, behind)
        rest = text[behind : min(behind + _PAIRS_BYTES, at if at >= 0 else len(text))]
        end = _number_behind(_OFFSET, rest) + _number_behind(_LENGTH, rest)
        needed[name] = max(needed.get(name, 1), end)
    return needed


def _string_at(text: Bytes, at: int) -> tuple[str, int]:
    """Read a string whose length stands before it; return it and where it ends."""
    length = text[at]
    if length >= 1 << 7:
        at += 1
        length = length - (1 << 7) + (text[at] << 7)
    begin = at + 1
    return text[begin : begin + length].decode("utf-8", "replace"), begin + length


def _number_behind(key: bytes, pairs: bytes) -> int:
    at = pairs.find(key)
    digits = "" if at < 0 else _string_at(pairs, at + len(key))[0]
    return int(digits) if digits.isdecimal() else 0


def _quantization(graph: Path) -> str:
    with graph.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text.find(b"MatMulNBits") >= 0:
            bits = [match[1][0] for match in _BITS.finditer(text)]
            return f"int{min(bits, default=4)}"
        cache = _CACHE_TYPE.search(text)
        return _FLOATS.get(cache[1][0], "fp16") if cache else "fp16"


def _section(holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    section = holder.get(name)
    if not isinstance(section, dict):
        raise incomplete(f"{CONFIG} has no section {name!r}.")
    return section


def _count(holder: Mapping[str, object], name: str) -> int:
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise incomplete(f"{CONFIG} gives no usable {name}.")
    return value
