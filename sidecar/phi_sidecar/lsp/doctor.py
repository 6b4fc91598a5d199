"""The handler of what this PC has."""

from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.server import SidecarServer


async def doctor(server: SidecarServer, _: p.DoctorParams) -> p.DoctorResult:
    """Answer `phi/doctor`."""
    # Not at the start: what it looks with costs more than the whole rest.
    from phi_sidecar.doctor.examination import examine
    from phi_sidecar.doctor.markdown import report

    examination = await examine(server.installation, server.engine.status)
    return p.DoctorResult(well=examination.well, report=report(examination))
