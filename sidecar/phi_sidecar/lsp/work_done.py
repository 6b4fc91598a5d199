"""Tells a request's steps on the client's own progress token, where it can be cancelled too."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from lsprotocol import types as lsp

from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.lsp.progress_line import progress_line
from phi_sidecar.lsp.server import SidecarServer
from phi_sidecar.progress import Report

ENDED_WITHIN_S = 1.0
"""How long a window that closes waits for them; an editor waits 2 s for its server."""


@contextmanager
def steps_told(server: SidecarServer, token: str | int | None, title: str) -> Iterator[Report]:
    """Begin and end a progress around a request; without a token nobody is told."""
    if token is not None:
        server.cancellable[token] = asyncio.current_task()
    server.stream(token, lsp.WorkDoneProgressBegin(title=title, cancellable=True))
    shown = ""

    def report(progress: StepProgress) -> None:
        nonlocal shown
        message, percentage = progress_line(progress)
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


async def end_all(server: SidecarServer) -> None:
    """End the requests that tell their steps, before the stream closes that they answer on."""
    tasks = [task for task in server.cancellable.values() if task is not None]
    for task in tasks:
        if not task.cancelling():
            task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=ENDED_WITHIN_S)
