"""The heads of safetensors files: what is in them, without reading it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.forms.refusal import incomplete, require

_LENGTH_BYTES = 8
_LARGEST_HEAD_BYTES = 100_000_000
"""As the format's own library has it."""


@dataclass(frozen=True)
class Tensor:
    """One tensor of a file; `dtype` as the format names it, such as `BF16`."""

    dtype: str
    shape: tuple[int, ...]


def read_head(file: Path) -> Mapping[str, Tensor]:
    """Return a file's tensors by name, having checked that all of their bytes are there.

    Raises:
        NotUsable: the file is cut short or damaged.
    """
    size = require(file, at_least_bytes=_LENGTH_BYTES)
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(_LENGTH_BYTES), "little")
        if length > _LARGEST_HEAD_BYTES:
            raise incomplete(f"{file.name} is damaged: it does not begin as safetensors do.")
        head = opened.read(length)
    if len(head) < length:
        raise incomplete(f"{file.name} is cut short within its head.")
    try:
        raw = json.loads(head)
        raw.pop("__metadata__", None)
        tensors = {
            name: Tensor(str(told["dtype"]), tuple(int(n) for n in told["shape"]))
            for name, told in raw.items()
        }
        end = max((int(told["data_offsets"][1]) for told in raw.values()), default=0)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise incomplete(f"{file.name} is damaged: its head cannot be read.") from error
    require(file, at_least_bytes=_LENGTH_BYTES + length + end)
    if size > _LENGTH_BYTES + length + end:
        raise incomplete(f"{file.name} is damaged: it is longer than its head says.")
    return tensors
