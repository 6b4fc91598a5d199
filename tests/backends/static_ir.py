"""Runs in OpenVINO's environment: makes of a GGUF file a model that the NPU's compiler takes.

Three things keep OpenVINO's GGUF reader's own graph from it: a shape that is computed from an
empty state, values that bear the names of keys, and weights in groups of 32 (it unpacks 64).
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import openvino as ov
import openvino_genai as ov_genai
from openvino import opset13


def main(gguf, folder):
    # It writes its graph, and the tokenizer, beside the file.
    ov_genai.LLMPipeline(str(gguf), "CPU", enable_save_ov_model=True)
    model = ov.Core().read_model(gguf.with_name("openvino_model.xml"))
    repair_head_repetition(model)
    decompress_weights(model)
    model.validate_nodes_and_infer_types()
    folder.mkdir()
    graph = folder / "openvino_model.xml"
    ov.save_model(model, graph, compress_to_fp16=False)
    text = graph.read_text("utf-8")
    graph.write_text(re.sub(r"valuepresent\.(\d+)\.key", r"valuepresent.\1.value", text), "utf-8")
    for file in gguf.parent.glob("openvino_*tokenizer.*"):
        shutil.copy(file, folder)


def repair_head_repetition(model):
    """Repeat the heads of keys and values whatever length their sequence has."""
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Broadcast":
            continue
        heads = node.input_value(0)
        if heads.get_node().get_type_name() == "Unsqueeze" and len(heads.get_partial_shape()) == 5:
            times = node.output(0).get_partial_shape()[2].get_length()
            shape = opset13.constant(np.array([1, 1, times, 1, 1], np.int64))
            repeated = opset13.broadcast(heads, shape, broadcast_spec="BIDIRECTIONAL")
            node.output(0).replace(repeated.output(0))


def decompress_weights(model):
    done = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() not in ("MatMul", "Gather"):
            continue
        for port in node.inputs():
            weights = port.get_source_output()
            packed = weights.get_node().get_type_name() != "Constant" and is_constant(weights)
            if packed and len(weights.get_partial_shape()) == 2:
                name = weights.get_node().get_friendly_name()
                if name not in done:
                    half = opset13.constant(value(weights).astype(np.float16))
                    done[name] = opset13.convert(half, weights.get_element_type().get_type_name())
                port.replace_source_output(done[name].output(0))


def is_constant(output):
    node = output.get_node()
    if node.get_type_name() == "Constant":
        return True
    arithmetic = node.get_type_name() in ("Convert", "Subtract", "Multiply", "Reshape")
    return arithmetic and all(is_constant(source) for source in node.input_values())


def value(output):
    alone = ov.Model([opset13.result(output)], [], "weights")
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return next(iter(ov.Core().compile_model(alone, "CPU", exact)({}).values())).copy()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
