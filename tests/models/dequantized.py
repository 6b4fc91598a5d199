"""Runs where torch is: takes the rounded weights out of a converted model, back into the original.

What transformers computes with them, in full precision, is what the runtime's kernels should.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM

FUSED = {
    "self_attn.qkv_proj": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "mlp.gate_up_proj": ("mlp.gate_proj", "mlp.up_proj"),
}
Weights = Mapping[str, np.ndarray]


def main(original: Path, converted: Path, target: Path) -> None:
    """Write the original with the converted model's weights."""
    weights = read(converted)
    model = AutoModelForCausalLM.from_pretrained(original, dtype=torch.float32)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            rounds_it = "embed_tokens" not in name or "model.embed_tokens" in weights
            if weight.dim() == 2 and rounds_it:
                rounded = torch.from_numpy(taken(weights, name.removesuffix(".weight")))
                # Another layer's weights would be farther from these by far.
                assert (rounded - weight).norm() < 0.3 * weight.norm(), name
                weight.copy_(rounded)
    shutil.copytree(original, target)
    model.save_pretrained(target)


def read(converted: Path) -> Weights:
    """Return the weights of a converted model, by the names of its layers."""
    if (converted / "weights.safetensors").exists():
        return load_file(converted / "weights.safetensors")
    if (converted / "model.onnx").exists():
        return of_onnx(converted)
    return of_openvino(converted)


def taken(weights: Weights, name: str) -> np.ndarray:
    """Return a layer's weights; what Phi-3 has as one may be several there."""
    if name in weights:
        return weights[name]
    prefix, _, part = name.rpartition(".")
    block, _, outer = prefix.rpartition(".")
    parts = FUSED[f"{outer}.{part}"]
    return np.concatenate([weights[f"{block}.{part}"] for part in parts])


def of_openvino(folder: Path) -> Weights:
    """Return the weights as OpenVINO's own arithmetic unpacks them."""
    import openvino as ov
    from openvino import opset13

    def unpacked(output: ov.Output) -> np.ndarray:
        alone = ov.Model([opset13.result(output)], [], "weights")
        exact = {"INFERENCE_PRECISION_HINT": "f32"}
        compiled = ov.Core().compile_model(alone, "CPU", exact)
        return np.array(next(iter(compiled({}).values())), dtype=np.float32)

    def constants(output: ov.Output) -> list[str] | None:
        """Names of the constants that a value is computed from; None if of anything else."""
        node = output.get_node()
        if node.get_type_name() == "Constant":
            return [node.get_friendly_name()]
        names = [constants(source) for source in node.input_values()]
        if not names or None in names:
            return None
        return [name for each in names for name in each or ()]

    weights = {}
    for node in ov.Core().read_model(folder / "openvino_model.xml").get_ordered_ops():
        if node.get_type_name() in ("MatMul", "Gather"):
            for source in node.input_values():
                for name in constants(source) or ():
                    if match := re.fullmatch(r"self\.(.+)\.weight", name):
                        weights[match[1]] = unpacked(source)
    return weights


def of_onnx(folder: Path) -> Weights:
    """Return the weights of `MatMulNBits`, as its definition says: blocks around their middle."""
    import onnx
    from onnx import helper, numpy_helper

    graph = onnx.load(folder / "model.onnx").graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {}
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            said = {item.name: helper.get_attribute_value(item) for item in node.attribute}
            assert len(node.input) == 3, "zero points of its own"
            packed, scales = tensors[node.input[1]], tensors[node.input[2]].astype(np.float32)
            if said["bits"] == 4:
                # The lower half of a byte is the earlier one.
                packed = np.stack([packed & 15, packed >> 4], axis=-1)
            middle = 1 << (said["bits"] - 1)
            blocks = packed.reshape(said["N"], -1, said["block_size"]).astype(np.float32) - middle
            scaled = (blocks * scales.reshape(said["N"], -1, 1)).reshape(said["N"], -1)
            name = node.input[1].split(".MatMul.")[0].replace(".attn.", ".self_attn.")
            weights[name] = np.ascontiguousarray(scaled[:, : said["K"]])
    return weights


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
