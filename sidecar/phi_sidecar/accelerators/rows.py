"""What the list of accelerators says, from what is known of backends, runtimes and devices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.probing import Probed, ProbeFailed
from phi_sidecar.accelerators.registry import Backends, Broken, is_of_kind
from phi_sidecar.backends.base import Backend, Device, DeviceKind
from phi_sidecar.generated.protocol import Accelerator

_UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Facts:
    """What is known of one backend on this machine.

    Attributes:
        runtime_title: what its environment is, in the middle of a sentence.
        probed: what its runtime finds; None while it is not installed.
        kinds_with_model: kinds of device for which a model is known, fetched or not.
    """

    runtime_title: str
    probed: Probed | None
    kinds_with_model: frozenset[str]


def rows(
    backends: Backends, facts: Mapping[str, Facts], active_id: str | None
) -> list[Accelerator]:
    """List every accelerator, the usable ones first.

    Usable means that it can be picked and will work: a runtime that is not installed yet is
    prepared then. Whether a device is in the machine only its runtime can tell, so without one
    only those that every machine has are usable.
    """
    # Those that answer without a model of ours are for trying and testing: last.
    ordered = sorted(backends.registered.items(), key=lambda item: not item[1].backend.needs_model)
    listed = [
        row for id, registered in ordered for row in _backend_rows(registered.backend, facts[id])
    ]
    listed += [_broken_row(broken) for broken in backends.broken]
    listed = [replace(row, active=row.id == active_id) for row in listed]
    return sorted(listed, key=lambda row: not row.usable)


def _backend_rows(backend: Backend, facts: Facts) -> Iterable[Accelerator]:
    for kind in backend.devices:
        for row in _kind_rows(backend, kind, facts):
            if row.usable and backend.needs_model and kind.device not in facts.kinds_with_model:
                yield replace(
                    row,
                    usable=False,
                    reason="None of the known models runs on it.",
                    remedy="Choose another accelerator.",
                )
            else:
                yield row


def _kind_rows(backend: Backend, kind: DeviceKind, facts: Facts) -> list[Accelerator]:
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
    probed = facts.probed
    if probed is None:
        return [_row_without_runtime(row, kind, backend, facts)]
    if isinstance(probed, ProbeFailed):
        url = kind.driver_url if probed.by_driver else None
        return [replace(row, reason=probed.reason, remedy=probed.remedy, remedy_url=url)]
    devices = [device for device in probed.devices if is_of_kind(device.device, kind.device)]
    if not devices:
        return [_absent_row(row, kind)]
    return [_device_row(row, device, devices) for device in devices]


def _row_without_runtime(
    row: Accelerator, kind: DeviceKind, backend: Backend, facts: Facts
) -> Accelerator:
    if kind.always_present:
        return replace(row, usable=True)
    installs = next((k.name for k in backend.devices if k.always_present), None)
    return replace(
        row,
        reason=f"Whether this PC has one is known once {facts.runtime_title} is installed.",
        remedy=f"Switch to {installs} first: that installs it."
        if installs
        else "Choose another accelerator.",
    )


def _absent_row(row: Accelerator, kind: DeviceKind) -> Accelerator:
    return replace(
        row,
        present=False,
        reason=kind.absent_reason,
        remedy=kind.absent_remedy,
        remedy_url=kind.driver_url,
    )


def _device_row(row: Accelerator, device: Device, alike: Sequence[Device]) -> Accelerator:
    return replace(
        row,
        id=f"{row.backend}/{device.device}",
        device=device.device,
        name=row.name if len(alike) == 1 else f"{row.name}: {device.full_name}",
        present=True,
        usable=True,
        device_name=device.full_name,
    )


def _broken_row(broken: Broken) -> Accelerator:
    return Accelerator(
        id=f"{broken.name}/{_UNAVAILABLE}",
        backend=broken.name,
        device=_UNAVAILABLE,
        name=broken.name,
        present=False,
        runtime_installed=False,
        usable=False,
        active=False,
        reason=broken.reason,
        remedy=broken.remedy,
    )
