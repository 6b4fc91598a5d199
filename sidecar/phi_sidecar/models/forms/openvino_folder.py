"""A folder with OpenVINO's own form: openvino_model.xml and .bin, the tokenizer beside them."""

import re
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import Format
from phi_sidecar.models.forms.found import Found
from phi_sidecar.models.forms.refusal import NotUsable, incomplete, require
from phi_sidecar.models.forms.tokenizer import check_template, has_tokenizer
from phi_sidecar.models.forms.transformers_folder import read_sizes

MODEL = "openvino_model.xml"

_TOKENIZER = ("openvino_tokenizer", "openvino_detokenizer")
_WHERE = re.compile(rb'offset="(\d+)" size="(\d+)"')
_NNCF = re.compile(rb'<(mode|group_size|ratio|backup_mode) value="([^"]*)"')
_ELEMENT = re.compile(rb'element_type="(i4|u4|i8|u8|f16|bf16|f32)"[^>]*? size="(\d+)"')
_FOUR_BITS = ("i4", "u4")
_EIGHT_BITS = ("i8", "u8")
_NPU_GROUPS = ("128", "-1")
"""Those of OpenVINO's page on language models on the NPU."""


@dataclass(frozen=True)
class Compression:
    """How the weights were rounded, as the file says.

    Attributes:
        mode: as NNCF names it, such as `int4_sym`; None where it did nothing, or left no word.
    """

    quantization: str
    mode: str | None
    group_size: str | None
    ratio: str | None

    @property
    def fits_npu(self) -> bool:
        """Tell whether OpenVINO's NPU compiler takes weights like these."""
        if self.mode is None:
            return self.quantization == "fp16"
        if self.mode == "int8_sym":
            return True
        whole = self.ratio in (None, "1", "1.0")
        return self.mode == "int4_sym" and self.group_size in _NPU_GROUPS and whole


def recognize(folder: Path) -> Found:
    """Check a folder and say what is in it.

    Raises:
        NotUsable: it holds no such model, or not all of it.
    """
    require(folder / MODEL)
    text = (folder / MODEL).read_bytes()
    weight_bytes = _check_graph(folder / MODEL, text)
    if b'type="ReadValue"' not in text:
        raise NotUsable(
            "It is no model that continues text with what it has seen kept in memory.",
            remedy="Export it with the task text-generation-with-past.",
        )
    architecture = read_sizes(folder)
    compression = read_compression(text)
    accelerators: list[str] = []
    if _has_graphs(folder, _TOKENIZER):
        kinds = ("CPU", "GPU", "NPU") if compression.fits_npu else ("CPU", "GPU")
        accelerators += [f"openvino-genai/{kind}" for kind in kinds]
    if has_tokenizer(folder):
        accelerators += ["openvino-optimum/CPU", "openvino-optimum/GPU"]
    if not accelerators:
        raise incomplete(
            "Its tokenizer is missing (openvino_tokenizer.xml and openvino_detokenizer.xml,"
            " or tokenizer.json and tokenizer_config.json)."
        )
    check_template(folder)
    return Found(
        path=folder,
        format=Format.OPENVINO,
        model_type=architecture.model_type,
        context_window=architecture.context_window,
        quantization=compression.quantization,
        quantizations=(compression.quantization,),
        accelerators=tuple(accelerators),
        weight_bytes=weight_bytes,
        kv_bytes_per_token=architecture.kv_bytes_per_token,
    )


def read_compression(graph: bytes) -> Compression:
    """Read how a graph's weights were rounded."""
    # What NNCF wrote stands behind all layers.
    noted = (
        graph.rpartition(b"<weight_compression>")[2] if b"<weight_compression>" in graph else b""
    )
    told = {name.decode(): value.decode("utf-8", "replace") for name, value in _NNCF.findall(noted)}
    sizes: dict[str, int] = {}
    for element, size in _ELEMENT.findall(graph):
        sizes[element.decode()] = sizes.get(element.decode(), 0) + int(size)
    total = sum(sizes.values())
    four = sum(sizes.get(name, 0) for name in _FOUR_BITS)
    eight = sum(sizes.get(name, 0) for name in _EIGHT_BITS)
    # A sixteenth: scales and tables that stay as they are do not make it another kind.
    if four > total / 16:
        quantization = "int4"
    elif eight > total / 2:
        quantization = "int8"
    else:
        quantization = "fp32" if sizes.get("f32", 0) > total / 2 else "fp16"
    return Compression(
        quantization=quantization,
        mode=told.get("mode"),
        group_size=told.get("group_size"),
        ratio=told.get("ratio"),
    )


def _has_graphs(folder: Path, names: tuple[str, ...]) -> bool:
    for name in names:
        graph = folder / f"{name}.xml"
        if not graph.is_file():
            return False
        _check_graph(graph, graph.read_bytes())
    return True


def _check_graph(graph: Path, text: bytes) -> int:
    """Check that a graph is whole and that all its weights are there; return their bytes."""
    if not text.rstrip().endswith(b"</net>"):
        raise incomplete(f"{graph.name} is cut short.")
    weights = graph.with_suffix(".bin")
    needed = max((int(offset) + int(size) for offset, size in _WHERE.findall(text)), default=0)
    return require(weights, at_least_bytes=needed) if needed else 0
