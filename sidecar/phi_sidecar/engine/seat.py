"""Who answers now, and what clients are told of it."""

from dataclasses import replace

from phi_sidecar.accelerators.selection import ReadSelection, Selection
from phi_sidecar.engine import statuses
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.generations import Generations
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.status_board import OnStatus, StatusBoard
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated import protocol as p


class Seat:
    """Holds the model that answers; the status always says what became of it.

    Attributes:
        active: what answers; None where nothing does.
        read: what was chosen, as it was last read or written.
        failed: what was wanted and did not come; None once something answers.
    """

    def __init__(self, installation: Installation, on_status: OnStatus) -> None:
        self._installation = installation
        self.active: ActiveModel | None = None
        self.read: ReadSelection = installation.selection.read()
        self.failed: Selection | None = None
        first = self._without_model(self.read.selection, p.Phase.loading)
        self.board = StatusBoard(first, on_status)
        self.generations = Generations(
            self.board, installation.speeds, answers_now=lambda active: active is self.active
        )

    @property
    def status(self) -> p.Status:
        """What clients are told."""
        return self.board.status

    def take(self, active: ActiveModel) -> None:
        """Let a model answer from now on."""
        self.active = active
        self.failed = None
        # A selection that could not be read is still worth knowing once its stand-in answers.
        unread = self.read.problem if active.selection == self.read.selection else None
        generating = self.generations.under_way
        self.board.put(statuses.answering(active, generating=generating, problem=unread))

    def leave(self, coming: Selection) -> None:
        """Let nothing answer until what is coming is there."""
        self.active = None
        self.board.put(self._without_model(coming, p.Phase.loading))

    def restart(self, coming: Selection) -> None:
        """Say that what answered died, and that something comes in its place."""
        restarting = self._without_model(coming, p.Phase.loading)
        self.board.put(replace(restarting, reason=statuses.DIED, remedy="It is being restarted."))

    def enter(self, selection: Selection, phase: p.Phase) -> None:
        """Say how far something is on its way; one that answers meanwhile is no less ready."""
        if self.active is not None:
            return
        if self.status.accelerator != selection.accelerator:
            self.board.put(self._without_model(selection, phase))
        else:
            self.board.enter(phase)

    def not_brought_up(self, selection: Selection, error: PhiSidecarError) -> None:
        """Say why a model does not answer; one that is to be replaced by it goes on."""
        self.board.progress(None)
        if self.active is None:
            self.unavailable(selection, error)
            return
        name = self._without_model(selection, p.Phase.unavailable).accelerator_name
        stays = statuses.keeps_answering(error, self.active)
        self.board.explain(f"Another window switched to {name}. Here: {stays}", error.remedy)

    def unavailable(self, selection: Selection, error: PhiSidecarError) -> None:
        """Say why nothing answers, and what can be done."""
        self.failed = selection
        status = self._without_model(selection, p.Phase.unavailable)
        self.board.put(replace(status, reason=str(error), remedy=error.remedy))

    def _without_model(self, selection: Selection, phase: p.Phase) -> p.Status:
        return statuses.without_model(self._installation, selection, phase)
