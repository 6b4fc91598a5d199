"""Every backend as the suite runs it. A new backend gets the suite by an entry here."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """A backend on a device, with models in certain forms, and what it states of itself.

    Attributes:
        name: as the tests' names show it.
        backend: its entry point.
        environment: the runtime environment it runs in.
        executing: what it must say where it really runs.
        tiny, scripted, layout: the form in which it gets each of the tests' models; None where
            another subject of the backend has those tests.
        most_error: how far below the likeliest a chosen token's logit may be in transformers' own
            computation with the same weights, as a share of all logits' standard deviation.
            0 where the whole precision is kept: then every token must be the same.
        rounded: the form that has the weights it computes with, if it is not that of `tiny`.
        quantization: what it shall make of the weights while it loads, if it does.
        options: for the runtime.
        exact_options: those that keep the whole precision, for the comparison of tokens.
        rounds_keys_together: keys have 8 bits and a scale for several tokens, so that what was read
            in other parts, or drafted, may turn a near tie.
        in_fixed_parts: a prompt is computed in parts of a few lengths, whatever the time they take.
        log_probs: it tells how probable the tokens are.
    """

    name: str
    backend: str
    environment: str
    device: str
    executing: str
    tiny: str
    most_error: float
    rounded: str | None = None
    scripted: str | None = None
    layout: str | None = None
    quantization: str = "fp16"
    options: Mapping[str, str] = field(default_factory=dict)
    exact_options: Mapping[str, str] = field(default_factory=dict)
    concurrent_requests: bool = False
    prefix_reuse: bool = False
    cancel_during_prefill: bool = False
    context_window: int = 4096
    rounds_keys_together: bool = False
    in_fixed_parts: bool = False
    log_probs: bool = True

    @property
    def steady(self) -> bool:
        """Whether a prompt that is computed in other parts gives the same tokens."""
        return self.exact or self.in_fixed_parts

    @property
    def exact(self) -> bool:
        """Whether it must write just what transformers writes."""
        return self.most_error == 0

    @property
    def tokens_alone(self) -> bool:
        """Whether its tokens are all that is looked at, not its memory or its text."""
        return self.scripted is None and self.layout is None

    def form(self, model: str) -> str | None:
        """Return the form in which it gets a model."""
        return {
            "tiny-phi3": self.tiny,
            "scripted-phi3": self.scripted,
            "phi3-layout": self.layout,
        }[model]


HALF_PRECISION = 0.05
"""Activations of 16 bits. bfloat16 keeps 8 bits: a part in 256 of each value, in some ten roundings
one after the other. Measured: 0.009."""

ROUNDED = 0.05
"""What the kernels may be off beside what the weights were rounded by: the comparison is with those
same weights. Activations of 16 bits, or of 8 bits with a scale per row (OpenVINO's dynamic
quantization, accuracy level 4 of ONNX Runtime); keys and values of 8 bits. Measured: 0.026."""

FULL_PRECISION = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32"}

THROUGH_NPUW = {
    "NPU_USE_NPUW": "YES",
    "NPUW_DEVICES": "CPU",
    "NPUW_ONLINE_PIPELINE": "NONE",
    "MAX_PROMPT_LEN": "256",
    "MIN_RESPONSE_LEN": "128",
}

OPENVINO = {
    "backend": "openvino-genai",
    "environment": "openvino",
    "device": "CPU",
    "executing": "CPU",
    "concurrent_requests": True,
    "prefix_reuse": True,
    "cancel_during_prefill": True,
}
OPENVINO_NPU = {
    "backend": "openvino-genai",
    "environment": "openvino",
    "device": "NPU",
    "executing": "CPU (through NPUW)",
    "options": THROUGH_NPUW,
    "log_probs": False,
}

ONNX = {
    "backend": "onnxruntime-genai",
    "environment": "directml",
    "device": "CPU",
    "executing": "CPU",
}
OPTIMUM = {
    "backend": "openvino-optimum",
    "environment": "convert",
    "device": "CPU",
    "executing": "CPU",
    "prefix_reuse": True,
    "cancel_during_prefill": True,
}
INTEL_NPU = {
    "backend": "intel-npu",
    "environment": "npu",
    "device": "NPU",
    "executing": "CPU (the library's own fallback)",
    "options": {"FALLBACK": "CPU"},
    "prefix_reuse": True,
    "cancel_during_prefill": True,
}

SUBJECTS = (
    Subject(
        name="openvino-genai",
        **OPENVINO,
        tiny="openvino-fp16",
        exact_options=FULL_PRECISION,
        most_error=0,
        scripted="openvino-fp16",
        layout="openvino-int4",
    ),
    Subject(
        name="openvino-genai-int8",
        **OPENVINO,
        tiny="openvino-int8",
        most_error=ROUNDED,
        rounds_keys_together=True,
        layout="openvino-int8",
    ),
    Subject(
        name="openvino-genai-int4",
        **OPENVINO,
        tiny="openvino-int4",
        most_error=ROUNDED,
        rounds_keys_together=True,
    ),
    Subject(
        name="openvino-genai-npu",
        **OPENVINO_NPU,
        tiny="openvino-int4-npu",
        most_error=ROUNDED,
        scripted="openvino-fp16",
        layout="openvino-int8",
    ),
    Subject(
        name="openvino-genai-npu-fp16",
        **OPENVINO_NPU,
        tiny="openvino-fp16",
        most_error=HALF_PRECISION,
    ),
    Subject(
        name="openvino-optimum",
        **OPTIMUM,
        tiny="openvino-fp16",
        exact_options=FULL_PRECISION,
        most_error=0,
        scripted="openvino-fp16",
        layout="openvino-int4",
    ),
    Subject(
        name="openvino-optimum-int8",
        **OPTIMUM,
        tiny="openvino-int8",
        most_error=ROUNDED,
    ),
    Subject(
        name="openvino-optimum-int4",
        **OPTIMUM,
        tiny="openvino-int4",
        # Keys and values of 8 bits put one word of this small model 0.10 off.
        exact_options={"KV_CACHE_PRECISION": "f32"},
        most_error=ROUNDED,
    ),
    Subject(
        name="onnxruntime-genai",
        **ONNX,
        tiny="onnx-fp32-cpu",
        most_error=0,
        scripted="onnx-fp32-cpu",
        layout="onnx-int4-cpu",
        prefix_reuse=True,
        cancel_during_prefill=True,
    ),
    Subject(
        name="onnxruntime-genai-int4",
        **ONNX,
        tiny="onnx-int4-cpu",
        most_error=ROUNDED,
        prefix_reuse=True,
        cancel_during_prefill=True,
    ),
    # What DirectML gets, computed as DirectML must: a prompt in one step, nothing taken back.
    Subject(
        name="onnxruntime-genai-dml",
        **ONNX,
        options={"PREFILL": "whole"},
        tiny="onnx-int4-dml",
        most_error=ROUNDED,
        scripted="onnx-fp32-cpu",
        layout="onnx-int4-dml",
    ),
    Subject(
        name="intel-npu",
        **INTEL_NPU,
        tiny="transformers",
        most_error=HALF_PRECISION,
        in_fixed_parts=True,
        quantization="fp16",
        scripted="transformers",
        layout="transformers",
    ),
    Subject(
        name="intel-npu-int8",
        **INTEL_NPU,
        tiny="transformers",
        most_error=ROUNDED,
        rounded="npu-int8",
        quantization="int8",
        layout="transformers",
    ),
    Subject(
        name="intel-npu-int4",
        **INTEL_NPU,
        tiny="transformers",
        most_error=ROUNDED,
        rounded="npu-int4",
        quantization="int4",
    ),
)
