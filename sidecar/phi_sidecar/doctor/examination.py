"""Looks at everything, at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from phi_sidecar import __version__
from phi_sidecar.accelerators.selection import ReadSelection, SelectionFile
from phi_sidecar.doctor.findings import Examination, ExaminedEnvironment, Finding
from phi_sidecar.doctor.machine import Machine, read_machine
from phi_sidecar.doctor.models import ModelNames, examine_models
from phi_sidecar.doctor.privacy import Private, private_to_this_user
from phi_sidecar.doctor.workers import RunningWorker, running_workers
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated.protocol import Accelerator, Status
from phi_sidecar.provision.environments import EnvironmentState
from phi_sidecar.worker import endpoint

GIGABYTE = 1e9


async def examine(installation: Installation, window: Status | None = None) -> Examination:
    """Look at the machine, the runtimes, the models and the workers; takes seconds.

    `window` is what the window that asks says of its model.
    """
    # Of its own: reading it through the installation's would hide another window's switch.
    read = SelectionFile(installation.paths.selection).read()
    machine = await asyncio.to_thread(read_machine, installation.paths.data)
    # Side by side: each waits mostly for its runtime to be read from the disk.
    environments = await asyncio.gather(
        *(_environment(installation, name) for name in installation.environments.names)
    )
    names = ModelNames(installation.catalog.models)
    model_findings, models = await examine_models(installation, names)
    rows = await installation.accelerators(
        read.selection.accelerator, read.selection, look_again=True
    )
    folder, workers = await asyncio.to_thread(_workers, installation)
    findings = [
        *_machine_findings(machine, read),
        folder,
        *(finding for finding, _ in environments),
        *model_findings,
        _accelerators_finding(rows),
    ]
    private = private_to_this_user(installation.paths, names.imported)
    return Examination(
        machine=machine,
        findings=[_public_finding(private, finding) for finding in findings],
        environments=[environment for _, environment in environments],
        models=models,
        accelerators=[_public_row(private, names, row) for row in rows],
        selected_model=names.public_id(read.selection.model),
        workers=workers,
        window=None if window is None else _public_status(private, names, window),
    )


def _machine_findings(machine: Machine, read: ReadSelection) -> list[Finding]:
    memory, disk = machine.memory_free_bytes, machine.disk_free_bytes
    return [
        Finding("Phi Sidecar", True, __version__),
        Finding("Python", True, machine.python),
        Finding("system", True, f"{machine.system}, {machine.architecture}"),
        Finding("processor", True, machine.processor),
        Finding(
            "memory",
            memory > GIGABYTE,
            f"{memory / GIGABYTE:.1f} of {machine.memory_bytes / GIGABYTE:.1f} GB free",
            None if memory > GIGABYTE else "Close other programs; a model needs 0.5 GB.",
        ),
        Finding(
            "disk",
            disk > GIGABYTE,
            f"{disk / GIGABYTE:.1f} GB free",
            None if disk > GIGABYTE else "Make room: the runtime and the starter need 0.7 GB.",
        ),
        Finding(
            "selection",
            read.problem is None,
            read.problem or read.selection.accelerator,
            "Choose the accelerator again." if read.problem else None,
        ),
    ]


def _accelerators_finding(rows: Sequence[Accelerator]) -> Finding:
    usable = sum(row.usable for row in rows)
    return Finding(
        "accelerators",
        usable > 0,
        f"{usable} of {len(rows)} usable",
        None if usable else "See below what each of them lacks.",
    )


async def _environment(
    installation: Installation, name: str
) -> tuple[Finding, ExaminedEnvironment]:
    environments = installation.environments
    complaint = None
    if environments.state(name) is EnvironmentState.READY:
        complaint = await environments.verify(name)
    row = await asyncio.to_thread(environments.describe, name)
    examined = ExaminedEnvironment(
        name=name,
        state=str(row.state),
        packages=[f"{pin.name} {pin.version}" for pin in row.packages],
        bytes_on_disk=row.bytes_on_disk,
        download_bytes=row.download_bytes,
        obstacle=row.obstacle,
    )
    found = complaint or row.obstacle or str(row.state)
    if row.state is EnvironmentState.READY:
        found = f"{row.state}: {', '.join(examined.runtimes)}"
    well = complaint is None and row.state is not EnvironmentState.BROKEN
    remedy = None if well else "It is made again when it is next needed."
    return Finding(f"environment {name}", well, found, remedy), examined


def _workers(installation: Installation) -> tuple[Finding, Sequence[RunningWorker]]:
    try:
        folder = endpoint.private_folder(installation.paths.runtime)
    except PhiSidecarError as error:
        return Finding("folder for sockets", False, str(error), error.remedy), []
    return Finding("folder for sockets", True, "yours alone"), running_workers(folder)


def _public_finding(private: Private, finding: Finding) -> Finding:
    return replace(
        finding,
        found=private.out_of(finding.found),
        remedy=_public(private, finding.remedy),
    )


def _public_row(private: Private, names: ModelNames, row: Accelerator) -> Accelerator:
    return replace(
        row,
        model=None if row.model is None else names.public_title(row.model),
        model_id=None if row.model_id is None else names.public_id(row.model_id),
        reason=_public(private, row.reason),
        remedy=_public(private, row.remedy),
        recommendation=_public(private, row.recommendation),
    )


def _public_status(private: Private, names: ModelNames, status: Status) -> Status:
    progress = status.progress
    return replace(
        status,
        model=None if status.model is None else names.public_info(status.model),
        progress=progress and replace(progress, step=private.out_of(progress.step)),
        reason=_public(private, status.reason),
        remedy=_public(private, status.remedy),
    )


def _public(private: Private, text: str | None) -> str | None:
    return None if text is None else private.out_of(text)
