"""How OpenVINO numbers its devices: `GPU` where there is one, `GPU.0` and `GPU.1` where two."""

from collections.abc import Sequence


def is_found(device: str, found: Sequence[str]) -> bool:
    """Tell whether a device is among those that OpenVINO found."""
    kind, _, number = device.partition(".")
    if device in found:
        return True
    # The first one may be called by its kind alone, whichever way it was listed when it was chosen.
    return f"{kind}.0" in found if not number else number == "0" and kind in found


def is_same(asked: str, executing: str) -> bool:
    """Tell whether the device that executes is the one that was asked for.

    What executes may lack the number where there is one, and has one where only the kind was asked
    for; two different numbers are two devices.
    """
    kind, _, number = asked.partition(".")
    executing_kind, _, executing_number = executing.partition(".")
    return kind == executing_kind and (
        number == executing_number or not number or not executing_number
    )
