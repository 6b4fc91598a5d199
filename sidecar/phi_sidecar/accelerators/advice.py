"""Completes the list: whether the memory is enough for each, and which is recommended. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from phi_sidecar.accelerators.demand import card_of
from phi_sidecar.accelerators.graphics import gpu_of
from phi_sidecar.accelerators.ranking import place_of, recommend
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Machine

_GIGABYTE = 1e9
_SMALLER = "choose a smaller model, or a smaller quantization."


def advised(
    rows: Iterable[Accelerator], memory_bytes: Mapping[str, int], machine: Machine
) -> list[Accelerator]:
    """Say which accelerators have too little memory for the model, and mark the recommended one.

    The usable ones come first, by their place in the ranking; what runs no model of ours behind.

    Args:
        rows: with the model that each would run, and how fast it was measured.
        memory_bytes: what that model takes there, by the accelerator's id.
        machine: with the memory that is free now.
    """
    listed = list(rows)
    freed = sum(
        memory_bytes.get(row.id, 0)
        for row in listed
        # What lies on a card gives nothing back to the machine's memory.
        if row.active and card_of(gpu_of(row, machine)) is None
    )
    fitted = [_fitted(row, memory_bytes.get(row.id), machine, freed) for row in listed]
    fitted.sort(key=lambda row: (not row.usable, row.model is None, place_of(row, machine)))
    return _marked(fitted, machine)


def _marked(rows: Sequence[Accelerator], machine: Machine) -> list[Accelerator]:
    best = recommend(rows, machine)
    if best is None:
        return list(rows)
    return [
        replace(row, recommended=True, recommendation=best.why) if row.id == best.id else row
        for row in rows
    ]


def _fitted(row: Accelerator, needed: int | None, machine: Machine, freed: int) -> Accelerator:
    if not row.usable or row.active or needed is None:
        return row
    most = _most_bytes(row, machine)
    if most is not None and needed > most:
        return replace(
            row,
            usable=False,
            reason=f"{row.model} needs about {_gigabytes(needed)} of memory;"
            f" there are {_gigabytes(most)}.",
            remedy=f"Choose another accelerator, or {_SMALLER}",
        )
    if (card := card_of(gpu_of(row, machine))) is not None:
        if card.own_bytes is None or needed <= card.own_bytes:
            return row
        return replace(
            row,
            reason=f"{row.model} needs about {_gigabytes(needed)} of memory, and the card has"
            f" {_gigabytes(card.own_bytes)} of its own: the rest is the PC's, and much slower.",
            remedy=f"For more speed {_SMALLER}",
        )
    memory = machine.memory
    if memory is None or needed <= memory.available_bytes + freed:
        return row
    return replace(
        row,
        reason=f"{row.model} needs about {_gigabytes(needed)} of memory;"
        f" {_gigabytes(memory.available_bytes)} are free.",
        remedy=f"Close other programs, or {_SMALLER}",
    )


def _most_bytes(row: Accelerator, machine: Machine) -> int | None:
    """Return the most memory that there could be for it; None where the system does not tell."""
    gpu = gpu_of(row, machine)
    if gpu is not None and gpu.own_bytes is not None:
        return gpu.own_bytes + (gpu.shared_bytes or 0)
    if card_of(gpu) is not None:
        return None
    return None if machine.memory is None else machine.memory.total_bytes


def _gigabytes(bytes: int) -> str:
    return f"{bytes / _GIGABYTE:.1f} GB"
