"""Ask a runtime, in its own environment, which devices it finds.

Run as a module it is the asked side: `python -m phi_sidecar.accelerators.probe module:attribute`
prints one line of JSON.
"""

import importlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TypedDict

from phi_sidecar.accelerators.registry import instantiate
from phi_sidecar.backends.base import Device
from phi_sidecar.errors import PhiSidecarError


class Found(TypedDict):
    """What the asked side prints when the runtime works."""

    devices: list[dict[str, str]]


class Refused(TypedDict):
    """What the asked side prints when the runtime does not work."""

    reason: str
    remedy: str | None


def answer(target: str) -> Found | Refused:
    """Import a backend and probe its runtime, here."""
    try:
        module, _, attribute = target.partition(":")
        backend = instantiate(getattr(importlib.import_module(module), attribute))
        devices: Sequence[Device] = backend.probe()
    except PhiSidecarError as error:
        return Refused(reason=str(error), remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 (a runtime may raise anything)
        return Refused(reason=f"{type(error).__name__}: {error}", remedy=None)
    return Found(devices=[asdict(device) for device in devices])


def main() -> None:
    """Print the answer alone on standard output, whatever the runtime prints."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as stdout:
        # Native code writes to the descriptor itself, past sys.stdout.
        os.dup2(2, 1)
        stdout.write(json.dumps(answer(sys.argv[1])) + "\n")


if __name__ == "__main__":
    main()
