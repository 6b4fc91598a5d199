"""Handlers of what runs the model."""

from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.work_done import steps_told


async def list_accelerators(
    server: SidecarServer, params: p.ListAcceleratorsParams
) -> p.ListAcceleratorsResult:
    """Answer `phi/listAccelerators`."""
    status = server.engine.status
    # One that is selected but does not answer can be chosen, as any other.
    answering = status.accelerator if status.phase is p.Phase.ready else None
    rows = await server.installation.accelerators(
        answering, server.engine.selection, look_again=params.look_again
    )
    return p.ListAcceleratorsResult(accelerators=rows)


async def select_accelerator(server: SidecarServer, params: p.SelectAcceleratorParams) -> p.Status:
    """Answer `phi/selectAccelerator`, telling each step on the client's progress token."""
    with steps_told(server, params.work_done_token, "Switching") as report:
        return await server.engine.select(
            params.accelerator, report, model=params.model, quantization=params.quantization
        )


async def measure_accelerators(
    server: SidecarServer, params: p.MeasureAcceleratorsParams
) -> p.MeasureAcceleratorsResult:
    """Answer `phi/measureAccelerators`, telling each step on the client's progress token."""
    with steps_told(server, params.work_done_token, "Measuring") as report:
        return await server.engine.measure(params.accelerators, report)
