"""What a model takes of which memory, and whether there is room for it. Pure."""

from dataclasses import dataclass

from phi_sidecar.machine.devices import Gpu, Machine


@dataclass(frozen=True)
class Demand:
    """What a model takes.

    Attributes:
        bytes: weights, runtime, keys and values.
        card: the graphics card in whose own memory it lies; None where that is the machine's.
    """

    bytes: int = 0
    card: Gpu | None = None


NOTHING = Demand()


def card_of(gpu: Gpu | None) -> Gpu | None:
    """Return a graphics processor if it has memory of its own."""
    return gpu if gpu is not None and gpu.discrete else None


def memory_of(card: Gpu | None, machine: Machine) -> int | None:
    """Return the size of a card's memory, or of the machine's; None where that is not told."""
    if card is not None:
        return card.own_bytes
    return None if machine.memory is None else machine.memory.total_bytes


def fits(coming: Demand, beside: Demand, available_bytes: int, reserve_bytes: int) -> bool:
    """Tell whether a model has room beside one that stays.

    Args:
        coming: what it takes.
        beside: what the other one takes.
        available_bytes: of the machine's memory, with the other one in it.
        reserve_bytes: what is left of each memory to everything else.
    """
    if coming.card is None:
        return available_bytes >= coming.bytes + reserve_bytes
    shared = beside.card == coming.card and beside.bytes > 0
    if coming.card.own_bytes is None:
        # Nobody tells how large it is: one at a time goes well wherever one does.
        return not shared
    taken = beside.bytes if shared else 0
    # Windows lends a card of the machine's memory, at a fraction of the speed.
    lacking = taken + coming.bytes + reserve_bytes - coming.card.own_bytes
    return lacking <= 0 or (not shared and available_bytes >= lacking + reserve_bytes)


def helps(going: Demand, coming: Demand) -> bool:
    """Tell whether what one gives back is any good to the other."""
    if going.bytes == 0:
        return False
    return going.card == coming.card or going.card is None
