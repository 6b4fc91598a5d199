"""A step of a long request as a line for people."""

from phi_sidecar.generated.protocol import StepProgress

MEGABYTE = 1_000_000

MINUTE_S = 60


def progress_line(progress: StepProgress) -> tuple[str, int | None]:
    """Return a step as a line for people, and its percentage if that is known."""
    done, total = progress.bytes_done, progress.bytes_total
    if done is None:
        return progress.step, None
    if not total:
        return f"{progress.step}, {round(done / MEGABYTE)} MB", None
    line = f"{progress.step}, {round(done / MEGABYTE)} of {round(total / MEGABYTE)} MB"
    if progress.seconds_left is not None:
        line += f", {_time_left(progress.seconds_left)} left"
    return line, min(100, done * 100 // total)


def _time_left(seconds: float) -> str:
    """Say a time as coarsely as it is known, so that the line does not change all the time."""
    if seconds < MINUTE_S:
        return "less than a minute"
    minutes = round(seconds / MINUTE_S)
    return f"about {minutes} min" if minutes < 90 else f"about {round(minutes / 60)} h"
