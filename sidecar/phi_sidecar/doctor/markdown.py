"""An examination as a document for people and bug reports."""

import re
from collections.abc import Iterable, Sequence

from phi_sidecar import __version__
from phi_sidecar.doctor.findings import Examination, ExaminedEnvironment, ExaminedModel
from phi_sidecar.generated.protocol import Accelerator, Status

MEGABYTE = 1e6
GIGABYTE = 1e9

_MISSING = "missing"


def report(examination: Examination) -> str:
    """Return the Markdown of an examination."""
    sections = [
        "# What this PC has for Phi Sidecar",
        _summary(examination),
        _window(examination.window),
        _machine(examination),
        _accelerators(examination),
        _environments(examination),
        _models(examination),
        _workers(examination),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _summary(examination: Examination) -> str:
    wanting = [finding for finding in examination.findings if not finding.well]
    if not wanting:
        return "Everything that was looked at is well."
    lines = [
        f"- **{_text(finding.what)}**: {_text(' '.join([finding.found, finding.remedy or '']))}"
        for finding in wanting
    ]
    return "\n".join(["## What to do", "", *lines])


def _window(status: Status | None) -> str:
    if status is None:
        return ""
    rows = [("State", str(status.phase)), ("Accelerator", status.accelerator_name)]
    if status.model is not None:
        rows.append(("Model", f"{status.model.name}, {status.model.quantization}"))
    if status.executing_device is not None:
        rows.append(("Executes on", status.executing_device))
    if status.context_window is not None:
        rows.append(("Context window", f"{status.context_window} tokens"))
    if status.tokens_per_second is not None:
        rows.append(("Newest speed", f"{status.tokens_per_second:.1f} tokens/s"))
    if status.progress is not None:
        rows.append(("Under way", status.progress.step))
    if status.reason is not None:
        rows.append(("Reason", f"{status.reason} {status.remedy or ''}".strip()))
    return f"## This window\n\n{_table(('What', 'Found'), rows)}"


def _machine(examination: Examination) -> str:
    machine = examination.machine
    cores = f"{machine.cores} cores, " if machine.cores else ""
    free, total = machine.memory_free_bytes / GIGABYTE, machine.memory_bytes / GIGABYTE
    rows = [
        ("Phi Sidecar", __version__),
        ("Python", machine.python),
        ("System", machine.system),
        ("Architecture", machine.architecture),
        ("Processor", machine.processor),
        ("Its features", ", ".join(machine.features) or "cannot be read here"),
        ("Graphics", _devices(machine.gpus)),
        ("NPU", _devices(machine.npus)),
        ("Cores", f"{cores}{machine.usable_threads} threads usable"),
        ("Memory", f"{free:.1f} of {total:.1f} GB free"),
        ("Disk", f"{machine.disk_free_bytes / GIGABYTE:.1f} GB free"),
    ]
    return f"## Machine\n\n{_table(('What', 'Found'), rows)}"


def _devices(described: Sequence[str] | None) -> str:
    if described is None:
        return "cannot be read here"
    return "; ".join(described) or "none"


def _accelerators(examination: Examination) -> str:
    rows = [
        (
            _marked(row.id, selected=row.active),
            row.device_name or "",
            _state(row),
            _would_run(row),
            f"{row.tokens_per_second:.1f}" if row.tokens_per_second else "",
            " ".join(text for text in (row.reason, row.remedy, row.remedy_url) if text),
        )
        for row in examination.accelerators
    ]
    heads = ("Accelerator", "Device", "State", "Would run", "Tokens/s", "Why, and what to do")
    return f"## Accelerators\n\n{_table(heads, rows)}"


def _state(row: Accelerator) -> str:
    if not row.usable:
        return "not usable"
    usable = "usable" if row.runtime_installed else "usable once set up"
    return f"{usable}, recommended" if row.recommended else usable


def _would_run(row: Accelerator) -> str:
    if row.model is None or not row.usable:
        return ""
    fetched = f"; {_megabytes(row.download_bytes)} to download" if row.download_bytes else ""
    return f"{row.model}, {row.quantization}{fetched}"


def _environments(examination: Examination) -> str:
    rows = [
        (
            environment.name,
            environment.state,
            _packages(environment),
            _size(environment.bytes_on_disk, [environment.download_bytes or 0]),
            environment.obstacle or "",
        )
        for environment in examination.environments
    ]
    heads = ("Name", "State", "Packages", "Size", "Why it cannot be made here")
    return f"## Runtime environments\n\n{_table(heads, rows)}"


def _packages(environment: ExaminedEnvironment) -> str:
    told = list(environment.runtimes)
    others = len(environment.packages) - len(told)
    return ", ".join([*told, f"{others} others"] if others else told)


def _models(examination: Examination) -> str:
    by_model: dict[str, list[ExaminedModel]] = {}
    for model in examination.models:
        by_model.setdefault(model.info.id, []).append(model)
    rows = []
    for builds in by_model.values():
        there = [[build] for build in builds if build.state != _MISSING or build.bytes_on_disk]
        # Of a model of which there is nothing, one row is enough.
        rows += [_model_row(examination, told) for told in there or [builds]]
    heads = ("Id", "Name", "Form", "Quantization", "State", "Size")
    return f"## Models\n\n{_table(heads, rows)}"


def _model_row(examination: Examination, builds: Sequence[ExaminedModel]) -> Sequence[str]:
    first = builds[0]
    return (
        _marked(first.info.id, selected=first.info.id == examination.selected_model),
        first.info.name,
        first.build if len(builds) == 1 else f"{len(builds)} forms",
        ", ".join(dict.fromkeys(build.info.quantization for build in builds)),
        first.state,
        _size(first.bytes_on_disk, [build.download_bytes for build in builds]),
    )


def _size(bytes_on_disk: int, downloads: Sequence[int]) -> str:
    if bytes_on_disk:
        return _megabytes(bytes_on_disk)
    least, most = min(downloads), max(downloads)
    if not most:
        return ""
    if least == most:
        return f"{_megabytes(most)} to download"
    return f"{least / MEGABYTE:,.0f} to {_megabytes(most)} to download"


def _megabytes(bytes: int) -> str:
    return f"{bytes / MEGABYTE:,.0f} MB"


def _workers(examination: Examination) -> str:
    if not examination.workers:
        return "## Workers\n\nNone runs."
    rows = [
        (
            str(worker.pid),
            worker.runs,
            f"{worker.resident_bytes / MEGABYTE:.0f} MB",
            f"{worker.age_s / 60:.0f} min",
        )
        for worker in examination.workers
    ]
    return f"## Workers\n\n{_table(('Process', 'Runs', 'Memory', 'Age'), rows)}"


def _marked(id: str, *, selected: bool) -> str:
    return f"{id} (selected)" if selected else id


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(map(_text, row)) for row in rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(said: str) -> str:
    """Return a text as Markdown shows it unchanged, on one line."""
    one_line = " ".join(said.split())
    return re.sub(r"([\\|<*`]|(?<=\])(?=\())", r"\\\1", one_line)
