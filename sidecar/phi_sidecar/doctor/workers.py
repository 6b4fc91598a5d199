"""Which of this user's workers run."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class RunningWorker:
    """A process that holds, or is about to hold, a model.

    Attributes:
        runs: the backend and the device that it was started for.
        resident_bytes: memory that it takes now.
    """

    pid: int
    runs: str
    resident_bytes: int
    age_s: float


def running_workers(folder: Path) -> Sequence[RunningWorker]:
    """Return the workers that publish themselves in a folder."""
    found: dict[int, RunningWorker] = {}
    parents: set[int] = set()
    for process in psutil.process_iter(["cmdline", "memory_info", "create_time", "ppid"]):
        words = process.info["cmdline"] or []
        file = _after(words, "--endpoint-file")
        if "phi_sidecar.worker" not in words or file is None or Path(file).parent != folder:
            continue
        # On Windows an environment's Python is a parent of the real one, with the same arguments.
        parents.add(process.info["ppid"])
        memory = process.info["memory_info"]
        backend = (_after(words, "--backend") or "").rpartition(":")[2]
        found[process.pid] = RunningWorker(
            pid=process.pid,
            runs=f"{backend} on {_after(words, '--device')}",
            resident_bytes=memory.rss if memory else 0,
            age_s=max(0.0, time.time() - process.info["create_time"]),
        )
    return [worker for pid, worker in found.items() if pid not in parents]


def _after(words: Sequence[str], option: str) -> str | None:
    at = words.index(option) if option in words else -1
    return words[at + 1] if 0 <= at < len(words) - 1 else None
