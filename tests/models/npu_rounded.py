"""Runs in the NPU library's environment: has it round a model's weights, and unpacks them.

They are rounded by the library alone, as its makers' example does it. What a layer holds is
documented by its kernel: `weight * scale`, a scale for each row.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import os
import sys
from pathlib import Path

import torch
from intel_npu_acceleration_library import NPUModelForCausalLM, int4, int8
from intel_npu_acceleration_library.compiler import CompilerConfig
from intel_npu_acceleration_library.nn.linear import QuantizedLinear
from safetensors.torch import save_file


def main(original: Path, target: Path, quantization: str) -> None:
    """Write each layer's weights as they are after rounding."""
    target.mkdir()
    # It writes its own files into the current folder.
    os.chdir(target)
    model = NPUModelForCausalLM.from_pretrained(
        str(original),
        config=CompilerConfig(dtype={"int8": int8, "int4": int4}[quantization]),
        export=False,
        use_cache=True,
        attn_implementation="sdpa",
        torch_dtype=torch.float16,
    )
    layers = {
        name: unpacked(layer)
        for name, layer in model.named_modules()
        if isinstance(layer, QuantizedLinear)
    }
    assert layers, "nothing was rounded"
    save_file(layers, target / "weights.safetensors")


def unpacked(layer: QuantizedLinear) -> torch.Tensor:
    """Return a layer's weights, `float32[rows, columns]`."""
    # The layer multiplies its scale by this, and its kernel divides by it.
    scale = layer.scale.float() / layer.inC**0.5
    if layer.weight.dtype == torch.int8:
        return layer.weight.float() * scale
    # Two to a byte, the lower half first, each from -8 to 7.
    halves = torch.stack((layer.weight & 15, layer.weight >> 4), dim=-1).to(torch.int8)
    signed = halves - (halves > 7).to(torch.int8) * 16
    return signed.reshape(layer.outC, layer.inC).float() * scale


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3])
