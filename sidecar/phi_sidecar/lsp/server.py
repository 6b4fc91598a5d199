"""The state of one window's sidecar, and what its handlers say to the client with."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from phi_sidecar import __version__, rpc
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p

if TYPE_CHECKING:
    from phi_sidecar.engine.chat import Chat
    from phi_sidecar.engine.completion import Completer
    from phi_sidecar.engine.engine import Engine
    from phi_sidecar.engine.ignore_files import IgnoreFiles
    from phi_sidecar.engine.installation import Installation
    from phi_sidecar.lsp.setup_progress import SetupProgress


class SidecarProtocol(rpc.StrictMessages, LanguageServerProtocol):  # type: ignore[misc]
    """LSP, with our methods beside it."""

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401
        """Make a message of decoded JSON; a second `initialize` is refused.

        It would forget the documents that are open, and load everything once more.
        """
        if data.get("method") == lsp.INITIALIZE and self._workspace is not None:
            self._refuse(data, "initialize was answered before")
            return None
        return super().structure_message(data)


class SidecarServer(LanguageServer):
    """The state of one window's sidecar.

    Its parts come with `furnish`, when `initialize` has been answered: to load them takes as long
    as all the rest of the start.
    """

    installation: "Installation"
    setup_progress: "SetupProgress"
    engine: "Engine"
    completer: "Completer"
    chat: "Chat"
    ignore_files: "IgnoreFiles"

    def __init__(self) -> None:
        super().__init__(
            "phi-sidecar",
            __version__,
            protocol_cls=SidecarProtocol,
            converter_factory=rpc.converter,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self.cancellable: dict[str | int, asyncio.Task[object] | None] = {}
        """Requests under way that show the client's own progress, by its token."""
        self.furnished = False

    def furnish(self, installation: "Installation") -> None:
        """Put in all that handlers need."""
        from phi_sidecar.engine.chat import Chat
        from phi_sidecar.engine.completion import Completer
        from phi_sidecar.engine.engine import Engine
        from phi_sidecar.engine.ignore_files import IgnoreFiles
        from phi_sidecar.lsp.setup_progress import SetupProgress

        self.installation = installation
        self.setup_progress = SetupProgress(self)
        self.engine = Engine(installation, self._on_status)
        self.completer = Completer(self.engine, speeds=installation.speeds)
        self.engine.when_generating(self._on_generating)
        self.chat = Chat(self.engine)
        self.ignore_files = IgnoreFiles()
        self.furnished = True

    async def close(self) -> None:
        """End what it does."""
        if self.furnished:
            await self.engine.close()

    @property
    def settings(self) -> p.SidecarSettings:
        """What the client's settings say."""
        return self.completer.settings

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log where it came from; pygls would show the person a message about it."""
        rpc.log_handler_error(error)

    def stream(self, token: str | int | None, value: object) -> None:
        """Send a partial result, if the client asked for any."""
        if token is not None:
            self.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token=token, value=value))

    def keep(self, work: Coroutine[object, object, None]) -> None:
        """Run something beside the handlers; the event loop alone would let go of it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_generating(self, lane: p.Lane) -> None:
        if lane is p.Lane.chat:
            self.completer.give_way()

    def _on_status(self, status: p.Status) -> None:
        if status.progress is not None or status.phase is not p.Phase.ready:
            self.completer.give_way()
        self.protocol.notify(methods.PHI_DID_CHANGE_STATUS.name, status)
        self.setup_progress.show(status)
