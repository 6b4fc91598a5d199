"""What the list of accelerators says, from what is known of backends, runtimes and devices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.presence import ANOTHER, Complaint, Presence, presence_of
from phi_sidecar.accelerators.probing import Probed, ProbeFailed, ProbeResult
from phi_sidecar.accelerators.registry import Backends, is_of_kind
from phi_sidecar.backends.base import Backend, Device, DeviceKind
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Machine

_UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Facts:
    """What is known of one backend on this machine.

    Attributes:
        runtime_title: what its environment is, in the middle of a sentence.
        probed: what its runtime finds; None while it is not installed.
        kinds_with_model: kinds of device for which a model is known, fetched or not.
        no_runtime: why its runtime cannot be installed here; None where it can.
    """

    runtime_title: str
    probed: Probed | None
    kinds_with_model: frozenset[str]
    no_runtime: Complaint | None = None


def rows(
    backends: Backends, facts: Mapping[str, Facts], machine: Machine, active_id: str | None
) -> list[Accelerator]:
    """List every accelerator, the usable ones first.

    Present is what the machine's inventory or the runtime says is in the machine. Usable means that
    it can be picked and will work: a runtime or a model that is not there yet is prepared then.
    """
    # Those that answer without a model of ours are for trying and testing: last.
    ordered = sorted(backends.registered.items(), key=lambda item: not item[1].backend.needs_model)
    listed = [
        row
        for id, registered in ordered
        for row in _backend_rows(registered.backend, facts[id], machine)
    ]
    listed += [
        absent_row(f"{broken.name}/{_UNAVAILABLE}", broken.name, broken.reason, broken.remedy)
        for broken in backends.broken
    ]
    listed = [replace(row, active=row.id == active_id) for row in listed]
    return sorted(listed, key=lambda row: not row.usable)


def _backend_rows(backend: Backend, facts: Facts, machine: Machine) -> Iterable[Accelerator]:
    for kind in backend.devices:
        for row in _kind_rows(backend, kind, facts, machine):
            if row.usable and backend.needs_model and kind.device not in facts.kinds_with_model:
                yield replace(
                    row,
                    usable=False,
                    reason="None of the known models runs on it.",
                    remedy=ANOTHER,
                )
            else:
                yield row


def _kind_rows(
    backend: Backend, kind: DeviceKind, facts: Facts, machine: Machine
) -> list[Accelerator]:
    row = Accelerator(
        id=f"{backend.id}/{kind.device}",
        backend=backend.id,
        device=kind.device,
        name=kind.name,
        present=kind.always_present,
        runtime_installed=facts.probed is not None,
        usable=False,
        active=False,
    )
    there = presence_of(kind, machine)
    probed = facts.probed
    found = [
        device
        for device in (probed.devices if isinstance(probed, ProbeResult) else ())
        if is_of_kind(device.device, kind.device)
    ]
    if found:
        # What the runtime finds is there, whatever the inventory missed.
        listed = _device_rows(replace(row, present=True), found)
        if there.complaint is not None and there.complaint.always:
            return _complaining(listed, there.complaint, kind)
        return _usable(listed)
    listed = _device_rows(replace(row, present=bool(there.present)), there.devices)
    if there.complaint is not None:
        return _complaining(listed, there.complaint, kind)
    if facts.no_runtime is not None:
        return _complaining(listed, facts.no_runtime, kind)
    if isinstance(probed, ProbeFailed):
        failed = Complaint(probed.reason, probed.remedy, by_driver=probed.by_driver)
        return _complaining(listed, failed, kind)
    if probed is not None:
        return _complaining(listed, _not_found(kind, there, facts), kind)
    if there.present is None:
        return _complaining(listed, _not_known_yet(backend, facts), kind)
    return _usable(listed)


def _not_found(kind: DeviceKind, there: Presence, facts: Facts) -> Complaint:
    """Say why a runtime that works does not find a device that may well be there."""
    if kind.always_present or not there.devices:
        return Complaint(kind.absent_reason, kind.absent_remedy, by_driver=True)
    names = " and ".join(device.full_name for device in there.devices)
    reason = f"This PC has {names}, but {facts.runtime_title} does not find it."
    return Complaint(reason, kind.absent_remedy, by_driver=True)


def _not_known_yet(backend: Backend, facts: Facts) -> Complaint:
    installs = next((k.name for k in backend.devices if k.always_present), None)
    return Complaint(
        f"Whether this PC has one is known once {facts.runtime_title} is installed.",
        f"Switch to {installs} first: that installs it." if installs else ANOTHER,
    )


def _device_rows(row: Accelerator, devices: Sequence[Device]) -> list[Accelerator]:
    return [
        replace(
            row,
            id=f"{row.backend}/{device.device}",
            device=device.device,
            name=row.name if len(devices) == 1 else f"{row.name}: {device.full_name}",
            device_name=device.full_name,
        )
        for device in devices
    ] or [row]


def _usable(listed: Iterable[Accelerator]) -> list[Accelerator]:
    return [replace(row, present=True, usable=True) for row in listed]


def _complaining(
    listed: Iterable[Accelerator], complaint: Complaint, kind: DeviceKind
) -> list[Accelerator]:
    url = kind.driver_url if complaint.by_driver else None
    return [
        replace(row, reason=complaint.reason, remedy=complaint.remedy, remedy_url=url)
        for row in listed
    ]


def absent_row(id: str, name: str, reason: str, remedy: str) -> Accelerator:
    """Return the row of what is not in this machine, or cannot even be asked about."""
    backend, _, device = id.partition("/")
    return Accelerator(
        id=id,
        backend=backend,
        device=device,
        name=name,
        present=False,
        runtime_installed=False,
        usable=False,
        active=False,
        reason=reason,
        remedy=remedy,
    )
