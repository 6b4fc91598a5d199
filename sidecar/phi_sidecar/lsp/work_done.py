"""Tells a request's steps on the client's own progress token, where it can be cancelled too."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.progress import Report

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer

MEGABYTE = 1_000_000

MINUTE_S = 60


@contextmanager
def steps_told(server: "SidecarServer", token: str | int | None, title: str) -> Iterator[Report]:
    """Begin and end a progress around a request; without a token nobody is told."""
    if token is not None:
        server.cancellable[token] = asyncio.current_task()
    server.stream(token, lsp.WorkDoneProgressBegin(title=title, cancellable=True))
    shown = ""

    def report(progress: StepProgress) -> None:
        nonlocal shown
        message, percentage = describe(progress)
        # A download tells every few kilobytes; people are shown megabytes.
        if message != shown:
            shown = message
            server.stream(token, lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    try:
        yield report
    finally:
        if token is not None:
            del server.cancellable[token]
        server.stream(token, lsp.WorkDoneProgressEnd())


def describe(progress: StepProgress) -> tuple[str, int | None]:
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
