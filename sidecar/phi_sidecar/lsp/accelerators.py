"""Handlers of what runs the model."""

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.setup_progress import describe

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer


async def list_accelerators(server: "SidecarServer") -> p.ListAcceleratorsResult:
    """Answer `phi/listAccelerators`."""
    status = server.engine.status
    # One that is selected but does not answer can be chosen, as any other.
    answering = status.accelerator if status.phase is p.Phase.ready else None
    rows = await server.installation.inventory.list(answering)
    return p.ListAcceleratorsResult(accelerators=rows)


async def select_accelerator(
    server: "SidecarServer", params: p.SelectAcceleratorParams
) -> p.Status:
    """Answer `phi/selectAccelerator`, telling each step on the client's progress token."""
    token = params.work_done_token
    server.stream(token, lsp.WorkDoneProgressBegin(title="Switching", cancellable=True))

    def report(progress: p.StepProgress) -> None:
        message, percentage = describe(progress)
        server.stream(token, lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    try:
        return await server.engine.select(params.accelerator, report)
    finally:
        server.stream(token, lsp.WorkDoneProgressEnd())
