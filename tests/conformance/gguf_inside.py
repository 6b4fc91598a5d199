"""Looks at the copy that is made of a GGUF file; `asked.py` runs it."""

# ruff: noqa: TID253 (it runs where the runtime is)
import logging
import re
import struct
from pathlib import Path

import numpy as np

TEXTS = (
    "def add(a, b):\n    return a + b\n",
    "  four spaces,    more\ttabs\r\n\n\nand lines\n",
    "naïve café, 日本語, 龘, \U0001f984 and \U0001f468\u200d\U0001f469\u200d\U0001f467.",
    "<|im_start|>user\nWho?<|im_end|>\n12345 0x1F",
    "",
)
CHATS = (["What is a list?"], ["Hello.", "Hi!", "  And\nyou?  "])


def readable(model, cache):
    """What shall be loaded, and what was said of it."""
    from phi_sidecar.backends.openvino_genai import exact_copy

    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    exact_copy.log.addHandler(handler)
    exact_copy.log.setLevel(logging.INFO)
    try:
        path = exact_copy.readable(Path(model), Path(cache))
    finally:
        exact_copy.log.removeHandler(handler)
    return {"path": str(path), "said": said}


def readable_with_room(model, cache, most_bytes):
    """The same, where no file may become longer: as on a disk that is full."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), limits[1]))
    try:
        return readable(model, cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def tokens(model, copy):
    """What the copy's tokenizer makes of texts and chats, and the file's own."""
    import openvino_genai

    def told(path):
        tokenizer = openvino_genai.Tokenizer(path)
        written = []
        for turns in CHATS:
            roles = ("user", "assistant")
            history = [{"role": roles[n % 2], "content": turn} for n, turn in enumerate(turns)]
            written.append(tokenizer.apply_chat_template(history, add_generation_prompt=True))
        ids = [tokenizer.encode(text).input_ids.data.tolist() for text in (*TEXTS, *written)]
        return {
            "chats": written,
            "ids": ids,
            "texts": [tokenizer.decode(each[0]) for each in ids if each[0]],
            "special": [tokenizer.get_bos_token_id(), tokenizer.get_eos_token_id()],
            "pad": tokenizer.get_pad_token_id(),
        }

    return {"file": told(model), "copy": told(copy)}


def weights(model, copy):
    """How far each row of a few matrices is from the file's, in units of the row's own step."""
    import openvino

    graph = openvino.Core().read_model(Path(copy) / "openvino_model.xml")
    matrices = [node for node in graph.get_ops() if is_matrix(node)]
    file = Path(model).read_bytes()
    places = tensors_of(file)
    off = {}
    for name, of in (
        ("token_embd", ()),
        ("blk.0.attn_output", ()),
        ("blk.7.ffn_down", ()),
        ("blk.29.ffn_gate", ("blk.29.ffn_up",)),
    ):
        exact = np.concatenate([unpack(file, *places[f"{n}.weight"]) for n in (name, *of)])
        step = np.abs(exact).max(axis=1, keepdims=True) / 127
        candidates = [
            values(node).reshape(exact.shape)
            for node in matrices
            if node.shape[0] == exact.shape[0] and node.data.size == exact.size
        ]
        nearest = min(float((np.abs(other - exact) / step).max()) for other in candidates)
        off[name] = nearest
    return off


def is_matrix(node):
    return node.get_type_name() == "Constant" and str(node.get_element_type()) == "<Type: 'int8_t'>"


def values(codes):
    """A matrix as the graph computes it: codes times the scales that they are multiplied by."""
    convert = next(iter(codes.output(0).get_target_inputs())).get_node()
    product = next(iter(convert.output(0).get_target_inputs())).get_node()
    scales = product.input_value(1).get_node()
    return codes.data.astype(np.float32) * scales.data.astype(np.float32)


def tensors_of(file):
    """Where tensors lie, found by their names: written apart from the reader that is tested."""
    found = {}
    pattern = re.compile(rb"(?:token_embd|output_norm|blk\.\d+\.[a-z_]+)\.weight")
    last = 0
    for match in pattern.finditer(file, 0, 4_000_000):
        at = match.end()
        (dimensions,) = struct.unpack_from("<I", file, at)
        shape = struct.unpack_from(f"<{dimensions}Q", file, at + 4)
        kind, offset = struct.unpack_from("<IQ", file, at + 4 + 8 * dimensions)
        last = at + 4 + 8 * dimensions + 12
        found[match.group().decode()] = (shape, kind, offset)
    begin = -(-last // 32) * 32
    return {name: (shape, kind, begin + offset) for name, (shape, kind, offset) in found.items()}


def unpack(file, shape, kind, start):
    """A matrix of Q4_1 (3) or Q8_0 (8), number by number as the format defines them."""
    columns, rows = shape
    size = {3: 20, 8: 34}[kind]
    count = rows * columns // 32
    blocks = np.frombuffer(file, np.uint8, count * size, start).reshape(count, size)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float64)
    if kind == 8:
        numbers = blocks[:, 2:].copy().view(np.int8) * scale
    else:
        least = blocks[:, 2:4].copy().view(np.float16).astype(np.float64)
        numbers = np.empty((count, 32))
        for at in range(16):
            numbers[:, at] = (blocks[:, 4 + at] & 15) * scale[:, 0] + least[:, 0]
            numbers[:, at + 16] = (blocks[:, 4 + at] >> 4) * scale[:, 0] + least[:, 0]
    return numbers.reshape(rows, columns).astype(np.float32)


def changed(model, target, what):
    """Write a file that differs from the starter in one thing."""
    file = Path(model).read_bytes()
    match what:
        case "architecture":
            file = file.replace(b"llama", b"lamma")
        case "version":
            file = file[:4] + struct.pack("<I", 1) + file[8:]
        case "type":
            # Of the first matrix that is Q4_1 (3), named Q5_0 (6).
            at = file.index(b"blk.0.ffn_down.weight") + len(b"blk.0.ffn_down.weight") + 4 + 16
            assert struct.unpack_from("<I", file, at) == (3,)
            file = file[:at] + struct.pack("<I", 6) + file[at + 4 :]
        case "scaled":
            # As long as each other, so that all lengths stay right.
            file = file.replace(b"general.organization", b"llama.rope.scaling.x")
        case "tensor":
            file = file.replace(b"blk.3.ffn_up.weight", b"blk.3.ffn_on.weight")
        case "cut":
            file = file[: len(file) // 2]
        case "empty":
            file = b""
    Path(target).write_bytes(file)


def made(copy):
    """When each file of the copy was written."""
    return {file.name: file.stat().st_mtime_ns for file in Path(copy).iterdir()}
