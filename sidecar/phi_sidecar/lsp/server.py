"""The sidecar's language server: the only place where handlers are registered."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Coroutine
from typing import BinaryIO

from lsprotocol import types as lsp
from pygls.io_ import StdinAsyncReader, StdoutWriter
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from phi_sidecar import __version__, rpc
from phi_sidecar.engine.chat import Chat
from phi_sidecar.engine.completion import Completer
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.ignore_files import IgnoreFiles
from phi_sidecar.engine.installation import Installation
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp import accelerators, chat, completion, doctor, environments, models
from phi_sidecar.lsp.documents import Documents
from phi_sidecar.lsp.settings import initialization_options, settings_of
from phi_sidecar.lsp.setup_progress import SetupProgress

log = logging.getLogger(__name__)


class SidecarProtocol(rpc.StrictMessages, LanguageServerProtocol):  # type: ignore[misc]
    """LSP, with our methods beside it."""


class SidecarServer(LanguageServer):
    """The state of one window's sidecar."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(
            "phi-sidecar",
            __version__,
            protocol_cls=SidecarProtocol,
            converter_factory=rpc.converter,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self.cancellable: dict[str | int, asyncio.Task[object] | None] = {}
        """Requests under way that show the client's own progress, by its token."""
        self.installation = installation
        self.setup_progress = SetupProgress(self)
        self.engine = Engine(installation, self._on_status)
        self.completer = Completer(self.engine)
        self.chat = Chat(self.engine)
        self.ignore_files = IgnoreFiles()

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

    def _on_status(self, status: p.Status) -> None:
        self.protocol.notify(methods.PHI_DID_CHANGE_STATUS.name, status)
        self.setup_progress.show(status)


def create_server(installation: Installation) -> SidecarServer:
    """Make a server with every handler registered; it has not begun to serve."""
    server = SidecarServer(installation)

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        options = initialization_options(params.initialization_options)
        server.protocol._workspace = _documents(server)
        if not options.own_inline_completion:
            register_standard_completion()
        if options.settings is not None:
            server.completer.settings = options.settings

    @server.feature(lsp.INITIALIZED)
    async def initialized(_: lsp.InitializedParams) -> None:
        server.engine.start()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if (settings := settings_of(params.settings)) is not None:
            server.completer.settings = settings

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(_: lsp.DidChangeTextDocumentParams) -> None:
        server.completer.typed()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.completer.forget(params.text_document.uri)

    @server.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancel_progress(params: lsp.WorkDoneProgressCancelParams) -> None:
        if params.token == server.setup_progress.token:
            server.engine.cancel_preparation()
        task = server.cancellable.get(params.token)
        # A second cancel would interrupt the cleaning up after the first.
        if task is not None and not task.cancelling():
            task.cancel()

    @server.feature(lsp.SHUTDOWN)
    async def shutdown(_: None) -> None:
        await server.engine.close()

    def register_standard_completion() -> None:
        @server.feature(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, lsp.InlineCompletionOptions())
        @rpc.translated
        async def standard(params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList:
            return await completion.standard(server, params)

    @server.feature(methods.PHI_INLINE_COMPLETION.name)
    @rpc.translated
    async def inline_completion(params: p.InlineCompletionParams) -> p.InlineCompletionResult:
        return await completion.inline_completion(server, params)

    @server.feature(methods.PHI_CHAT.name)
    @rpc.translated
    async def chat_(params: p.ChatParams) -> p.ChatResult:
        return await chat.chat(server, params)

    @server.feature(methods.PHI_FIT_ATTACHMENT.name)
    @rpc.translated
    async def fit_attachment(params: p.FitAttachmentParams) -> p.AttachmentFit:
        return await chat.fit_attachment(server, params)

    @server.feature(methods.PHI_LIST_ACCELERATORS.name)
    @rpc.translated
    async def list_accelerators(params: p.ListAcceleratorsParams) -> p.ListAcceleratorsResult:
        return await accelerators.list_accelerators(server, params)

    @server.feature(methods.PHI_SELECT_ACCELERATOR.name)
    @rpc.translated
    async def select_accelerator(params: p.SelectAcceleratorParams) -> p.Status:
        return await accelerators.select_accelerator(server, params)

    @server.feature(methods.PHI_LIST_MODELS.name)
    @rpc.translated
    async def list_models(_: p.ListModelsParams) -> p.ListModelsResult:
        return await models.list_models(server)

    @server.feature(methods.PHI_PREPARE_MODEL.name)
    @rpc.translated
    async def prepare_model(params: p.PrepareModelParams) -> p.PrepareModelResult:
        return await models.prepare_model(server, params)

    @server.feature(methods.PHI_IMPORT_MODEL.name)
    @rpc.translated
    async def import_model(params: p.ImportModelParams) -> p.ImportModelResult:
        return await models.import_model(server, params)

    @server.feature(methods.PHI_REMOVE_MODEL.name)
    @rpc.translated
    async def remove_model(params: p.RemoveModelParams) -> p.RemoveResult:
        return await models.remove_model(server, params)

    @server.feature(methods.PHI_LIST_ENVIRONMENTS.name)
    @rpc.translated
    async def list_environments(_: p.ListEnvironmentsParams) -> p.ListEnvironmentsResult:
        return await environments.list_environments(server)

    @server.feature(methods.PHI_PREPARE_ENVIRONMENT.name)
    @rpc.translated
    async def prepare_environment(
        params: p.PrepareEnvironmentParams,
    ) -> p.PrepareEnvironmentResult:
        return await environments.prepare_environment(server, params)

    @server.feature(methods.PHI_REMOVE_ENVIRONMENT.name)
    @rpc.translated
    async def remove_environment(params: p.RemoveEnvironmentParams) -> p.RemoveResult:
        return await environments.remove_environment(server, params)

    @server.feature(methods.PHI_DOCTOR.name)
    @rpc.translated
    async def doctor_(_: p.DoctorParams) -> p.DoctorResult:
        return await doctor.doctor(server)

    @server.feature(methods.PHI_STATUS.name)
    @rpc.translated
    async def status(_: p.StatusParams) -> p.Status:
        return server.engine.status

    return server


def serve(installation: Installation) -> int:
    """Serve on stdin and stdout until the client goes; returns the exit code."""
    stdout = _protected_stdout()
    server = create_server(installation)
    server.protocol.set_writer(StdoutWriter(stdout))
    try:
        asyncio.run(_serve(server))
    except SystemExit as exit:
        # The client's `exit`, which pygls turns into this.
        return exit.code if isinstance(exit.code, int) else 1
    except BrokenPipeError:
        log.warning("the client is gone")
    return 0


async def _serve(server: SidecarServer) -> None:
    reader = StdinAsyncReader(sys.stdin.buffer, server.thread_pool)
    try:
        await rpc.read_messages(server.protocol, reader, threading.Event())
    finally:
        await server.engine.close()


def _protected_stdout() -> BinaryIO:
    """Keep the protocol's stream to ourselves: whatever else prints goes to stderr."""
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stdout


def _documents(server: SidecarServer) -> Documents:
    made = server.protocol.workspace
    return Documents(
        made.root_uri, made._sync_kind, list(made.folders.values()), made.position_encoding
    )
