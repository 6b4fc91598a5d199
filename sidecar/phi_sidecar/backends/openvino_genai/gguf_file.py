"""Reads a GGUF file: what it says of its model, and the numbers that its blocks stand for.

The container is public (`docs/gguf.md` of ggml), and so are the blocks: 32 weights each, with a
scale and, in some types, what the smallest code stands for.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

Scalar: TypeAlias = int | float | bool | str

F32, F16, Q4_0, Q4_1, Q8_0 = 0, 1, 2, 3, 8
"""The types of tensors that are read here, by the container's numbers."""

BLOCK = 32
"""Weights in a block."""

_BLOCK_BYTES = {Q4_0: 2 + 16, Q4_1: 2 + 2 + 16, Q8_0: 2 + 32}
_PLAIN = {F32: np.dtype("<f4"), F16: np.dtype("<f2")}

_SCALARS = {
    **{0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i"},
    **{6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"},
}
_STRING, _ARRAY = 8, 9
_COUNTS_AT = 8
"""Where the header's counts stand, of tensors and of what is said of the model, 8 bytes each."""

_VERSIONS = (2, 3)
_ALIGNMENT = 32
_CHUNK_ROWS = 2048
"""So many rows of a matrix are unpacked at once: the starter's table of tokens has 49,152."""


class UnknownFile(Exception):
    """It is no GGUF file, or not one of a kind that is read here."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies.

    Attributes:
        shape: rows first.
        start: of its bytes in the file.
    """

    shape: tuple[int, ...]
    type: int
    start: int


class GgufFile:
    """A file that is open for as long as this is.

    Attributes:
        said: what it says of its model, by key; lists are left out.
        tensors: by name.
    """

    def __init__(self, path: Path) -> None:
        """Read all but the tensors' numbers.

        Raises:
            UnknownFile: it is none, or it is cut off.
        """
        self.said: dict[str, Scalar] = {}
        self.tensors: dict[str, Tensor] = {}
        try:
            self._bytes = np.memmap(path, np.uint8, "r")
            self._read()
        except (OSError, ValueError, ArithmeticError, struct.error) as error:
            raise UnknownFile(f"it cannot be read ({type(error).__name__})") from error

    def header(self) -> bytes:
        """Return a file that says the same of the model, and has no tensors."""
        start: bytes = self._bytes[:_COUNTS_AT].tobytes()
        said: bytes = self._bytes[_COUNTS_AT + 8 : self._said_end].tobytes()
        return start + struct.pack("<Q", 0) + said + bytes(_ALIGNMENT)

    def rows(self, name: str) -> Iterator[NDArray[np.float32]]:
        """Yield the numbers of a matrix, `float32[rows, columns]`, some rows at a time.

        They are what the file's author meant: codes times scale, plus the smallest value.
        """
        tensor = self.tensors[name]
        lying = self._lying(name)
        for start in range(0, len(lying), _CHUNK_ROWS):
            some = lying[start : start + _CHUNK_ROWS]
            yield _numbers(tensor.type, some).reshape(len(some), -1)

    def _lying(self, name: str) -> NDArray[np.uint8]:
        """Return a tensor's bytes, those of each row beside each other.

        Raises:
            UnknownFile: the file is cut off.
        """
        tensor = self.tensors[name]
        rows = tensor.shape[0]
        row_bytes = _row_bytes(tensor.type, int(np.prod(tensor.shape[1:])))
        end = tensor.start + rows * row_bytes
        if end > len(self._bytes):
            _refuse("it is cut off")
        return self._bytes[tensor.start : end].reshape(rows, row_bytes)

    def bytes_in_blocks(self, name: str) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
        """Return a matrix of Q8_0 as it lies there: `int8[rows, blocks, 32]`, and their scales."""
        rows, columns = self.tensors[name].shape
        blocks = self._lying(name).reshape(rows, columns // BLOCK, _BLOCK_BYTES[Q8_0])
        scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float16)
        return np.ascontiguousarray(blocks[..., 2:]).view(np.int8), scales

    def count(self, name: str) -> int:
        """Return how many numbers a tensor has."""
        return int(np.prod(self.tensors[name].shape))

    def numbers(self, name: str) -> NDArray[np.float32]:
        """Return all numbers of a tensor in its shape."""
        return np.concatenate(list(self.rows(name))).reshape(self.tensors[name].shape)

    def _read(self) -> None:
        if self._bytes[:4].tobytes() != b"GGUF":
            _refuse("it is no GGUF file")
        at, version = self._scalar(4, "<I")
        if version not in _VERSIONS:
            _refuse(f"its version is {version}")
        at, tensor_count = self._scalar(at, "<Q")
        at, said_count = self._scalar(at, "<Q")
        for _ in range(int(said_count)):
            at, key = self._text(at)
            at, kind = self._scalar(at, "<I")
            at, value = self._value(at, int(kind))
            if value is not None:
                self.said[key] = value
        self._said_end = at
        found = []
        for _ in range(int(tensor_count)):
            at, name = self._text(at)
            at, dimensions = self._scalar(at, "<I")
            lengths = []
            for _ in range(int(dimensions)):
                at, length = self._scalar(at, "<Q")
                lengths.append(int(length))
            at, kind = self._scalar(at, "<I")
            at, offset = self._scalar(at, "<Q")
            found.append((name, tuple(reversed(lengths)), int(kind), int(offset)))
        aligned = int(self.said.get("general.alignment", _ALIGNMENT))
        begin = -(-at // aligned) * aligned
        for name, shape, type_, offset in found:
            self.tensors[name] = Tensor(shape, type_, begin + offset)

    def _value(self, at: int, kind: int) -> tuple[int, Scalar | None]:
        """Read a value and where the next begins; of a list that alone."""
        if kind == _STRING:
            return self._text(at)
        if kind in _SCALARS:
            return self._scalar(at, _SCALARS[kind])
        if kind != _ARRAY:
            _refuse(f"it has values of type {kind}")
        at, of = self._scalar(at, "<I")
        at, count = self._scalar(at, "<Q")
        if of in _SCALARS:
            return at + int(count) * struct.calcsize(_SCALARS[int(of)]), None
        for _ in range(int(count)):
            at, _ = self._value(at, int(of))
        return at, None

    def _scalar(self, at: int, form: str) -> tuple[int, int | float | bool]:
        (value,) = struct.unpack_from(form, self._bytes, at)
        return at + struct.calcsize(form), value

    def _text(self, at: int) -> tuple[int, str]:
        at, length = self._scalar(at, "<Q")
        end = at + int(length)
        return end, self._bytes[at:end].tobytes().decode("utf-8", errors="replace")


def _row_bytes(type_: int, columns: int) -> int:
    if type_ in _PLAIN:
        return columns * int(_PLAIN[type_].itemsize)
    if type_ not in _BLOCK_BYTES or columns % BLOCK:
        _refuse(f"it has tensors of type {type_}")
    return columns // BLOCK * _BLOCK_BYTES[type_]


def _numbers(type_: int, rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unpack whole rows, each one's bytes beside each other."""
    if type_ in _PLAIN:
        plain = np.ascontiguousarray(rows).view(_PLAIN[type_])
        return plain.astype(np.float32)
    blocks = rows.reshape(-1, _BLOCK_BYTES[type_])
    scales = _halves(blocks[:, 0:2])
    if type_ == Q8_0:
        return np.ascontiguousarray(blocks[:, 2:]).view(np.int8) * scales
    if type_ == Q4_0:
        return (_nibbles(blocks[:, 2:]) - np.float32(8)) * scales
    return _nibbles(blocks[:, 4:]) * scales + _halves(blocks[:, 2:4])


def _halves(pairs: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(pairs).view("<f2").astype(np.float32)


def _nibbles(packed: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A block's first half stands in the low nibbles, the second in the high ones."""
    return np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)


def _refuse(why: str) -> NoReturn:
    raise UnknownFile(why)
