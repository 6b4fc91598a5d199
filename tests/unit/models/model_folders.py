"""Writes small folders that look, head for head, like models in each form."""

import json
import struct

CONFIG = {
    "architectures": ["Phi3ForCausalLM"],
    "model_type": "phi3",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
    "max_position_embeddings": 4096,
    "original_max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "auto_map": {"AutoConfig": "configuration_phi3.Phi3Config"},
}
TEMPLATE = "{{ messages[0].content }}"
NNCF = """<nncf><weight_compression><backup_mode value="int8_asym" />
<group_size value="{group}" /><mode value="{mode}" /><ratio value="{ratio}" />
</weight_compression></nncf>"""


def tokenizer(folder):
    (folder / "tokenizer.json").write_text("{}")
    config = {"chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def tensors(dtype="BF16"):
    """The shapes of a model's weights by name, as CONFIG has them."""
    shapes = {"model.embed_tokens.weight": (100, 64), "lm_head.weight": (100, 64)}
    for layer in range(2):
        shapes[f"model.layers.{layer}.self_attn.qkv_proj.weight"] = (128, 64)
    return {name: (dtype, shape) for name, shape in shapes.items()}


def safetensors(file, held):
    head, end = {"__metadata__": {"format": "pt"}}, 0
    for name, (dtype, shape) in held.items():
        begin, end = end, end + shape[0] * shape[1] * {"F32": 4, "I8": 1}.get(dtype, 2)
        head[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(head).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))


def transformers(folder, *, config=None, dtype="BF16", pieces=1):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | (config or {})))
    tokenizer(folder)
    held = tensors(dtype)
    if pieces == 1:
        safetensors(folder / "model.safetensors", held)
        return folder
    weight_map = {}
    for number in range(pieces):
        name = f"model-{number + 1:05}-of-{pieces:05}.safetensors"
        part = dict(list(held.items())[number::pieces])
        safetensors(folder / name, part)
        weight_map |= dict.fromkeys(part, name)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def openvino(folder, *, element="i4", mode="int4_sym", group="128", ratio="1.0", tokenizers=True):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    tokenizer(folder)
    noted = NNCF.format(mode=mode, group=group, ratio=ratio) if mode else ""
    (folder / "openvino_model.xml").write_text(
        f"""<?xml version="1.0"?><net name="Model0" version="11"><layers>
<layer id="0" name="weights" type="Const" version="opset1">
<data element_type="{element}" shape="64, 64" offset="0" size="6000" /></layer>
<layer id="1" name="scales" type="Const" version="opset1">
<data element_type="f16" shape="64, 1" offset="6000" size="128" /></layer>
<layer id="2" name="past" type="ReadValue" version="opset6"></layer>
</layers><rt_info>{noted}</rt_info></net>
"""
    )
    (folder / "openvino_model.bin").write_bytes(bytes(6128))
    for name in ("openvino_tokenizer", "openvino_detokenizer") if tokenizers else ():
        (folder / f"{name}.xml").write_text("<net><layers></layers></net>\n")
        (folder / f"{name}.bin").write_bytes(b"")
    return folder


def onnx(folder, *, provider=None, quantized=True, window=4096, data="model.onnx.data"):
    folder.mkdir(parents=True)
    tokenizer(folder)
    options = [] if provider is None else [{provider: {}}]
    decoder = {
        "session_options": {"provider_options": options},
        "filename": "model.onnx",
        "head_size": 16,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
    }
    model = {"type": "phi3", "context_length": window, "decoder": decoder}
    (folder / "genai_config.json").write_text(json.dumps({"model": model}))
    graph = b"\n\x0bMatMulNBits" + _field("bits") + b"\x18\x04" if quantized else b"\n\x06MatMul"
    graph += _field("past_key_values.0.key") + b"\x12\x06\x0a\x04\x08\x0a\x12\x00"
    for offset in (0, 4096):
        for key, value in (("location", data), ("offset", offset), ("length", 4096)):
            text = str(value).encode()
            length = [len(text)] if len(text) < 128 else [len(text) % 128 + 128, len(text) // 128]
            graph += _field(key) + b"\x12" + bytes(length) + text
    (folder / "model.onnx").write_bytes(graph)
    (folder / data).write_bytes(bytes(8192))
    return folder


def _field(name):
    return b"\n" + bytes([len(name)]) + name.encode()


def gguf(file, *, architecture="llama", kind=3, template=TEMPLATE, cut=0):
    def text(value):
        return struct.pack("<Q", len(value.encode())) + value.encode()

    values = {
        "general.architecture": architecture,
        "general.file_type": 3,
        f"{architecture}.context_length": 8192,
        f"{architecture}.block_count": 2,
        f"{architecture}.embedding_length": 64,
        f"{architecture}.attention.head_count": 4,
        f"{architecture}.attention.head_count_kv": 2,
        "tokenizer.ggml.tokens": ["a", "bc"],
    }
    if template:
        values["tokenizer.chat_template"] = template
    head = struct.pack("<4sIQQ", b"GGUF", 3, 1, len(values))
    for key, value in values.items():
        head += text(key)
        if isinstance(value, str):
            head += struct.pack("<I", 8) + text(value)
        elif isinstance(value, list):
            head += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        else:
            head += struct.pack("<II", 4, value)
    head += text("token_embd.weight") + struct.pack("<IQQIQ", 2, 64, 100, kind, 0)
    whole = head + bytes(-len(head) % 32) + bytes(64 * 100 // 32 * 20)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(whole[: len(whole) - cut])
    return file
