"""Recognize a folder or file that holds a model, and check that it is whole."""

from pathlib import Path

from phi_sidecar.models.forms import gguf, onnx_folder, openvino_folder, transformers_folder
from phi_sidecar.models.forms.found import Found
from phi_sidecar.models.forms.refusal import NotUsable

__all__ = ["Found", "NotUsable", "recognize"]


def recognize(place: Path) -> Found:
    """Say which model a folder or a GGUF file holds; reads heads and configurations, no weights.

    Raises:
        NotUsable: it holds none that can be used, or not all of one; with the reason.
    """
    try:
        return _recognize(place)
    except OSError as error:
        raise NotUsable(
            f"{place} cannot be read: {error.strerror or error}.",
            remedy="Check the path and the permissions of the folder.",
        ) from error


def _recognize(place: Path) -> Found:
    if place.is_file():
        with place.open("rb") as opened:
            begins = opened.read(len(gguf.MAGIC))
        if begins != gguf.MAGIC:
            raise NotUsable(f"{place.name} is a file, but no GGUF file.")
        return gguf.recognize(place)
    if not place.is_dir():
        raise NotUsable(f"There is nothing at {place}.", remedy="Check the path.")
    if (place / onnx_folder.CONFIG).is_file():
        return onnx_folder.recognize(place)
    if (place / openvino_folder.MODEL).is_file():
        return openvino_folder.recognize(place)
    if (place / "config.json").is_file():
        return transformers_folder.recognize(place)
    transformers_folder.refuse_adapter(place)
    files = sorted(place.glob("*.gguf"))
    if len(files) == 1:
        return gguf.recognize(files[0])
    if files:
        raise NotUsable(
            f"{place} holds {len(files)} GGUF files.", remedy="Choose one of the files itself."
        )
    inside = [
        child.name
        for child in place.iterdir()
        if child.is_dir() and any((child / name).is_file() for name in _MARKS)
    ]
    if inside:
        raise NotUsable(
            f"{place} holds no model itself, but its folder {sorted(inside)[0]} does.",
            remedy="Choose that folder.",
        )
    raise NotUsable(
        f"{place} holds no model: there is no openvino_model.xml, genai_config.json,"
        " config.json or GGUF file in it."
    )


_MARKS = (onnx_folder.CONFIG, openvino_folder.MODEL, "config.json")
