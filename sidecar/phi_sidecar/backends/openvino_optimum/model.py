"""From a folder of OpenVINO IR to a model that is stepped."""

import openvino as ov
from optimum.intel import OVModelForCausalLM

from phi_sidecar.backends.base import LoadedModel, LoadSpec
from phi_sidecar.backends.openvino_devices import is_found, is_same
from phi_sidecar.backends.openvino_optimum.network import OptimumNetwork
from phi_sidecar.backends.stepping import Parts, SteppedModel
from phi_sidecar.backends.transformers_text.choice import choice, log_prob
from phi_sidecar.backends.transformers_text.config_file import REMEDY, ModelConfig, read_config
from phi_sidecar.backends.transformers_text.tokens import TokenizerTokens
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged
from phi_sidecar.generated.protocol import Capabilities

KV_VALUE_BYTES = 2
"""Keys and values are kept as halves, unless an option says otherwise."""


def load_model(spec: LoadSpec) -> LoadedModel:
    """Load, compile and put together.

    Raises:
        ModelDamaged: the files cannot be read.
        AcceleratorUnusable: OpenVINO does not have the device, or would run elsewhere.
    """
    assert spec.model is not None
    config = read_config(spec.model)
    _refuse_unless_found(spec.device)
    model = OVModelForCausalLM.from_pretrained(
        str(spec.model),
        device=spec.device,
        ov_config={
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "CACHE_DIR": str(spec.cache),
            **spec.backend_options,
        },
        export=False,
        local_files_only=True,
        trust_remote_code=False,
    )
    if not model.stateful:
        raise ModelDamaged(
            f"{spec.model.name} was exported without state: it cannot keep what it computed.",
            remedy=REMEDY,
        )
    executing = _executing_device(model.request.get_compiled_model(), spec.device)
    tokens = TokenizerTokens(spec.model, model.generation_config)
    network = OptimumNetwork(model)
    window = context_window(config, spec)
    capabilities = Capabilities(
        context_window=window,
        max_prompt_tokens=window - 1,
        concurrent_requests=False,
        prefix_reuse=network.can_rewind(),
        cancel_during_prefill=True,
    )
    return SteppedModel(Parts(network, tokens, choice, log_prob), capabilities, executing)


def context_window(config: ModelConfig, spec: LoadSpec) -> int:
    """Return how many tokens the model, its memory and its positions have room for."""
    in_memory = spec.kv_cache_bytes // (config.kv_values_per_token * KV_VALUE_BYTES)
    return min(spec.context_window, in_memory, config.longest)


def _refuse_unless_found(device: str) -> None:
    found = ov.Core().available_devices
    if not is_found(device, found):
        raise AcceleratorUnusable(
            f"OpenVINO does not find {device}; it finds {', '.join(found) or 'nothing'}.",
            remedy="Install the device's driver, or choose another accelerator.",
        )


def _executing_device(compiled: ov.CompiledModel, device: str) -> str:
    """Return where the model itself runs.

    Raises:
        AcceleratorUnusable: it is not the device that was asked for.
    """
    executing = ", ".join(compiled.get_property("EXECUTION_DEVICES"))
    if not is_same(device, executing):
        raise AcceleratorUnusable(
            f"OpenVINO would run on {executing} instead of {device}.",
            remedy=f"Install the driver of {device}, or choose {executing} yourself.",
        )
    return executing
