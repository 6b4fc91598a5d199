"""A model on OpenVINO's paged attention, driven from here: what a processor answers with.

The kernels are those of OpenVINO GenAI's own continuous batching, the loop around them is not: that
one reuses whole blocks of 32 tokens, does a token a step, and holds the interpreter's lock.
"""

from pathlib import Path

import openvino_genai as ov_genai

from phi_sidecar.backends.base import LoadedModel, LoadSpec
from phi_sidecar.backends.batching.model import BatchedModel
from phi_sidecar.backends.batching.parts import BatchedParts
from phi_sidecar.backends.numpy_choice import choice, log_prob
from phi_sidecar.backends.openvino_genai.paged_network import PagedNetwork
from phi_sidecar.backends.openvino_genai.settings import BatchingSettings, pool_blocks
from phi_sidecar.backends.openvino_genai.text import count_tokens, encode, end_token_ids
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt


def load_paged(
    folder: Path, spec: LoadSpec, settings: BatchingSettings, executing_device: str
) -> LoadedModel:
    """Load a folder of OpenVINO IR."""
    blocks = pool_blocks(spec.context_window, settings.block_tokens)
    parts = BatchedParts(
        PagedNetwork(folder, spec.device, settings.options, blocks=blocks),
        _Tokens(folder, spec.context_window),
        blocks,
        settings.block_tokens,
        settings.chunk_tokens,
        choice,
        log_prob,
    )
    return BatchedModel(parts, spec.context_window, executing_device)


class _Tokens:
    """The tokenizer that is in the folder."""

    def __init__(self, folder: Path, context_window: int) -> None:
        self._tokenizer = ov_genai.Tokenizer(folder)
        self._context_window = context_window
        file = folder / "generation_config.json"
        config = ov_genai.GenerationConfig(file) if file.is_file() else ov_genai.GenerationConfig()
        self.end_ids = frozenset(end_token_ids(self._tokenizer, config))

    def encode(self, prompt: RawPrompt | ChatPrompt) -> list[int]:
        ids: list[int] = encode(self._tokenizer, prompt).data[0].tolist()
        return ids

    def decode(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids)
        return text

    def count(self, prompt: RawPrompt | ChatPrompt) -> int:
        return count_tokens(self._tokenizer, prompt, most=self._context_window)
