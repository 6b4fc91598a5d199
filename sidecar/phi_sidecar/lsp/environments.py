"""Handlers of the runtimes' environments: list, prepare, remove."""

import asyncio

from phi_sidecar.engine import runtimes
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.lsp.work_done import steps_told


async def list_environments(
    server: SidecarServer, _: p.ListEnvironmentsParams
) -> p.ListEnvironmentsResult:
    """Answer `phi/listEnvironments`."""
    # It adds up the sizes of ten thousands of files.
    environments = await asyncio.to_thread(runtimes.list_environments, server.installation)
    return p.ListEnvironmentsResult(environments=environments)


async def prepare_environment(
    server: SidecarServer, params: p.PrepareEnvironmentParams
) -> p.PrepareEnvironmentResult:
    """Answer `phi/prepareEnvironment`, telling each step on the client's progress token."""
    with steps_told(server, params.work_done_token, "Installing") as report:
        await runtimes.prepare(server.installation, params.name, report)
    environment = await asyncio.to_thread(runtimes.describe, server.installation, params.name)
    return p.PrepareEnvironmentResult(environment=environment)


async def remove_environment(
    server: SidecarServer, params: p.RemoveEnvironmentParams
) -> p.RemoveResult:
    """Answer `phi/removeEnvironment`."""
    freed = await runtimes.remove(server.installation, params.name)
    return p.RemoveResult(bytes_freed=freed)
