"""The way of asking for code that was chosen for a model, because it did best on this machine."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision import place

_LOCK_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class _Weights:
    model: str
    quantization: str


class ChosenWays:
    """Remembers ways by model and quantization. A file that cannot be understood counts as empty.

    Whether there is a way of that name is for others to know: a later version may have more.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, model: str, quantization: str) -> str | None:
        """Return the way chosen; None where that is left to the product."""
        return self._read().get(_Weights(model, quantization))

    def choose(self, model: str, quantization: str, way: str | None) -> None:
        """Remember a way, or with None leave it to the product again.

        Raises:
            PreparationFailed: it cannot be remembered.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._file.with_suffix(".lock"), preserve_lock_file=True)
            with lock.acquire(timeout=_LOCK_TIMEOUT_S):
                known = dict(self._read())
                known.pop(_Weights(model, quantization), None)
                if way is not None:
                    known[_Weights(model, quantization)] = way
                self._write(known)
        except (OSError, Timeout) as error:
            raise PreparationFailed(
                "The way of asking could not be remembered.",
                remedy=f"Look whether {self._file.parent} can be written to.",
            ) from error

    def _write(self, ways: Mapping[_Weights, str]) -> None:
        entries = [{**asdict(weights), "way": way} for weights, way in ways.items()]
        made = place.beside(self._file)
        try:
            made.write_text(json.dumps({"ways": entries}, indent=1) + "\n", encoding="utf-8")
            place.put(made, self._file)
        finally:
            place.remove(made)

    def _read(self) -> Mapping[_Weights, str]:
        try:
            entries = json.loads(place.patiently(lambda: self._file.read_text("utf-8")))["ways"]
            return dict(_entry(entry) for entry in entries)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return {}


def _entry(entry: Mapping[str, object]) -> tuple[_Weights, str]:
    names = [entry["model"], entry["quantization"], entry["way"]]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("not a name")
    model, quantization, way = map(str, names)
    return _Weights(model, quantization), way
