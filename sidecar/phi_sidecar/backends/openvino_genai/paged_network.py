"""A compiled model and its keys and values, in blocks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from phi_sidecar.backends.batching.parts import Stretch
from phi_sidecar.backends.openvino_genai.paged_graph import CACHES, ROWS, paged_graph


class PagedNetwork:
    """Computes stretches of several sequences at once."""

    def __init__(
        self, folder: Path, device: str, options: Mapping[str, str], *, blocks: int
    ) -> None:
        """Compile, with memory for some blocks; it is taken as they are first written."""
        compiled = ov.Core().compile_model(paged_graph(folder), device, dict(options))
        self._request = compiled.create_infer_request()
        self._caches: list[ov.Tensor] = []
        for wanted in compiled.inputs:
            name = wanted.any_name
            if name.startswith(CACHES):
                _, *shape = wanted.partial_shape
                sizes = [blocks, *(size.get_length() for size in shape)]
                cache = ov.Tensor(wanted.element_type, ov.Shape(sizes))
                self._request.set_tensor(name, cache)
                self._caches.append(cache)

    def compute(self, stretches: Sequence[Stretch]) -> NDArray[np.float32]:
        """Return `float32[all asked, vocabulary]`, stretch by stretch; good until the next call."""
        ends = np.cumsum([len(stretch.ids) for stretch in stretches])
        rows = [
            np.arange(end - stretch.asked, end)
            for end, stretch in zip(ends, stretches, strict=True)
        ]
        block_ends = np.cumsum([len(stretch.blocks) for stretch in stretches])
        positions = [np.arange(s.past, s.past + len(s.ids)) for s in stretches]
        self._tell("input_ids", np.concatenate([s.ids for s in stretches]), np.int64)
        self._tell("position_ids", np.concatenate(positions), np.int64)
        self._tell("past_lens", [s.past for s in stretches], np.int32)
        self._tell("subsequence_begins", [0, *ends], np.int32)
        self._tell("block_indices", np.concatenate([s.blocks for s in stretches]), np.int32)
        self._tell("block_indices_begins", [0, *block_ends], np.int32)
        self._tell("max_context_len", max(s.past + len(s.ids) for s in stretches), np.int32)
        self._tell(ROWS, np.concatenate(rows), np.int64)
        self._request.infer()
        logits: NDArray[np.float32] = self._request.get_output_tensor(0).data
        return logits.reshape(-1, logits.shape[-1])

    def copy(self, source: int, target: int) -> None:
        """Copy the keys and values of a block."""
        for cache in self._caches:
            # By bytes: numbers of 4 bits have no shape of their own here.
            rows = cache.data.view(np.uint8).reshape(cache.shape[0], -1)
            rows[target] = rows[source]

    def close(self) -> None:
        """Give the memory back."""
        del self._request
        self._caches.clear()

    def _tell(self, name: str, values: object, kind: type[np.generic]) -> None:
        self._request.set_tensor(name, ov.Tensor(np.asarray(values, dtype=kind)))
