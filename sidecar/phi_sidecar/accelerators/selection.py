"""The accelerator and the model that the user chose, shared by all of the user's windows."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from phi_sidecar.provision import failures, place


@dataclass(frozen=True)
class Selection:
    """What the user chose.

    Attributes:
        accelerator: an accelerator's id.
        model: a model's id in the catalog.
        quantization: of the model's; None for the one recommended on the accelerator.
    """

    accelerator: str = "openvino-genai/CPU"
    model: str = "starter"
    quantization: str | None = None


@dataclass(frozen=True)
class ReadSelection:
    """What is in force.

    Attributes:
        problem: why it is not what the user chose; None if it is.
    """

    selection: Selection
    problem: str | None = None


class SelectionFile:
    """Where the selection is kept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._look()

    def read(self) -> ReadSelection:
        """Return the selection; the default if there is none, or if it cannot be read.

        A file that cannot be understood is kept aside, never overwritten.
        """
        self._seen = self._look()
        try:
            content = place.patiently(self._file.read_bytes)
        except FileNotFoundError:
            return ReadSelection(Selection())
        except OSError as error:
            problem = f"The selection in {self._file} cannot be read: {error.strerror}."
            return ReadSelection(Selection(), problem)
        try:
            return ReadSelection(_parse(content))
        except (ValueError, RecursionError):
            return ReadSelection(Selection(), self._put_aside())

    def write(self, selection: Selection) -> None:
        """Keep a selection, whole or not at all.

        Raises:
            PreparationFailed: the system refuses.
        """
        made = place.beside(self._file)
        with failures.explained("Keeping the selection failed"):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                made.write_text(json.dumps(asdict(selection)) + "\n", encoding="utf-8")
                place.put(made, self._file)
            finally:
                place.remove(made)
        self._seen = self._look()

    def changed(self) -> bool:
        """Tell whether someone else has written it since it was last read or written here.

        Cheap enough to be asked every second or so.
        """
        return self._look() != self._seen

    def _look(self) -> tuple[int, int, int] | None:
        try:
            facts = self._file.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino

    def _put_aside(self) -> str:
        aside = self._file.with_name(f"{self._file.stem}.unreadable-{time.time_ns()}.json")
        try:
            place.put(self._file, aside)
        except OSError:
            return f"The selection in {self._file} cannot be understood."
        self._seen = self._look()
        return f"The selection could not be understood; it was kept as {aside}."


def _parse(content: bytes) -> Selection:
    raw = json.loads(content.decode("utf-8"))
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    accelerator, model = raw.get("accelerator"), raw.get("model")
    quantization = raw.get("quantization")
    if not isinstance(accelerator, str) or not isinstance(model, str):
        raise ValueError("not a selection")
    if not isinstance(quantization, str | None):
        raise ValueError("not a quantization")
    return Selection(accelerator=accelerator, model=model, quantization=quantization)
