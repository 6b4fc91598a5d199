"""A backend for tests: each device of it is difficult in its own way.

A device that waits does so until a file of its name lies in the folder `DIFFICULT_FOLDER`.
"""

import ctypes
import os
import sys
import time
from pathlib import Path

from phi_sidecar.backends.base import Device, DeviceKind
from phi_sidecar.backends.echo import EchoModel
from phi_sidecar.errors import AcceleratorUnusable

_FOLDER = Path(os.environ["DIFFICULT_FOLDER"])
_DEVICES = ("starts", "loads", "deaf", "warms", "refuses", "crashes", "absent")


def _wait_for(name):
    while not (_FOLDER / name).exists():
        time.sleep(0.01)


class _SlowToWarmUp(EchoModel):
    def step(self):
        _wait_for("warms")
        return super().step()


class Difficult:
    id = "difficult"
    environment = None
    needs_model = False
    devices = tuple(
        DeviceKind(
            name, f"Difficult ({name})", False, f"No {name}.", "Install it.", "https://x.y/z"
        )
        for name in _DEVICES
    )

    def probe(self):
        there = [name for name in _DEVICES if name != "absent" or (_FOLDER / "absent").exists()]
        return [Device(name, f"Maker's {name}") for name in there]

    def load(self, spec):
        if spec.device == "loads":
            _wait_for("loads")
        elif spec.device == "deaf":
            # As some runtimes do: it holds the interpreter's lock all the while.
            library = "kernel32" if sys.platform == "win32" else None
            lock_holding = ctypes.PyDLL(library)
            sleep = lock_holding.Sleep if library else lock_holding.sleep
            sleep(60_000 if library else 60)
        elif spec.device == "refuses":
            raise AcceleratorUnusable("It is out of memory", remedy="Close other programs.")
        elif spec.device == "crashes":
            os._exit(7)
        return (_SlowToWarmUp if spec.device == "warms" else EchoModel)(token_s=0.005)


if "phi_sidecar.worker" in " ".join(sys.orig_argv) and "starts" in sys.argv:
    # The worker imports its backend before it listens.
    _wait_for("starts")
