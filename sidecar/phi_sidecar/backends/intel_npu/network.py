"""Runs a compiled model chunk by chunk, in two shapes alone."""

import gc
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from intel_npu_acceleration_library.backend import clear_cache
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache

from phi_sidecar.backends.sequential import ModelBroken

CHUNK_TOKENS = 64
"""Tokens of a prompt that are computed at once. The library compiles kernels for every number of
tokens that it meets and never lets go of them, so it meets this one and 1."""

KV_VALUE_BYTES = 2
"""Of what `HalfCache` keeps."""

_PADDING = 0


class HalfCache(DynamicCache):  # type: ignore[misc]
    """Keeps keys and values as halves, which is what the library's matrices give anyway."""

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        layer_idx: int,
        cache_kwargs: dict[str, object] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add those of a chunk; return all, in the precision that they came in."""
        keys, values = super().update(
            key_states.half(), value_states.half(), layer_idx, cache_kwargs
        )
        return keys.to(key_states.dtype), values.to(value_states.dtype)


class _Kernels:
    """The kernels that the library keeps, for all models of the process.

    Two threads inside the library end the process. So does a second model on the kernels of the
    first: each has a thread that loads the weights that the first would need next.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: object = None

    @contextmanager
    def of(self, owner: object) -> Iterator[None]:
        """Have the library to oneself, with kernels of one's own."""
        with self._lock:
            if self._owner is not owner:
                _clear()
                self._owner = owner
            yield

    def drop(self, owner: object) -> None:
        """Give the memory of one's kernels back."""
        with self._lock:
            if self._owner is owner:
                _clear()
                self._owner = None


def _clear() -> None:
    clear_cache()
    # They refer to themselves, and read weights until they are gone.
    gc.collect()


_KERNELS = _Kernels()
"""What the library keeps is the process's."""


class NpuNetwork:
    """A network whose matrices are the library's, and its keys and values."""

    def __init__(self, model: PreTrainedModel) -> None:
        self.chunk_tokens = CHUNK_TOKENS
        self._model: PreTrainedModel | None = model
        self._cache = HalfCache()
        self._broken = False

    def rewind(self, tokens: int) -> None:
        """Keep the keys and values of the first tokens alone."""
        if tokens == 0:
            self._cache = HalfCache()
        else:
            self._cache.crop(tokens)

    def feed(self, ids: Sequence[int]) -> None:
        """Compute the keys and values of a chunk."""
        self._guarded(ids, predict=False)

    def predict(self, ids: Sequence[int]) -> torch.Tensor:
        """Do the same, and return the logits after it, `float32[vocabulary]`."""
        logits = self._guarded(ids, predict=True)
        assert logits is not None
        return logits

    def close(self) -> None:
        """Drop the kernels, which read the model's weights, and then the model."""
        if not self._broken:
            _KERNELS.drop(self)
        self._model = None
        self._cache = HalfCache()
        gc.collect()

    def _guarded(self, ids: Sequence[int], *, predict: bool) -> torch.Tensor | None:
        if self._broken:
            raise ModelBroken("The NPU Acceleration Library failed before.")
        try:
            with _KERNELS.of(self), torch.inference_mode():
                return self._run(ids, predict=predict)
        except Exception as error:
            # A thread of its own may still load weights: the next call would end the process.
            self._broken = True
            raise ModelBroken("The NPU Acceleration Library failed.") from error

    def _run(self, ids: Sequence[int], *, predict: bool) -> torch.Tensor | None:
        model = self._model
        assert model is not None
        held = self._cache.get_seq_length()
        filled = list(ids)
        if len(ids) > 1:
            # What fills the chunk comes after the prompt, so no token of it looks there.
            filled += [_PADDING] * (CHUNK_TOKENS - len(ids))
        hidden = model.base_model(
            input_ids=torch.tensor([filled]), past_key_values=self._cache, use_cache=True
        ).last_hidden_state
        if len(filled) > len(ids):
            self._cache.crop(held + len(ids))
        if not predict:
            return None
        # The head sees one token each time: a further shape of it is a further kernel.
        head = model.get_output_embeddings()
        logits: torch.Tensor = head(hidden[:, len(ids) - 1 : len(ids)])[0, 0]
        return logits.float()
