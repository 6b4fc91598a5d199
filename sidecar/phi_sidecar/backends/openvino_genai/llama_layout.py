"""What a GGUF file of a Llama says of its layers, where that is all there is to know."""

from dataclasses import dataclass

from phi_sidecar.backends.openvino_genai.gguf_file import (
    F16,
    F32,
    Q4_0,
    Q4_1,
    Q8_0,
    GgufFile,
    Tensor,
    UnknownFile,
)

ARCHITECTURE = "llama"

_READ = (F32, F16, Q4_0, Q4_1, Q8_0)
_LAYER = (
    *("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output"),
    *("ffn_norm", "ffn_gate", "ffn_up", "ffn_down"),
)


@dataclass(frozen=True)
class LlamaLayout:
    """Sizes of a Llama, and which of its tensors there are.

    Attributes:
        head: the tensor of the last matrix: the table of tokens where the two are one.
    """

    layers: int
    heads: int
    kv_heads: int
    head_size: int
    rope_base: float
    norm_epsilon: float
    head: str

    @staticmethod
    def layer(number: int, part: str) -> str:
        """Return the name of one of a layer's tensors."""
        return f"blk.{number}.{part}.weight"


TOKENS = "token_embd.weight"
LAST_NORM = "output_norm.weight"
_OWN_HEAD = "output.weight"


def read_layout(file: GgufFile) -> LlamaLayout:
    """Return a Llama's sizes.

    Raises:
        UnknownFile: it is no Llama, or it has something that is not known here.
    """
    if file.said.get("general.architecture") != ARCHITECTURE:
        raise UnknownFile(f"its architecture is {file.said.get('general.architecture')}")
    width = _number(file, "embedding_length")
    heads = int(_number(file, "attention.head_count"))
    layout = LlamaLayout(
        layers=int(_number(file, "block_count")),
        heads=heads,
        kv_heads=int(_number(file, "attention.head_count_kv")),
        head_size=int(width // heads),
        rope_base=_number(file, "rope.freq_base"),
        norm_epsilon=_number(file, "attention.layer_norm_rms_epsilon"),
        head=_OWN_HEAD if _OWN_HEAD in file.tensors else TOKENS,
    )
    if _number(file, "rope.dimension_count") != layout.head_size:
        raise UnknownFile("it turns only a part of each head")
    if any(key.startswith(f"{ARCHITECTURE}.rope.scaling.") for key in file.said):
        raise UnknownFile("its positions are scaled")
    expected = {
        TOKENS,
        LAST_NORM,
        layout.head,
        *(layout.layer(number, part) for number in range(layout.layers) for part in _LAYER),
    }
    if expected != set(file.tensors):
        raise UnknownFile("it has other tensors than a Llama")
    _check_sizes(file, layout)
    return layout


def _check_sizes(file: GgufFile, layout: LlamaLayout) -> None:
    unread = {tensor.type for tensor in file.tensors.values()} - set(_READ)
    if unread:
        raise UnknownFile(f"it has tensors of type {min(unread)}")
    width = layout.heads * layout.head_size
    kv_width = layout.kv_heads * layout.head_size
    inner = _shape(file, layout.layer(0, "ffn_up"))[0]
    of_part = {
        **dict.fromkeys(("attn_norm", "ffn_norm"), (width,)),
        **dict.fromkeys(("attn_q", "attn_output"), (width, width)),
        **dict.fromkeys(("attn_k", "attn_v"), (kv_width, width)),
        **dict.fromkeys(("ffn_gate", "ffn_up"), (inner, width)),
        "ffn_down": (width, inner),
    }
    for number in range(layout.layers):
        for part, shape in of_part.items():
            if _shape(file, layout.layer(number, part)) != shape:
                raise UnknownFile(f"its layer {number} has another size")


def _shape(file: GgufFile, name: str) -> tuple[int, ...]:
    tensor: Tensor = file.tensors[name]
    return tensor.shape


def _number(file: GgufFile, key: str) -> float:
    value = file.said.get(f"{ARCHITECTURE}.{key}")
    if isinstance(value, str) or not value:
        raise UnknownFile(f"it does not say its {key}")
    return value
