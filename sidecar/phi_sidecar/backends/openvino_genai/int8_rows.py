"""A matrix in whole numbers of 8 bits, with a scale for each row."""

from collections.abc import Iterable, Sequence

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

LARGEST = 127
"""Symmetric: a zero stays a zero, and the kernels need no zero point."""


def in_int8(rows: Iterable[NDArray[np.float32]]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return the nearest whole numbers, and each row's scale, of a matrix given in stretches."""
    codes, scales = [], []
    for some in rows:
        largest = np.abs(some).max(axis=1, keepdims=True)
        # The scale as it is kept, so that the codes fit what they will be multiplied by.
        scale = (largest / LARGEST).astype(np.float16)
        divisor = scale.astype(np.float32)
        divisor[divisor == 0] = 1
        codes.append(np.clip(np.rint(some / divisor), -LARGEST, LARGEST).astype(np.int8))
        scales.append(scale)
    return np.concatenate(codes), np.concatenate(scales)


def halves_first(matrix: NDArray[np.generic], heads: int) -> NDArray[np.generic]:
    """Put the rows of queries or keys in the order in which a head's halves are turned together.

    GGUF has the two numbers that are turned together beside each other; what OpenVINO's kernels
    look for in a graph has them half a head apart. Both give the same products.
    """
    pairs = matrix.reshape(heads, -1, 2, matrix.shape[-1])
    return pairs.swapaxes(1, 2).reshape(matrix.shape)


def unpacked(parts: Sequence[tuple[NDArray[np.int8], NDArray[np.float16]]]) -> ov.Node:
    """Return a graph's matrix, `float32[rows, columns]`, of several ones below each other."""
    codes = ops.constant(np.concatenate([codes for codes, _ in parts]))
    scales = ops.constant(np.concatenate([scales for _, scales in parts]))
    return ops.convert(ops.multiply(ops.convert(codes, "f16"), scales), "f32")


def unpacked_blocks(codes: NDArray[np.int8], scales: NDArray[np.float16]) -> ov.Node:
    """Return a graph's matrix, `float32[rows, columns]`, of blocks that each have their scale."""
    blocks = ops.multiply(ops.convert(ops.constant(codes), "f16"), ops.constant(scales))
    rows = np.array([codes.shape[0], -1], dtype=np.int64)
    return ops.convert(ops.reshape(blocks, ops.constant(rows), False), "f32")
