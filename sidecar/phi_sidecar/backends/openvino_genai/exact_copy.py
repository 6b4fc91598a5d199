"""Makes OpenVINO's own form of a GGUF file once, where its reader would change the weights.

OpenVINO GenAI reads a block of Q4_1 as codes with a whole zero point, and so rounds away what the
block's smallest weight is: after code, the starter's likeliest token is another one at every fourth
place. In the copy such matrices have 8 bits with a scale for each row, and what has 8 bits in the
file is kept as it is; the likeliest token is another one at one place in twenty.
"""

import hashlib
import json
import logging
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import openvino as ov
import openvino_genai as ov_genai
from filelock import FileLock

from phi_sidecar.backends.openvino_genai.gguf_file import Q4_1, GgufFile, UnknownFile
from phi_sidecar.backends.openvino_genai.llama_graph import llama_graph
from phi_sidecar.backends.openvino_genai.llama_layout import LlamaLayout, read_layout
from phi_sidecar.provision import place

MOST_WEIGHTS = 600_000_000
"""A byte each: a larger model would take more memory than its file leads to expect."""

_NAME = "exact"
_GRAPH = "openvino_model.xml"
_SIZES = "sizes.json"
_MADE_AS = 2
"""Counts up with what is made, so that what an earlier version made is not used."""

log = logging.getLogger(__name__)


def readable(model: Path, cache: Path) -> Path:
    """Return what OpenVINO GenAI shall load for a model: it, or a copy in the cache.

    The copy is made when it is first asked for, which takes some seconds; another process that
    asks meanwhile waits for it.
    """
    if not model.is_file():
        return model
    try:
        return _kept(model, cache)
    except UnknownFile as error:
        log.info("OpenVINO's own reader is used for %s: %s", model.name, error)
    except (OSError, RuntimeError) as error:
        # No room on the disk, say: an answer that is less good is better than none.
        kind = type(error).__name__
        log.warning("no copy of %s could be made (%s): its own reader is used", model.name, kind)
    return model


def _kept(model: Path, cache: Path) -> Path:
    """Return the copy, which is made if it is not there.

    Raises:
        UnknownFile: the file needs none, or none can be made of it.
        OSError: the system refuses.
        RuntimeError: so does the library.
    """
    copy = cache / f"{_NAME}-{_state_of(model)}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{_NAME}.lock", preserve_lock_file=True):
        _sweep(cache, copy)
        if _is_whole(copy):
            return copy
        place.remove(copy)
        file = GgufFile(model)
        layout = _worth_it(file)
        made = place.beside(copy)
        try:
            _make(file, layout, made)
            _seal(made)
            place.put(made, copy)
        finally:
            place.remove(made)
    return copy


def _worth_it(file: GgufFile) -> LlamaLayout:
    """Return the layout of a file that the reader would change.

    Raises:
        UnknownFile: it would not, or a copy cannot be made.
    """
    layout = read_layout(file)
    if all(tensor.type != Q4_1 for tensor in file.tensors.values()):
        raise UnknownFile("it reads these weights as they are")
    weights = sum(file.count(name) for name in file.tensors)
    if weights > MOST_WEIGHTS:
        raise UnknownFile("the model is too large for a copy")
    return layout


def _make(file: GgufFile, layout: LlamaLayout, folder: Path) -> None:
    folder.mkdir()
    # The tokenizer is the reader's own; it needs no more than what the file says of the model.
    header = folder / "header.gguf"
    header.write_bytes(file.header())
    tokenizer = ov_genai.Tokenizer(header, enable_save_ov_model=True)
    config = {
        "bos_token_id": tokenizer.get_bos_token_id(),
        "eos_token_id": tokenizer.get_eos_token_id(),
        "pad_token_id": tokenizer.get_pad_token_id(),
    }
    named = {key: id for key, id in config.items() if id >= 0}
    # Windows removes and renames nothing that is open.
    del tokenizer
    place.remove(header)
    (folder / "generation_config.json").write_text(json.dumps(named), encoding="utf-8")
    ov.save_model(llama_graph(file, layout), folder / _GRAPH, compress_to_fp16=False)


def _seal(made: Path) -> None:
    """Have it all on the disk, and write down how much that is.

    Raises:
        OSError: the disk is full.
        RuntimeError: it was before; the library itself says nothing of it.
    """
    ov.Core().read_model(made / _GRAPH)
    sizes = {}
    for written in made.iterdir():
        with written.open("rb+") as file:
            os.fsync(file.fileno())
        sizes[written.name] = written.stat().st_size
    (made / _SIZES).write_text(json.dumps(sizes), encoding="utf-8")


def _is_whole(copy: Path) -> bool:
    """Tell whether all that was written is there: a power cut or a cleaner may leave less."""
    try:
        sizes: dict[str, int] = json.loads((copy / _SIZES).read_text(encoding="utf-8"))
        return all((copy / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _state_of(model: Path) -> str:
    """Tell one state of a file from another, and one maker's work from another's."""
    found = model.stat()
    told = (found.st_size, found.st_mtime_ns, _MADE_AS, version("openvino-genai"))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _sweep(cache: Path, copy: Path) -> None:
    """Remove copies of earlier states, and what attempts that died left."""
    for left in cache.glob(f"{_NAME}-*"):
        if left != copy:
            # On Windows a worker may have it open; then it goes the next time.
            with suppress(OSError):
                place.remove(left)
