"""What the product lists on each recorded machine; `python lists.py` writes the tables anew."""

import importlib.util
import tomllib
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

from phi_sidecar.accelerators.advice import advised
from phi_sidecar.accelerators.probing import ProbeResult
from phi_sidecar.accelerators.registry import GROUP, from_entry_points
from phi_sidecar.accelerators.rows import Facts, rows
from phi_sidecar.backends.base import Device

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
PYPROJECT = HERE.parents[2] / "pyproject.toml"
MODEL = "Phi-3 mini"
MODEL_BYTES = 3_700_000_000


def recorded_machines():
    file = HERE.parent / "machine" / "recorded_machines.py"
    spec = importlib.util.spec_from_file_location("recorded_machines", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names():
    return sorted(file.stem for file in recorded_machines().FOLDER.glob("*.json"))


def shipped_backends():
    """Load the product's own, whatever else is installed beside it."""
    told = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["entry-points"][GROUP]
    points = [EntryPoint(name, value, GROUP) for name, value in told.items()]
    backends = from_entry_points(points)
    assert not backends.broken, backends.broken
    return backends


def listed(machine, measured=None, **found):
    """List the accelerators; `found` says which devices an installed backend finds."""
    backends = shipped_backends()
    facts = {id: facts_of(one.backend, found) for id, one in backends.registered.items()}
    known = rows(backends, facts, machine, None)
    known = [
        replace(row, model=MODEL, tokens_per_second=(measured or {}).get(row.id))
        if backends.registered[row.backend].backend.needs_model
        else row
        for row in known
    ]
    return advised(known, {row.id: MODEL_BYTES for row in known if row.model}, machine)


def facts_of(backend, found):
    kinds = frozenset(kind.device for kind in backend.devices)
    devices = found.get(backend.id.replace("-", "_"))
    if backend.environment is None:
        devices = kinds
    probed = None
    if devices is not None:
        probed = ProbeResult(tuple(Device(device, f"a {device}") for device in devices))
    return Facts(f"the runtime of {backend.id}", probed, kinds)


def table(name, machine):
    """Write the list as people read it: where it is, whether it can be used, and why."""
    lines = [f"{name}: no runtime is installed yet; {MODEL} needs 3.7 GB.", ""]
    for row in listed(machine):
        there = "present" if row.present else "absent"
        usable = "usable" if row.usable else "-"
        lines.append(f"{row.id:<26}{there:<9}{usable:<8}{row.device_name or ''}".rstrip())
        if row.recommended:
            lines.append(f"    RECOMMENDED: {row.recommendation}")
        if row.reason:
            lines.append(f"    {row.reason} {row.remedy}")
    return "\n".join(lines) + "\n"


def main():
    GOLDEN.mkdir(exist_ok=True)
    machines = recorded_machines()
    for name in names():
        text = table(name, machines.machine(name))
        GOLDEN.joinpath(f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
