"""Where it was measured."""

import os
import platform
from pathlib import Path

import psutil
from phi_sidecar import __version__

CPU_INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, object]:
    """Return the machine, in words."""
    cores = _usable_cores()
    memory_gib = psutil.virtual_memory().total / (1 << 30)
    return {
        "version": f"Phi Sidecar {__version__}",
        "processor": _processor(),
        "cores": f"{cores} core{'' if cores == 1 else 's'}",
        "memory": f"{memory_gib:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}",
    }


def load_per_core() -> float:
    """Return how busy the machine is with other things; above 0.2 the figures suffer."""
    return psutil.cpu_percent(interval=1.0) / 100


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    if CPU_INFO.exists():
        for line in CPU_INFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
