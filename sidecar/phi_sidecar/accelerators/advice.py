"""Completes the list: whether the memory is enough for each, and which is recommended. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from phi_sidecar.accelerators.demand import card_of
from phi_sidecar.accelerators.graphics import gpu_of
from phi_sidecar.accelerators.ranking import in_order, recommend
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Machine

_GIGABYTE = 1e9
_SMALLER = "choose a smaller model, or a smaller quantization."


def advised(
    rows: Iterable[Accelerator], memory_bytes: Mapping[str, int], machine: Machine
) -> list[Accelerator]:
    """Say which accelerators have too little memory for the model, and mark the recommended one.

    The usable ones come first: the recommended one, the others by the ranking's order, and behind
    them what runs no model of ours. What is not even in the machine is last.

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
    marked = _marked(in_order(fitted, machine), machine)
    return sorted(marked, key=_group)


def _group(row: Accelerator) -> tuple[bool, bool, bool]:
    if row.usable:
        return False, row.model is None, not row.recommended
    # Something can be done about what is in the machine.
    return True, not row.present, False


def _marked(rows: Sequence[Accelerator], machine: Machine) -> list[Accelerator]:
    best = recommend(rows, machine)
    if best is None:
        return list(rows)
    why = best.why
    return [
        replace(row, recommended=True, recommendation=why.full, recommendation_brief=why.brief)
        if row.id == best.id
        else row
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
            reason=f"There are {_gigabytes(most)} of memory for it;"
            f" {row.model} needs about {_gigabytes(needed)}.",
            remedy=f"Choose another accelerator, or {_SMALLER}",
        )
    if (card := card_of(gpu_of(row, machine))) is not None:
        if card.own_bytes is None or needed <= card.own_bytes:
            return row
        return replace(
            row,
            reason=f"The card's own memory is {_gigabytes(card.own_bytes)}; {row.model} needs"
            f" about {_gigabytes(needed)}: the rest is the PC's, and much slower.",
            remedy=f"For more speed {_SMALLER}",
        )
    memory = machine.memory
    if memory is None or needed <= memory.available_bytes + freed:
        return row
    return replace(
        row,
        reason=f"{_gigabytes(memory.available_bytes)} of memory are free;"
        f" {row.model} needs about {_gigabytes(needed)}.",
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
