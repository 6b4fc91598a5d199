"""The head of a GGUF file: what is in it, without reading it."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phi_sidecar.models.catalog import Format
from phi_sidecar.models.forms.found import Found
from phi_sidecar.models.forms.refusal import NotUsable, incomplete, require

MAGIC = b"GGUF"

_ARCHITECTURES = ("llama", "qwen2", "qwen3")
"""Those that OpenVINO GenAI's own reader knows: its guide 'Run GGUF models'."""

_BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    8: (32, 34),
    12: (256, 144),
    14: (256, 210),
}
"""Weights and bytes of a block, by ggml's number of the type: those that OpenVINO's reader knows.

F32, F16, Q4_0, Q4_1, Q8_0, Q4_K and Q6_K.
"""

_QUANTIZATIONS = {
    0: "fp32",
    1: "fp16",
    2: "q4_0",
    3: "q4_1",
    7: "q8_0",
    14: "q4_k_s",
    15: "q4_k_m",
    18: "q6_k",
}
"""By GGUF's `general.file_type`."""

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_MOST_ENTRIES = 1_000_000
_ALIGNMENT = 32

Value = int | float | bool | str | None


@dataclass(frozen=True)
class Head:
    """What a file says of itself.

    Attributes:
        values: its metadata; an array's place holds None.
        ends: for each tensor its ggml type, and where it ends, from the first tensor's begin.
        size_bytes: of the head itself.
    """

    values: Mapping[str, Value]
    ends: tuple[tuple[int, int], ...]
    size_bytes: int


def recognize(file: Path) -> Found:
    """Check a file and say what is in it.

    Raises:
        NotUsable: it holds no model that can be run, or not all of it.
    """
    require(file, at_least_bytes=len(MAGIC))
    try:
        head = _read(file)
    except (struct.error, EOFError, ValueError, KeyError, OverflowError) as error:
        raise incomplete(f"{file.name} is cut short or damaged within its head.") from error
    architecture = str(head.values.get("general.architecture"))
    if architecture not in _ARCHITECTURES:
        raise NotUsable(
            f"{file.name} holds a model of the kind {architecture!r}; OpenVINO reads GGUF files"
            f" of {', '.join(_ARCHITECTURES)} only.",
            remedy="Take the same model in OpenVINO, ONNX or safetensors form.",
        )
    unknown = {kind for kind, _ in head.ends if kind not in _BLOCKS}
    if unknown or not head.ends:
        raise NotUsable(
            f"{file.name} is rounded in a way that OpenVINO does not read.",
            remedy="Take its variant in Q4_0, Q4_1, Q4_K_M, Q6_K, Q8_0 or F16.",
        )
    if not head.values.get("tokenizer.chat_template"):
        raise NotUsable(
            f"{file.name} has no chat template, so questions cannot be put to it.",
            remedy="Take the model's variant for conversations, often called 'instruct'.",
        )
    quantization = _QUANTIZATIONS.get(_count(head, "general.file_type", 0), "mixed")
    size = require(file, at_least_bytes=head.size_bytes + max(end for _, end in head.ends))
    return Found(
        path=file,
        format=Format.GGUF,
        model_type=architecture,
        context_window=_count(head, f"{architecture}.context_length"),
        quantization=quantization,
        quantizations=(quantization,),
        # Not the NPU: its compiler takes no graph of OpenVINO's GGUF reader.
        accelerators=("openvino-genai/CPU", "openvino-genai/GPU"),
        weight_bytes=size,
        kv_bytes_per_token=_kv_bytes(head, architecture),
    )


def _kv_bytes(head: Head, architecture: str) -> int:
    heads = _count(head, f"{architecture}.attention.head_count")
    kv_heads = _count(head, f"{architecture}.attention.head_count_kv", heads)
    head_size = _count(head, f"{architecture}.embedding_length") // max(heads, 1)
    return 2 * 2 * _count(head, f"{architecture}.block_count") * kv_heads * head_size


def _count(head: Head, name: str, otherwise: int | None = None) -> int:
    value = head.values.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise incomplete(f"The GGUF file gives no usable {name}.")
    return value


def _read(file: Path) -> Head:
    with file.open("rb") as opened:
        magic, version, tensors, values = struct.unpack("<4sIQQ", _exactly(opened, 24))
        if magic != MAGIC or version not in (2, 3) or max(tensors, values) > _MOST_ENTRIES:
            raise incomplete(f"{file.name} is no GGUF file of a version that is known.")
        found: dict[str, Value] = {}
        for _ in range(values):
            key = _string(opened)
            found[key] = _value(opened, _number(opened, "I"))
        ends = []
        for _ in range(tensors):
            _string(opened)
            shape = [_number(opened, "Q") for _ in range(_number(opened, "I"))]
            kind, offset = _number(opened, "I"), _number(opened, "Q")
            ends.append((kind, offset + _bytes_of(kind, shape)))
        head_bytes = opened.tell()
    alignment = found.get("general.alignment", _ALIGNMENT)
    step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
    return Head(found, tuple(ends), -(-head_bytes // step) * step)


def _bytes_of(kind: int, shape: list[int]) -> int:
    weights = 1
    for length in shape:
        weights *= length
    block, size = _BLOCKS.get(kind, (1, 0))
    return weights // block * size


def _value(opened: BinaryIO, kind: int) -> Value:
    if kind == _STRING:
        return _string(opened)
    if kind == _ARRAY:
        inner, count = _number(opened, "I"), _number(opened, "Q")
        if inner == _STRING:
            for _ in range(count):
                opened.seek(_number(opened, "Q"), 1)
        else:
            opened.seek(count * struct.calcsize("<" + _SCALARS[inner]), 1)
        return None
    (value,) = struct.unpack(
        "<" + _SCALARS[kind], _exactly(opened, struct.calcsize(_SCALARS[kind]))
    )
    return value if isinstance(value, int | float) else None


def _number(opened: BinaryIO, form: str) -> int:
    (value,) = struct.unpack("<" + form, _exactly(opened, struct.calcsize("<" + form)))
    return int(value)


def _string(opened: BinaryIO) -> str:
    return _exactly(opened, _number(opened, "Q")).decode("utf-8")


def _exactly(opened: BinaryIO, count: int) -> bytes:
    if count > 1 << 26:
        raise EOFError
    read = opened.read(count)
    if len(read) < count:
        raise EOFError
    return read
