"""How to run this package's modules in another Python."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.provision import bootstrap

_NOT_INHERITED = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "VIRTUAL_ENV")

# What makes libraries refrain from reporting to their makers, where they know how to: ONNX Runtime
# from 1.29 on, the model hub's client, and those that heed the common one.
_NO_REPORTS = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Command:
    """A program to start. On Windows an environment's Python is a parent of the real one."""

    argv: tuple[str, ...]
    env: Mapping[str, str]


def own_python() -> Path:
    """Return the interpreter that runs this."""
    return Path(sys.executable)


def module_command(python: Path, module: str, *args: str) -> Command:
    """Say how to run `python -m module` where module is one of this package's.

    In a runtime's environment nothing but `phi_sidecar` is added to what the environment holds:
    no other package that happens to lie beside it, nothing of the user's site or the current
    folder. In the sidecar's own interpreter the module sees what the sidecar sees.
    """
    env = clean_environ()
    if python == own_python():
        env["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
        env["PYTHONNOUSERSITE"] = "1"
        return Command(argv=(str(python), "-P", "-X", "utf8", "-m", module, *args), env=env)
    script = str(Path(bootstrap.__file__).resolve())
    return Command(argv=(str(python), "-I", "-X", "utf8", script, module, *args), env=env)


def clean_environ() -> dict[str, str]:
    """Copy this process's environment without what would change another Python's packages.

    With what keeps libraries from reporting to their makers: nothing leaves the machine.
    """
    env = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    env |= _NO_REPORTS
    env["PYTHONUTF8"] = "1"
    env["PYTHONNOUSERSITE"] = "1"
    return env
