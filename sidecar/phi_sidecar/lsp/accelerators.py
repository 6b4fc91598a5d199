"""Handlers of what runs the model."""

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.setup_progress import describe

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer


async def list_accelerators(
    server: "SidecarServer", params: p.ListAcceleratorsParams
) -> p.ListAcceleratorsResult:
    """Answer `phi/listAccelerators`."""
    status = server.engine.status
    # One that is selected but does not answer can be chosen, as any other.
    answering = status.accelerator if status.phase is p.Phase.ready else None
    rows = await server.installation.accelerators(
        answering, server.engine.selection.model, look_again=params.look_again
    )
    return p.ListAcceleratorsResult(accelerators=rows)


async def select_accelerator(
    server: "SidecarServer", params: p.SelectAcceleratorParams
) -> p.Status:
    """Answer `phi/selectAccelerator`, telling each step on the client's progress token."""
    token = params.work_done_token
    if token is not None:
        server.cancellable[token] = asyncio.current_task()
    server.stream(token, lsp.WorkDoneProgressBegin(title="Switching", cancellable=True))

    shown = ""

    def report(progress: p.StepProgress) -> None:
        nonlocal shown
        message, percentage = describe(progress)
        # A download tells every few kilobytes; people are shown megabytes.
        if message != shown:
            shown = message
            server.stream(token, lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    try:
        return await server.engine.select(params.accelerator, report)
    finally:
        if token is not None:
            del server.cancellable[token]
        server.stream(token, lsp.WorkDoneProgressEnd())
