"""A bar for what takes long, on stderr; single lines where that is no terminal."""

import sys
from types import TracebackType
from typing import Never

from tqdm import tqdm

from phi_sidecar.generated.protocol import StepProgress


class Bar:
    """Shows one step after the other."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def report(self, progress: StepProgress) -> None:
        """Show how far it has come."""
        if not sys.stderr.isatty():
            if progress.step != self._step:
                print(progress.step, file=sys.stderr, flush=True)
            self._step = progress.step
            return
        if progress.step != self._step:
            self._end()
            self._step = progress.step
            self._bar = tqdm(
                desc=progress.step, unit="B", unit_scale=True, leave=False, file=sys.stderr
            )
        if self._bar is not None and progress.bytes_done is not None:
            self._bar.total = progress.bytes_total
            self._bar.update(progress.bytes_done - self._bar.n)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
