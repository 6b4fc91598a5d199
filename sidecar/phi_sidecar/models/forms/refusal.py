"""Why files are not taken for a model."""

import json
from pathlib import Path

from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated.protocol import ErrorCode

_LARGEST_JSON_BYTES = 64_000_000


class NotUsable(PhiSidecarError):
    """A folder or file holds no model that can be used; the message says why."""

    code = ErrorCode.model_damaged
    remedy = "Choose a folder with a model in OpenVINO, ONNX, safetensors or GGUF form."


def incomplete(what: str) -> NotUsable:
    """Refuse what was only partly copied or downloaded."""
    return NotUsable(what, remedy="Download or copy the model again, all of it.")


def read_json(file: Path) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        NotUsable: it is not there, or cannot be understood.
    """
    try:
        if file.stat().st_size > _LARGEST_JSON_BYTES:
            raise NotUsable(f"{file.name} is far too large.")
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise incomplete(f"{file.name} is missing.") from None
    except (ValueError, RecursionError) as error:
        raise incomplete(f"{file.name} cannot be read as JSON.") from error
    except OSError as error:
        raise NotUsable(
            f"{file.name} cannot be read: {error.strerror}.",
            remedy="Check the permissions of the folder.",
        ) from error
    if not isinstance(value, dict):
        raise incomplete(f"{file.name} holds no JSON object.")
    return value


def require(file: Path, at_least_bytes: int = 1) -> int:
    """Return a file's size.

    Raises:
        NotUsable: it is missing, or shorter than what others say of it.
    """
    try:
        size = file.stat().st_size
    except OSError:
        raise incomplete(f"{file.name} is missing.") from None
    if size < at_least_bytes:
        raise incomplete(
            f"{file.name} is cut short: it has {size:,} of at least {at_least_bytes:,} bytes."
        )
    return size
