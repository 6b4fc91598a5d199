"""`phi-sidecar doctor`: prints the examination."""

import re
from dataclasses import asdict

from phi_sidecar import __version__
from phi_sidecar.cli import print_json
from phi_sidecar.doctor.examination import examine
from phi_sidecar.doctor.findings import Examination
from phi_sidecar.engine.installation import Installation
from phi_sidecar.wire import unstructure


async def print_examination(installation: Installation, *, as_json: bool) -> int:
    """Look at everything and print it; returns 1 if anything is not well."""
    examination = await examine(installation)
    if as_json:
        print_json(_json(examination))
    else:
        _print_text(examination)
    return 0 if examination.well else 1


def _json(examination: Examination) -> dict[str, object]:
    return {
        "version": __version__,
        "well": examination.well,
        "findings": [asdict(finding) for finding in examination.findings],
        "machine": _camel(asdict(examination.machine)),
        "accelerators": [unstructure(row) for row in examination.accelerators],
        "environments": [_camel(asdict(each)) for each in examination.environments],
        "models": [
            {
                **unstructure(model.info),
                "build": model.build,
                "state": model.state,
                "bytesOnDisk": model.bytes_on_disk,
                "downloadBytes": model.download_bytes,
            }
            for model in examination.models
        ],
        "workers": [_camel(asdict(worker)) for worker in examination.workers],
    }


def _camel(fields: dict[str, object]) -> dict[str, object]:
    """Name fields as the protocol does."""
    return {re.sub(r"_(\w)", lambda m: m[1].upper(), name): v for name, v in fields.items()}


def _print_text(examination: Examination) -> None:
    for finding in examination.findings:
        print(f"{'ok ' if finding.well else 'NOT'}  {finding.what}: {finding.found}")
        if finding.remedy:
            print(f"     {finding.remedy}")
    machine = examination.machine
    if machine.features:
        print(f"     processor features: {', '.join(machine.features)}")
    for what, devices in (("graphics", machine.gpus), ("NPU", machine.npus)):
        for device in devices or ():
            print(f"     {what}: {device}")
    for row in examination.accelerators:
        state = "usable" if row.usable else f"not usable: {row.reason}"
        state += ", recommended" if row.recommended else ""
        speed = f", {row.tokens_per_second:.0f} tokens/s" if row.tokens_per_second else ""
        device = f" ({row.device_name})" if row.device_name else ""
        print(f"     {row.id}{' (selected)' if row.active else ''}{device}: {state}{speed}")
        if row.remedy:
            print(f"         {' '.join(text for text in (row.remedy, row.remedy_url) if text)}")
    for worker in examination.workers:
        print(f"     worker {worker.pid}: {worker.runs}, {worker.resident_bytes / 1e6:.0f} MB")
