"""Builds a Llama's graph for OpenVINO from a GGUF file, with its weights in 8 bits.

The graph has the form that OpenVINO's own converter gives such a model: with state, and with
subgraphs in which its kernels for attention, norms and positions are recognised. Matrices that
read the same numbers are one: each product costs as such.
"""

from collections.abc import Sequence

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset6, opset13

from phi_sidecar.backends.openvino_genai.gguf_file import Q8_0, GgufFile
from phi_sidecar.backends.openvino_genai.int8_rows import (
    halves_first,
    in_int8,
    unpacked,
    unpacked_blocks,
)
from phi_sidecar.backends.openvino_genai.llama_layout import LAST_NORM, TOKENS, LlamaLayout

ops = opset13

_LEAST = -65504.0
"""What a token is masked with: the least number of 16 bits."""


def llama_graph(file: GgufFile, layout: LlamaLayout) -> ov.Model:
    """Return the graph.

    Raises:
        UnknownFile: the file is cut off.
    """
    return _Llama(file, layout).graph()


class _Llama:
    def __init__(self, file: GgufFile, layout: LlamaLayout) -> None:
        self._file = file
        self._layout = layout
        self._ids = _parameter("input_ids", [-1, -1], np.int64)
        self._mask = _parameter("attention_mask", [-1, -1], np.int64)
        self._positions = _parameter("position_ids", [-1, -1], np.int64)
        self._beam = _parameter("beam_idx", [-1], np.int32)
        self._batch = ops.gather(ops.shape_of(self._ids), _ints([0]), _ints(0))
        self._sinks: list[ov.Node] = []
        self._cos, self._sin = self._turns()
        self._hidden_tokens: ov.Node | None = None

    def graph(self) -> ov.Model:
        layout = self._layout
        table = self._table(TOKENS)
        text = ops.gather(table, ops.convert(self._ids, "i32"), _ints(0))
        for number in range(layout.layers):
            text = self._layer(number, text)
        head = table if layout.head == TOKENS else self._table(layout.head)
        logits = ops.matmul(self._norm(text, LAST_NORM), head, False, True)
        logits.output(0).set_names({"logits"})
        parameters = [self._ids, self._mask, self._positions, self._beam]
        return ov.Model([ops.result(logits)], self._sinks, parameters, "llama")

    def _table(self, name: str) -> ov.Node:
        """Return the matrix between tokens and numbers, which all that is said goes through."""
        if self._file.tensors[name].type == Q8_0:
            return unpacked_blocks(*self._file.bytes_in_blocks(name))
        return unpacked([in_int8(self._file.rows(name))])

    def _layer(self, number: int, text: ov.Node) -> ov.Node:
        layout = self._layout

        def name(part: str) -> str:
            return layout.layer(number, part)

        seen = self._norm(text, name("attn_norm"))
        sizes = [size * layout.head_size for size in (layout.heads, *[layout.kv_heads] * 2)]
        queries, keys, values = self._products(
            seen,
            [
                self._halves_first(name("attn_q"), layout.heads),
                self._halves_first(name("attn_k"), layout.kv_heads),
                in_int8(self._file.rows(name("attn_v"))),
            ],
            sizes,
        )
        attention = ops.scaled_dot_product_attention(
            self._turned(self._heads(queries, layout.heads)),
            self._kept(number, "key", self._turned(self._heads(keys, layout.kv_heads))),
            self._kept(number, "value", self._heads(values, layout.kv_heads)),
            self._hidden_tokens,
            _floats(layout.head_size**-0.5),
            causal=False,
        )
        joined = ops.reshape(
            ops.transpose(attention, _ints([0, 2, 1, 3])), _ints([0, 0, sizes[0]]), True
        )
        text = ops.add(text, self._product(joined, name("attn_output")))
        seen = self._norm(text, name("ffn_norm"))
        inner = self._file.tensors[name("ffn_up")].shape[0]
        gate, up = self._products(
            seen,
            [in_int8(self._file.rows(name(part))) for part in ("ffn_gate", "ffn_up")],
            [inner, inner],
        )
        return ops.add(text, self._product(ops.multiply(ops.swish(gate), up), name("ffn_down")))

    def _halves_first(self, name: str, heads: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
        codes, scales = in_int8(self._file.rows(name))
        return halves_first(codes, heads), halves_first(scales, heads)

    def _product(self, text: ov.Node, name: str) -> ov.Node:
        return ops.matmul(text, unpacked([in_int8(self._file.rows(name))]), False, True)

    def _products(
        self,
        text: ov.Node,
        parts: Sequence[tuple[NDArray[np.int8], NDArray[np.float16]]],
        sizes: Sequence[int],
    ) -> Sequence[ov.Output]:
        """Multiply by several matrices at once."""
        product = ops.matmul(text, unpacked(parts), False, True)
        parted: Sequence[ov.Output] = ops.variadic_split(product, _ints(-1), _ints(sizes)).outputs()
        return parted

    def _norm(self, text: ov.Node, name: str) -> ov.Node:
        """Divide by the root of the mean square."""
        weights = self._file.numbers(name).reshape(1, 1, -1)
        squares = ops.reduce_mean(ops.power(text, _floats([[[2.0]]])), _ints([-1]), True)
        epsilon = _floats([[[self._layout.norm_epsilon]]])
        divisor = ops.sqrt(ops.add(squares, epsilon))
        unit = ops.multiply(text, ops.divide(_floats([[[1.0]]]), divisor))
        return ops.multiply(ops.constant(weights), unit)

    def _heads(self, numbers: ov.Output, heads: int) -> ov.Node:
        """Return `[batch, heads, tokens, head size]`."""
        parted = ops.reshape(numbers, _ints([0, 0, heads, self._layout.head_size]), True)
        return ops.transpose(parted, _ints([0, 2, 1, 3]))

    def _turns(self) -> tuple[ov.Node, ov.Node]:
        """Return cosine and sine of how far each position turns each number of a head."""
        size = self._layout.head_size
        steps = self._layout.rope_base ** (-np.arange(0, size, 2, dtype=np.float64) / size)
        positions = ops.convert(ops.unsqueeze(self._positions, _ints([1])), "f32")
        angles = ops.matmul(_floats(steps.reshape(1, -1, 1)), positions, False, False)
        half = ops.transpose(angles, _ints([0, 2, 1]))
        whole = ops.concat([half, half], -1)
        return (
            ops.unsqueeze(ops.cos(whole), _ints([1])),
            ops.unsqueeze(ops.sin(whole), _ints([1])),
        )

    def _turned(self, numbers: ov.Node) -> ov.Node:
        """Turn the two halves of each head against each other, by the position."""
        half = self._layout.head_size // 2
        axis, step = _ints([3]), _ints([1])
        first = ops.slice(numbers, _ints([0]), _ints([half]), step, axis)
        second = ops.slice(numbers, _ints([half]), _ints([2 * half]), step, axis)
        across = ops.concat([ops.multiply(second, _floats([[[[-1.0]]]])), first], -1)
        return ops.add(ops.multiply(numbers, self._cos), ops.multiply(across, self._sin))

    def _kept(self, number: int, what: str, new: ov.Node) -> ov.Node:
        """Add to what a layer keeps of all tokens, and return it for every head."""
        layout = self._layout
        name = f"past_key_values.{number}.{what}present.{number}.{what}"
        shape = [self._batch, _ints([layout.kv_heads]), _ints([0]), _ints([layout.head_size])]
        nothing = ops.broadcast(_floats(0.0), ops.concat(shape, 0))
        lengths = ov.PartialShape([-1, layout.kv_heads, -1, layout.head_size])
        before = ops.gather(
            opset6.read_value(nothing, name, np.float32, lengths), self._beam, _ints(0)
        )
        kept = ops.concat([before, new], 2)
        self._sinks.append(opset6.assign(kept, name))
        if self._hidden_tokens is None:
            self._hidden_tokens = self._hides(kept)
        if layout.heads == layout.kv_heads:
            return kept
        tokens = ops.gather(ops.shape_of(kept), _ints([2]), _ints(0))
        share = _ints([layout.heads // layout.kv_heads])
        shape = [self._batch, shape[1], share, tokens, shape[3]]
        shared = ops.broadcast(
            ops.unsqueeze(kept, _ints([2])), ops.concat(shape, 0), "BIDIRECTIONAL"
        )
        return ops.reshape(shared, _ints([0, layout.heads, -1, layout.head_size]), True)

    def _hides(self, kept: ov.Node) -> ov.Node:
        """Return what keeps each token from seeing those that follow it, and padding."""
        zero, one = _ints(0), _ints(1)
        total = ops.gather(ops.shape_of(kept), _ints([2]), zero)
        new = ops.gather(ops.shape_of(self._ids), _ints([1]), zero)
        before = ops.subtract(total, new)
        seen = ops.range(zero, ops.squeeze(total, _ints([0])), one, "i64")
        seeing = ops.add(ops.range(zero, ops.squeeze(new, _ints([0])), one, "i64"), before)
        follows = ops.greater(ops.unsqueeze(seen, _ints([0])), ops.unsqueeze(seeing, _ints([1])))
        padding = ops.equal(ops.unsqueeze(self._mask, _ints([1, 2])), zero)
        hidden = ops.logical_or(ops.unsqueeze(follows, _ints([0, 1])), padding)
        return ops.select(hidden, _floats(_LEAST), _floats(0.0))


def _parameter(name: str, shape: Sequence[int], kind: type[np.generic]) -> ov.Node:
    parameter = ops.parameter(shape, kind, name=name)
    parameter.output(0).set_names({name})
    return parameter


def _ints(values: object) -> ov.Node:
    return ops.constant(np.array(values, dtype=np.int64))


def _floats(values: object) -> ov.Node:
    return ops.constant(np.array(values, dtype=np.float32))
