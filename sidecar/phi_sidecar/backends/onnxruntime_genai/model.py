"""A model of ONNX Runtime GenAI, put together."""

import ctypes
import json
import re
import sys

import onnxruntime_genai as og

from phi_sidecar.backends.base import GenerateRequest, LoadSpec
from phi_sidecar.backends.numpy_choice import Logits, choice, log_prob
from phi_sidecar.backends.onnxruntime_genai.folder import Folder
from phi_sidecar.backends.onnxruntime_genai.network import GeneratorNetwork
from phi_sidecar.backends.onnxruntime_genai.placement import Placement
from phi_sidecar.backends.onnxruntime_genai.tokens import NO_TOKEN, FolderTokens
from phi_sidecar.backends.sequential import Decoding
from phi_sidecar.backends.stepping import Parts, SteppedModel
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged
from phi_sidecar.generated.protocol import Capabilities

PREFILL = "PREFILL"
"""Option of ours among the provider's: `whole` computes a prompt in one step, as DirectML must."""

FILE_TROUBLE = re.compile("[Ee]xternal (data|initializer)|Deserialize tensor")
"""What ONNX Runtime says of a model's files where it does not name them; everything else is about
the device."""


class OnnxModel(SteppedModel[Logits]):
    """A model whose generator is made for what a request needs, where it must be made anew."""

    def __init__(
        self, parts: Parts[Logits], capabilities: Capabilities, executing_device: str
    ) -> None:
        super().__init__(parts, capabilities, executing_device)
        assert isinstance(parts.network, GeneratorNetwork)
        self._network = parts.network

    def start(self, request: GenerateRequest) -> Decoding:
        """Tell the generator how long this may become, and begin."""
        prompt_tokens = self.count_tokens(request.prompt)
        self._network.expected_tokens = prompt_tokens + request.sampling.max_new_tokens
        return super().start(request)

    def close(self) -> None:
        """Give the memory back, to the system as well."""
        super().close()
        if sys.platform == "linux":
            # glibc keeps what was freed, for itself.
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(0)


def load(spec: LoadSpec, folder: Folder, placement: Placement) -> OnnxModel:
    """Load a model, and read back where it runs."""
    options = {**placement.options, **spec.backend_options}
    whole = options.pop(PREFILL, "") == "whole"
    model = _model(folder, _config(folder, placement, options))
    executing = model.device_type
    if executing != placement.device_type:
        raise AcceleratorUnusable(
            f"ONNX Runtime would run on {executing} instead of {spec.device}.",
            remedy=f"Install the driver of {spec.device}, or choose another accelerator.",
        )
    window = folder.window_within(spec.context_window, spec.kv_cache_bytes)

    def make_generator(length: int) -> og.Generator:
        params = og.GeneratorParams(model)
        # The choice is ours, from the logits as they are.
        params.set_search_options(
            max_length=length, min_length=0, do_sample=False, repetition_penalty=1.0
        )
        return og.Generator(model, params)

    network = GeneratorNetwork(make_generator, window, appends=placement.appends and not whole)
    network.try_out()
    return OnnxModel(
        Parts(network, _tokens(model, folder), choice, log_prob),
        Capabilities(
            context_window=window,
            max_prompt_tokens=window - 1,
            concurrent_requests=False,
            prefix_reuse=network.rewinds,
            cancel_during_prefill=network.appends,
        ),
        f"{executing} ({placement.name})" if placement.name else executing,
    )


def _config(folder: Folder, placement: Placement, options: dict[str, str]) -> og.Config:
    try:
        config = og.Config(str(folder.path))
    except RuntimeError as error:
        raise _damaged(folder, error) from error
    # The logits after a prompt are those of its last token that does not pad; a prompt that ends
    # with the padding token's name would get others, or none. Nothing is padded here.
    config.overlay(json.dumps({"model": {"pad_token_id": NO_TOKEN}}))
    config.clear_providers()
    if placement.provider is None:
        session = {key: int(value) if value.isdigit() else value for key, value in options.items()}
        config.overlay(json.dumps({"model": {"decoder": {"session_options": session}}}))
        return config
    config.append_provider(placement.provider)
    for key, value in options.items():
        config.set_provider_option(placement.provider, key, value)
    return config


def _model(folder: Folder, config: og.Config) -> og.Model:
    try:
        return og.Model(config)
    except RuntimeError as error:
        if str(folder.path) in str(error) or FILE_TROUBLE.search(str(error)):
            raise _damaged(folder, error) from error
        raise


def _tokens(model: og.Model, folder: Folder) -> FolderTokens:
    try:
        return FolderTokens(model)
    # It tells in bytes of a file that is cut off, which may be no text.
    except (RuntimeError, UnicodeDecodeError) as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Folder, error: Exception) -> ModelDamaged:
    said = str(error).replace(str(folder.path), folder.path.name)
    return ModelDamaged(
        f"The files of {folder.path.name} cannot be read: {said}",
        remedy="Run 'phi-sidecar models verify', or prepare the model again.",
    )
