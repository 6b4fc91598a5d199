"""Shows the first set-up as the client's own progress, with a way to cancel it."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from phi_sidecar.generated.protocol import Phase, Status, StepProgress
from phi_sidecar.lsp.progress_line import progress_line

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer

TITLE = "Setting up Phi"


class SetupProgress:
    """One work-done progress, while the status says `preparing`."""

    def __init__(self, server: "SidecarServer") -> None:
        self.token: str | None = None
        self._server = server
        self._count = 0
        self._begun = False
        self._shown = ""

    def show(self, status: Status) -> None:
        """Begin, go on with, or end the progress, as the status says."""
        if status.phase is Phase.preparing and self._server.engine.unattended:
            if self.token is None:
                self._create()
            elif self._begun and status.progress is not None:
                self._report(status.progress)
        elif self.token is not None:
            self._end()

    def _create(self) -> None:
        capabilities = self._server.client_capabilities.window
        if capabilities is None or not capabilities.work_done_progress:
            return
        self._count += 1
        token = self.token = f"phi-sidecar-setup-{self._count}"
        create = lsp.WorkDoneProgressCreateParams(token=token)
        created = self._server.window_work_done_progress_create_async(create)

        async def begin() -> None:
            try:
                await created
            except JsonRpcException:
                # The client shows nothing of it; the status still says it all.
                return
            # It may be over by now.
            if self.token == token:
                self._begun = True
                self._notify(lsp.WorkDoneProgressBegin(title=TITLE, cancellable=True))

        self._server.keep(begin())

    def _report(self, progress: StepProgress) -> None:
        message, percentage = progress_line(progress)
        if message != self._shown:
            self._shown = message
            report = lsp.WorkDoneProgressReport(
                message=message, percentage=percentage, cancellable=True
            )
            self._notify(report)

    def _end(self) -> None:
        if self._begun:
            self._notify(lsp.WorkDoneProgressEnd())
        self.token = None
        self._begun = False

    def _notify(self, value: object) -> None:
        assert self.token is not None
        self._server.stream(self.token, value)
