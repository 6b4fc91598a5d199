"""What is answered to the client: the only place where these handlers are registered."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from lsprotocol import types as lsp

from phi_sidecar import rpc
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.generated.methods import Method
from phi_sidecar.lsp import accelerators, chat, completion, doctor, environments, models
from phi_sidecar.lsp.documents import document_at
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.settings import settings_of
from phi_sidecar.lsp.work_done import end_all

P = TypeVar("P")
R = TypeVar("R")


def register(server: SidecarServer) -> None:
    """Have a server that was furnished answer all but `initialize`."""

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if (settings := settings_of(params.settings)) is not None:
            server.completer.settings = settings

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        if (document := document_at(server.workspace, uri)) is not None:
            server.completer.typed(uri, document.source)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.completer.opened(params.text_document.uri)
        server.keep(server.completer.readers.load(params.text_document.language_id))

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
        await end_all(server)
        await server.engine.close()

    def answer(
        method: Method[P, R, object], handler: Callable[[SidecarServer, P], Awaitable[R]]
    ) -> None:
        async def answered(params: P) -> R:
            return await handler(server, params)

        # The log names it where it fails.
        answered.__name__ = handler.__name__
        server.feature(method.name)(rpc.translated(answered))

    answer(methods.PHI_INLINE_COMPLETION, completion.inline_completion)
    answer(methods.PHI_COMPLETION_SHOWN, completion.completion_shown)
    answer(methods.PHI_COMPLETION_ACCEPTED, completion.completion_accepted)
    answer(methods.PHI_COMPLETION_REJECTED, completion.completion_rejected)
    answer(methods.PHI_EXPLAIN_COMPLETION, completion.explain_completion)
    answer(methods.PHI_CHAT, chat.chat)
    answer(methods.PHI_FIT_ATTACHMENT, chat.fit_attachment)
    answer(methods.PHI_LIST_ACCELERATORS, accelerators.list_accelerators)
    answer(methods.PHI_SELECT_ACCELERATOR, accelerators.select_accelerator)
    answer(methods.PHI_MEASURE_ACCELERATORS, accelerators.measure_accelerators)
    answer(methods.PHI_LIST_MODELS, models.list_models)
    answer(methods.PHI_PREPARE_MODEL, models.prepare_model)
    answer(methods.PHI_IMPORT_MODEL, models.import_model)
    answer(methods.PHI_REMOVE_MODEL, models.remove_model)
    answer(methods.PHI_LIST_ENVIRONMENTS, environments.list_environments)
    answer(methods.PHI_PREPARE_ENVIRONMENT, environments.prepare_environment)
    answer(methods.PHI_REMOVE_ENVIRONMENT, environments.remove_environment)
    answer(methods.PHI_DOCTOR, doctor.doctor)
    answer(methods.PHI_STATUS, _status)


async def _status(server: SidecarServer, _: p.StatusParams) -> p.Status:
    """Answer `phi/status`."""
    return server.engine.status
