"""Whether the computer runs on its battery."""


def on_battery() -> bool:
    """Tell whether no power comes from outside; no where that cannot be told."""
    import psutil  # costs the sidecar's start too much

    sensors = getattr(psutil, "sensors_battery", None)
    try:
        battery = None if sensors is None else sensors()
    except (OSError, RuntimeError):
        return False  # Machines without any tell so in several ways.
    # `power_plugged` is None where it is not known.
    return battery is not None and battery.power_plugged is False
