"""`phi-sidecar doctor`: what is here, what works, and what to do about the rest."""

import platform
import shutil
import sys
from dataclasses import dataclass

import psutil

from phi_sidecar import __version__
from phi_sidecar.cli import print_json
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.models.store import ModelState
from phi_sidecar.provision.environments import EnvironmentState
from phi_sidecar.wire import unstructure
from phi_sidecar.worker import endpoint

GIGABYTE = 1e9


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        remedy: what to do, where it is not well.
    """

    what: str
    well: bool
    found: str
    remedy: str | None = None


async def examine(installation: Installation, *, as_json: bool) -> int:
    """Look at everything and print it; returns 1 if anything is not well."""
    findings = [*_machine(installation), *await _environments(installation)]
    findings += await _models(installation)
    rows = await installation.inventory.list(installation.selection.read().selection.accelerator)
    if as_json:
        print_json(
            {
                "version": __version__,
                "findings": [finding.__dict__ for finding in findings],
                "accelerators": [unstructure(row) for row in rows],
            }
        )
    else:
        for finding in findings:
            print(f"{'ok ' if finding.well else 'NOT'}  {finding.what}: {finding.found}")
            if finding.remedy:
                print(f"     {finding.remedy}")
        for row in rows:
            state = "usable" if row.usable else f"not usable: {row.reason}"
            print(f"     {row.id}{' (selected)' if row.active else ''}: {state}")
    return 0 if all(finding.well for finding in findings) else 1


def _machine(installation: Installation) -> list[Finding]:
    memory = psutil.virtual_memory()
    existing = next(
        p for p in [installation.paths.data, *installation.paths.data.parents] if p.exists()
    )
    free = shutil.disk_usage(existing).free
    findings = [
        Finding("Phi Sidecar", True, __version__),
        Finding("Python", sys.version_info >= (3, 11), platform.python_version()),
        Finding("system", True, f"{platform.system()} {platform.release()} {platform.machine()}"),
        Finding(
            "memory",
            memory.available > GIGABYTE,
            f"{memory.available / GIGABYTE:.1f} of {memory.total / GIGABYTE:.1f} GB free",
            None if memory.available > GIGABYTE else "Close other programs; a model needs 0.5 GB.",
        ),
        Finding(
            "disk",
            free > GIGABYTE,
            f"{free / GIGABYTE:.1f} GB free",
            None if free > GIGABYTE else "Make room: the runtime and the starter need 0.7 GB.",
        ),
    ]
    read = installation.selection.read()
    findings.append(
        Finding("selection", read.problem is None, read.problem or read.selection.accelerator)
    )
    try:
        endpoint.private_folder(installation.paths.runtime)
        findings.append(Finding("folder for sockets", True, "yours alone"))
    except PhiSidecarError as error:
        findings.append(Finding("folder for sockets", False, str(error), error.remedy))
    return findings


async def _environments(installation: Installation) -> list[Finding]:
    findings = []
    for name in installation.environments.names:
        state = installation.environments.state(name)
        complaint = None
        if state is EnvironmentState.READY:
            complaint = await installation.environments.verify(name)
        findings.append(
            Finding(
                f"environment {name}",
                complaint is None and state is not EnvironmentState.BROKEN,
                complaint or str(state),
                "It is made again when it is next needed." if complaint else None,
            )
        )
    return findings


async def _models(installation: Installation) -> list[Finding]:
    findings = []
    for model in installation.catalog.models.values():
        state = await installation.models.verify(model)
        damaged = state not in (ModelState.READY, ModelState.MISSING)
        findings.append(
            Finding(
                f"model {model.info.name}",
                not damaged,
                str(state),
                "It is fetched again when it is next needed." if damaged else None,
            )
        )
    return findings
