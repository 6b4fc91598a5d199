"""From a model with state to one whose keys and values lie in blocks that are told to it."""

from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as ops
from openvino._offline_transformations import paged_attention_transformation

ROWS = "rows"
"""Input `int64[n]`: of which of the tokens fed the logits are asked for."""

_AFTER_HEAD = {"Add", "Convert", "Divide", "Multiply", "Tanh"}
"""What models do with logits, each by itself."""


_TOLD = {
    "input_ids",
    "position_ids",
    "past_lens",
    "subsequence_begins",
    "block_indices",
    "block_indices_begins",
    "max_context_len",
}
"""What such a graph asks for, beside the keys and values of each layer."""

CACHES = ("key_cache.", "value_cache.")
"""What their names begin with."""


class NotPageable(Exception):
    """The model keeps, asks for or says something else than a language model's attention."""


def paged_graph(folder: Path) -> ov.Model:
    """Read a folder of OpenVINO IR; the graph takes tokens of several sequences at once.

    Its logits are `float32[n, 1, vocabulary]`, for `ROWS`.

    Raises:
        NotPageable: the model cannot be driven like that.
    """
    model = ov.Core().read_model(folder / "openvino_model.xml")
    paged_attention_transformation(model)
    asked_for = {name.any_name for name in model.inputs if not name.any_name.startswith(CACHES)}
    # A state of another kind would be shared by all sequences.
    if model.get_sinks() or len(model.get_results()) != 1 or asked_for != _TOLD:
        raise NotPageable(f"{folder.name}: {', '.join(sorted(asked_for ^ _TOLD)) or 'its state'}")
    rows = ops.parameter([-1], np.int64, name=ROWS)
    rows.output(0).set_names({ROWS})
    # Before the largest matrix, not after it: a prompt needs its last token's logits alone.
    read = _head(model).input(0)
    asked = ops.gather(read.get_source_output(), rows, ops.constant(np.int64(0)))
    read.replace_source_output(asked.output(0))
    model.add_parameters([rows])
    model.validate_nodes_and_infer_types()
    return model


def _head(model: ov.Model) -> ov.Node:
    """Return the product that makes the logits, or what it is hidden behind."""
    (result,) = model.get_results()
    node = result
    while (before := node.input_value(0).get_node()).get_type_name() in _AFTER_HEAD:
        node = before
    if before.get_type_name() == "Constant":
        raise NotPageable("what makes the logits is not found")
    return before if before.get_type_name() == "MatMul" else node
