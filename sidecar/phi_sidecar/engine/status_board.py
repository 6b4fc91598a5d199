"""What clients are told of the engine, and no more often than anyone can read."""

import time
from collections.abc import Callable
from dataclasses import replace

from phi_sidecar.generated.protocol import Phase, Status, StepProgress

OnStatus = Callable[[Status], None]

PROGRESS_EVERY_S = 0.1
"""Downloads report hundreds of times a second; people see ten."""


class StatusBoard:
    """Holds the status and tells of its changes."""

    def __init__(
        self, first: Status, tell: OnStatus, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._status = first
        self._tell = tell
        self._clock = clock
        self._progress_told_s = float("-inf")

    @property
    def status(self) -> Status:
        """The status as it is."""
        return self._status

    def put(self, status: Status) -> None:
        """Replace the status, and tell of it if it differs."""
        if status != self._status:
            self._status = status
            self._tell(status)

    def set(
        self,
        *,
        generating: bool | None = None,
        tokens_per_second: float | None = None,
    ) -> None:
        """Change what a generation changes."""
        status = self._status
        if generating is not None:
            status = replace(status, generating=generating)
        if tokens_per_second is not None:
            status = replace(status, tokens_per_second=tokens_per_second)
        self.put(status)

    def enter(self, phase: Phase) -> None:
        """Enter a phase on the way to a model that answers; what went wrong before stays said."""
        if phase is not self._status.phase:
            self.put(replace(self._status, phase=phase, progress=None))

    def explain(self, reason: str | None, remedy: str | None) -> None:
        """Say what went wrong without a change of phase."""
        self.put(replace(self._status, reason=reason, remedy=remedy))

    def progress(self, progress: StepProgress | None) -> None:
        """Tell how far the work has come; a new step at once, bytes now and then."""
        before = self._status.progress
        now_s = self._clock()
        same_step = progress is not None and before is not None and progress.step == before.step
        if same_step and now_s - self._progress_told_s < PROGRESS_EVERY_S:
            return
        self._progress_told_s = now_s
        self.put(replace(self._status, progress=progress))
