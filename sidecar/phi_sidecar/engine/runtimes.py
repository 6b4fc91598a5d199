"""The runtimes' environments, as clients are told of them."""

from phi_sidecar.engine.installation import Installation
from phi_sidecar.generated import protocol as p
from phi_sidecar.progress import Report
from phi_sidecar.provision.environments import EnvironmentState


def list_environments(installation: Installation) -> list[p.Environment]:
    """List every environment; adds up files, so not for the event loop."""
    return [describe(installation, name) for name in installation.environments.names]


def describe(installation: Installation, name: str) -> p.Environment:
    """Say what there is of an environment, and what making it would take.

    Raises:
        PreparationFailed: there is none of that name.
    """
    row = installation.environments.describe(name)
    return p.Environment(
        name=row.name,
        title=row.title,
        state=p.EnvironmentState(row.state),
        packages=[
            p.EnvironmentPackage(name=pin.name, version=pin.version, bytes=pin.bytes)
            for pin in row.packages
        ],
        download_bytes=row.download_bytes,
        install_bytes=row.install_bytes,
        bytes_on_disk=row.bytes_on_disk,
        reason=row.obstacle,
        remedy=row.remedy,
    )


async def prepare(installation: Installation, name: str, report: Report) -> None:
    """Make or repair an environment; the accelerators are looked at anew afterwards.

    One that is there is started, and made anew if it does not.

    Raises:
        PreparationFailed: it could not be made.
    """
    environments = installation.environments
    if environments.state(name) is EnvironmentState.READY:
        report(p.StepProgress(step=f"Trying {environments.title(name)}"))
        await environments.verify(name)
    await environments.prepare(name, report)
    installation.inventory.forget()


async def remove(installation: Installation, name: str) -> int:
    """Remove an environment; returns how many bytes came free.

    Raises:
        PreparationFailed: it is in use, or the system refuses.
    """
    freed = await installation.environments.remove(name)
    installation.inventory.forget()
    return freed
