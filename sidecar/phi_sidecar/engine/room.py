"""Whether a model finds room beside the one that answers."""

from phi_sidecar.accelerators.demand import NOTHING, Demand, fits, helps

RESERVE_BYTES = 512 * 1024 * 1024
"""Left to the editor and everything else: who switches is working on this machine."""


def is_there(coming: Demand, beside: Demand = NOTHING) -> bool:
    """Tell whether a model has room beside another; see `demand.fits`."""
    return fits(coming, beside, _available_bytes(), RESERVE_BYTES)


def must_go(old: Demand, coming: Demand) -> bool:
    """Tell whether one model has to go for another to have room, and gives it some by going."""
    return helps(old, coming) and not is_there(coming, old)


def left_bytes() -> int:
    """Return how much of the machine's memory a model may still take."""
    return _available_bytes() - RESERVE_BYTES


def _available_bytes() -> int:
    """Return what is free; what files are kept in for speed counts as free."""
    import psutil  # costs the sidecar's start too much

    return int(psutil.virtual_memory().available)
