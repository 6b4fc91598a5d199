"""Serves one window."""

import asyncio
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from lsprotocol import types as lsp
from pygls.io_ import StdinAsyncReader, StdoutWriter

from phi_sidecar import rpc
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.settings import initialization_options

if TYPE_CHECKING:
    from phi_sidecar.engine.installation import Installation
    from phi_sidecar.generated.protocol import SidecarSettings

log = logging.getLogger(__name__)


def create_server(installation: "Callable[[], Installation]") -> SidecarServer:
    """Make a server that answers `initialize`, and then loads what answers all else."""
    server = SidecarServer()

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        options = initialization_options(params.initialization_options)
        if not options.own_inline_completion:
            register_standard_completion()
        # While the client reads the answer.
        asyncio.get_running_loop().call_soon(load_the_rest, server, installation, options.settings)

    @server.feature(lsp.INITIALIZED)
    async def initialized(_: lsp.InitializedParams) -> None:
        server.engine.start()

    def register_standard_completion() -> None:
        @server.feature(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, lsp.InlineCompletionOptions())
        @rpc.translated
        async def standard(params: lsp.InlineCompletionParams) -> lsp.InlineCompletionList:
            from phi_sidecar.lsp import completion

            return await completion.standard(server, params)

    return server


def load_the_rest(
    server: SidecarServer,
    installation: "Callable[[], Installation]",
    settings: "SidecarSettings | None",
) -> None:
    """Load what answers all but `initialize`.

    Raises:
        SystemExit: it cannot be loaded.
    """
    try:
        from phi_sidecar.lsp.documents import documents_like
        from phi_sidecar.lsp.handlers import register

        server.protocol._workspace = documents_like(server.protocol.workspace)
        server.furnish(installation())
        register(server)
        if settings is not None:
            server.completer.settings = settings
    except Exception as error:
        log.exception("the sidecar cannot start")
        # The loop passes on nothing else, and a server without its parts is of no use.
        raise SystemExit(1) from error
    # What was loaded stays to the end.
    gc.freeze()
    gc.enable()


def serve(installation: "Callable[[], Installation]") -> int:
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
        await server.close()


def _protected_stdout() -> BinaryIO:
    """Keep the protocol's stream to ourselves: whatever else prints goes to stderr."""
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stdout
