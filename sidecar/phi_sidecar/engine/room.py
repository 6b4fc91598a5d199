"""Whether a model finds room beside the one that answers."""

RESERVE_BYTES = 512 * 1024 * 1024
"""Left to the editor and everything else: who switches is working on this machine."""


def is_there(needed_bytes: int) -> bool:
    """Tell whether that much memory is free; what files are kept in for speed counts as free."""
    import psutil  # costs the sidecar's start too much

    return bool(psutil.virtual_memory().available >= needed_bytes + RESERVE_BYTES)
