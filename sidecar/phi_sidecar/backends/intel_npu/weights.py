"""The weights as the library wants them: read, made what was asked for, kept for the next time."""

from contextlib import suppress
from pathlib import Path

import torch
from intel_npu_acceleration_library import NPUModelForCausalLM, int4, int8
from intel_npu_acceleration_library.compiler import CompilerConfig
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, PreTrainedModel

from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.backends.intel_npu.kept import KeptWeights
from phi_sidecar.backends.transformers_text.config_file import REMEDY
from phi_sidecar.errors import ModelDamaged
from phi_sidecar.provision import place

LIBRARY = "intel_npu_acceleration_library"


class UntiedCausalLM:
    """Loads as transformers does, with a head of its own.

    The library's quantizer rounds weights in place. Where the head is the embedding table, that
    would destroy the embeddings.
    """

    @staticmethod
    def from_pretrained(folder: str, **options: object) -> PreTrainedModel:
        """Load, and copy what head and embeddings share.

        Raises:
            ModelDamaged: files or weights are missing, cut, or of other shapes.
        """
        try:
            model, told = AutoModelForCausalLM.from_pretrained(
                folder, output_loading_info=True, **options
            )
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise _damaged(Path(folder), type(error).__name__) from error
        # Missing weights are made up at random, with no more than a warning.
        if told["missing_keys"] or told["mismatched_keys"] or told["error_msgs"]:
            raise _damaged(Path(folder), "weights are missing")
        head = model.get_output_embeddings()
        if head.weight is model.get_input_embeddings().weight:
            head.weight = torch.nn.Parameter(head.weight.detach().clone())
        model.config.tie_word_embeddings = False
        return model


def compiled(spec: LoadSpec) -> PreTrainedModel:
    """Return the model with every matrix the library's own.

    Raises:
        ModelDamaged: its files cannot be read.
    """
    assert spec.model is not None
    if spec.quantization == "fp16":
        # They are in the files as they are needed: there is nothing to keep.
        return widened(_made(spec.model, torch.float16))
    kept = KeptWeights(spec.cache, spec.model, spec.quantization)
    if (model := kept.load()) is None:
        model = _made(spec.model, int8 if spec.quantization == "int8" else int4)
        kept.save(model)
    # The quantizer leaves an empty folder of each day and second.
    with suppress(OSError):
        place.remove(spec.cache / "nc_workspace")
    return widened(model)


def _made(folder: Path, dtype: object) -> PreTrainedModel:
    model: PreTrainedModel = NPUModelForCausalLM.from_pretrained(
        str(folder),
        config=CompilerConfig(dtype=dtype),
        # Its own cache is found by the path alone, and is a pickle.
        export=False,
        transformers_class=UntiedCausalLM,
        use_cache=True,
        attn_implementation="sdpa",
        torch_dtype=torch.float16,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    return model


def _damaged(folder: Path, why: str) -> ModelDamaged:
    return ModelDamaged(
        f"The weights of {folder.name} cannot be read: {why}.",
        remedy=REMEDY,
    )


def widened(model: PreTrainedModel) -> PreTrainedModel:
    """Make what is not the library's float32: halves are slow on a processor, and less exact."""
    for module in model.modules():
        if not type(module).__module__.startswith(LIBRARY):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.float()
    return model
