"""Handlers of the models: list, prepare, import, remove."""

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import library, model_list
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.work_done import steps_told


async def list_models(server: SidecarServer, _: p.ListModelsParams) -> p.ListModelsResult:
    """Answer `phi/listModels`."""
    engine = server.engine
    return await model_list.list_models(server.installation, engine.selection, engine.answering)


async def prepare_model(
    server: SidecarServer, params: p.PrepareModelParams
) -> p.PrepareModelResult:
    """Answer `phi/prepareModel`, telling each step on the client's progress token."""
    accelerator = params.accelerator or server.engine.selection.accelerator
    selection = Selection(accelerator, params.model, params.quantization)
    with steps_told(server, params.work_done_token, "Preparing") as report:
        build = await library.prepare_model(server.installation, selection, report)
    return p.PrepareModelResult(build=build)


async def import_model(server: SidecarServer, params: p.ImportModelParams) -> p.ImportModelResult:
    """Answer `phi/importModel`."""
    model = await library.import_model(server.installation, params.folder, params.name)
    return p.ImportModelResult(model=model)


async def remove_model(server: SidecarServer, params: p.RemoveModelParams) -> p.RemoveResult:
    """Answer `phi/removeModel`."""
    freed = await library.remove_model(
        server.installation, params.model, params.build, server.engine.answering
    )
    return p.RemoveResult(bytes_freed=freed)
