"""From a folder of transformers to a model that is stepped."""

from transformers import GenerationConfig

from phi_sidecar.backends.base import LoadedModel, LoadSpec
from phi_sidecar.backends.intel_npu import QUANTIZATIONS
from phi_sidecar.backends.intel_npu.network import CHUNK_TOKENS, KV_VALUE_BYTES, NpuNetwork
from phi_sidecar.backends.intel_npu.weights import compiled
from phi_sidecar.backends.stepping import Parts, SteppedModel
from phi_sidecar.backends.transformers_text.choice import choice, log_prob
from phi_sidecar.backends.transformers_text.config_file import ModelConfig, read_config
from phi_sidecar.backends.transformers_text.tokens import TokenizerTokens
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.generated.protocol import Capabilities

ARCHITECTURES = ("Phi3ForCausalLM",)
"""What was seen to be exact through the library. Others may take paths of its own, such as its
attention for Llama, that newer versions of transformers do not fit."""


def load_model(spec: LoadSpec, device: str) -> LoadedModel:
    """Load, quantize and put together.

    Raises:
        ModelDamaged: the files cannot be read.
        AcceleratorUnusable: the library cannot run a model like this.
    """
    assert spec.model is not None
    config = read_config(spec.model)
    _refuse_what_it_cannot_run(config, spec)
    tokens = TokenizerTokens(spec.model, _generation_config(spec))
    window = context_window(config, spec)
    parts = Parts(NpuNetwork(compiled(spec)), tokens, choice, log_prob)
    capabilities = Capabilities(
        context_window=window,
        max_prompt_tokens=window - 1,
        concurrent_requests=False,
        prefix_reuse=True,
        cancel_during_prefill=True,
    )
    return SteppedModel(parts, capabilities, device)


def context_window(config: ModelConfig, spec: LoadSpec) -> int:
    """Return how many tokens the model, its memory and its positions have room for."""
    in_memory = spec.kv_cache_bytes // (config.kv_values_per_token * KV_VALUE_BYTES)
    # A prompt's last chunk is filled up, and what fills it takes positions too.
    return min(spec.context_window, in_memory, config.longest - CHUNK_TOKENS + 1)


def _refuse_what_it_cannot_run(config: ModelConfig, spec: LoadSpec) -> None:
    if not set(config.architectures) & set(ARCHITECTURES) or config.quantized:
        what = "quantized already" if config.quantized else f"a {config.model_type}"
        raise AcceleratorUnusable(
            f"The model is {what}; here the NPU Acceleration Library runs Phi-3 in full precision.",
            remedy="Choose another model, or another accelerator.",
        )
    if spec.quantization not in QUANTIZATIONS:
        raise AcceleratorUnusable(
            f"The NPU Acceleration Library makes {', '.join(QUANTIZATIONS)} of a model,"
            f" not {spec.quantization}.",
            remedy="Choose one of these quantizations.",
        )


def _generation_config(spec: LoadSpec) -> GenerationConfig:
    assert spec.model is not None
    if (spec.model / "generation_config.json").is_file():
        return GenerationConfig.from_pretrained(spec.model, local_files_only=True)
    return GenerationConfig()
