"""Runs a stateful model of Optimum Intel chunk by chunk, and cuts its state back."""

import gc
import time
from collections.abc import Sequence

import openvino as ov
import torch
from optimum.intel import OVModelForCausalLM

STEP_S = 0.12
"""How long a chunk of a prefill may take, for a stop to be noticed within 200 ms."""

FIRST_CHUNK_TOKENS = 32
"""While the speed is not known."""

LEAST_CHUNK_TOKENS = 8
"""A few tokens take as long as one, for which all weights are read too."""

MOST_CHUNK_TOKENS = 512

SEQUENCE_AXIS = 2
"""Of a state's `[batch, heads, tokens, head size]`."""

_AFTER_THE_FIRST = ((),)
"""What tells the library that its state is to be gone on from."""


class OptimumNetwork:
    """A compiled model whose keys and values are its state."""

    def __init__(self, model: OVModelForCausalLM) -> None:
        self.chunk_tokens = FIRST_CHUNK_TOKENS
        self._model: OVModelForCausalLM | None = model
        self._tokens = 0

    def can_rewind(self) -> bool:
        """Find out with a few tokens whether the device takes a state that was cut."""
        try:
            self._feed([1, 1, 1])
            self.rewind(1)
            self._feed([1])
            cut = all(
                state.state.shape[SEQUENCE_AXIS] == self._tokens
                for state in self._request.query_state()
            )
        except (RuntimeError, IndexError):
            cut = False
        self.rewind(0)
        return cut

    def rewind(self, tokens: int) -> None:
        """Keep the keys and values of the first tokens alone."""
        if 0 < tokens < self._tokens:
            for state in self._request.query_state():
                state.state = _cut(state.state, tokens)
        # Of 0 tokens the library makes a new state by itself.
        self._tokens = tokens

    def feed(self, ids: Sequence[int]) -> None:
        """Compute the keys and values of a chunk."""
        began_s = time.perf_counter()
        self._feed(ids)
        # Smoothed: what else the machine does comes and goes.
        s_per_token = (time.perf_counter() - began_s) / len(ids)
        wanted = (self.chunk_tokens + STEP_S / s_per_token) / 2
        self.chunk_tokens = int(max(LEAST_CHUNK_TOKENS, min(MOST_CHUNK_TOKENS, wanted)))

    def predict(self, ids: Sequence[int]) -> torch.Tensor:
        """Do the same, and return the logits after it, `float32[vocabulary]`."""
        return self._feed(ids)[0, -1]

    def close(self) -> None:
        """Drop the model, and its memory with it."""
        self._model = None
        gc.collect()

    @property
    def _request(self) -> ov.InferRequest:
        assert self._model is not None
        return self._model.request

    def _feed(self, ids: Sequence[int]) -> torch.Tensor:
        assert self._model is not None
        told = self._model(
            input_ids=torch.tensor([ids]),
            attention_mask=torch.ones((1, self._tokens + len(ids)), dtype=torch.long),
            past_key_values=_AFTER_THE_FIRST if self._tokens else None,
        )
        self._tokens += len(ids)
        logits: torch.Tensor = told.logits
        return logits


def _cut(state: ov.Tensor, tokens: int) -> ov.Tensor:
    """Copy the beginning of a state."""
    shape = list(state.shape)
    shape[SEQUENCE_AXIS] = tokens
    kept = ov.Tensor(state.element_type, ov.Shape(shape))
    ov.Tensor(state, [0] * len(shape), shape).copy_to(kept)
    return kept
