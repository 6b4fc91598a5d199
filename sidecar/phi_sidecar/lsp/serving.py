"""Serves one window: the only place where handlers are registered."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import BinaryIO, TypeVar

from lsprotocol import types as lsp
from pygls.io_ import StdinAsyncReader, StdoutWriter

from phi_sidecar import rpc
from phi_sidecar.engine.installation import Installation
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.generated.methods import Method
from phi_sidecar.lsp import accelerators, chat, completion, doctor, environments, models
from phi_sidecar.lsp.documents import Documents, document_at
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.settings import initialization_options, settings_of
from phi_sidecar.lsp.work_done import end_all

P = TypeVar("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


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

    def register_standard_completion() -> None:
        @server.feature(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, lsp.InlineCompletionOptions())
        @rpc.translated
        async def standard(params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList:
            return await completion.standard(server, params)

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

    return server


async def _status(server: SidecarServer, _: p.StatusParams) -> p.Status:
    """Answer `phi/status`."""
    return server.engine.status


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
