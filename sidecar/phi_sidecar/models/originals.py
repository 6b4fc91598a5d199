"""Tells whether the original that something was converted from is still what it was."""

import hashlib
import json
from pathlib import Path

_WEIGHTS = "*.safetensors"


def mark_of(folder: Path) -> str | None:
    """Return what changes with a folder's weights, without reading them; None where it has none.

    Who deletes them after a conversion keeps a conversion that works.
    """
    try:
        facts = sorted(
            (file.name, file.stat().st_size, file.stat().st_mtime_ns)
            for file in folder.glob(_WEIGHTS)
        )
    except OSError:
        return None
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32] if facts else None
