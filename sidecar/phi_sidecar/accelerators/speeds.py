"""How fast each accelerator last decoded here, kept for all of the user's windows."""

import json
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from phi_sidecar.generated.protocol import GenerationMetrics
from phi_sidecar.provision import place

MIN_TOKENS = 16
"""Shorter answers tell too little: one slow step would count for a tenth of it or more."""

WRITE_EVERY_S = 20.0
"""Completions come several times a second while somebody types; the figure hardly moves."""

LOCK_TIMEOUT_S = 0.2
"""Another window holds the file for a moment only."""


@dataclass(frozen=True)
class Ran:
    """What decoded: an accelerator with a model."""

    accelerator: str
    model: str
    quantization: str


class Speeds:
    """Decode speeds in tokens per second. A file that cannot be understood counts as empty."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._pending: dict[Ran, float] = {}
        self._written_s = float("-inf")

    def of(self, ran: Ran) -> float | None:
        """Return the speed last measured; None where it never ran."""
        return self.all().get(ran)

    def all(self) -> dict[Ran, float]:
        """Return every known speed, this window's newest before what is in the file."""
        return {**self._read(), **self._pending}

    def note(self, ran: Ran, metrics: GenerationMetrics) -> None:
        """Take in how one generation went, if it was long enough to tell."""
        if not metrics.tpot_ms or metrics.completion_tokens < MIN_TOKENS:
            return
        self._pending[ran] = round(1000 / metrics.tpot_ms, 2)
        if self._clock() - self._written_s >= WRITE_EVERY_S:
            self.write()

    def write(self) -> None:
        """Put what is new into the file, beside what other windows put there.

        What cannot be written now is tried again with the next figure: it is worth no error.
        """
        if not self._pending:
            return
        self._written_s = self._clock()
        with suppress(OSError, Timeout):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._file.with_suffix(".lock"), preserve_lock_file=True)
            with lock.acquire(timeout=LOCK_TIMEOUT_S):
                self._replace(self.all())
            self._pending.clear()

    def _replace(self, speeds: dict[Ran, float]) -> None:
        entries = [{**asdict(ran), "tokensPerSecond": speed} for ran, speed in speeds.items()]
        made = place.beside(self._file)
        try:
            made.write_text(json.dumps({"speeds": entries}, indent=1) + "\n", encoding="utf-8")
            # At once or not at all: it is not worth place.put's patience.
            made.replace(self._file)
        finally:
            place.remove(made)

    def _read(self) -> dict[Ran, float]:
        try:
            entries = json.loads(self._file.read_text("utf-8"))["speeds"]
            return dict(_entry(entry) for entry in entries)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}


def _entry(entry: dict[str, object]) -> tuple[Ran, float]:
    named = [entry["accelerator"], entry["model"], entry["quantization"]]
    speed = entry["tokensPerSecond"]
    if not isinstance(speed, int | float) or not math.isfinite(speed) or speed <= 0:
        raise ValueError("not a speed")
    if not all(isinstance(name, str) for name in named):
        raise ValueError("not a name")
    return Ran(*map(str, named)), float(speed)
