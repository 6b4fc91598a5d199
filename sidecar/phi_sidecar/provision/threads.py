"""Work in threads that whoever cancels it waits for."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """Work in a thread ended early, because nobody waits for what comes of it."""


class Stop:
    """What long work in a thread looks at, so that it can end early."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Ask the work to end."""
        self._asked.set()

    def check(self) -> None:
        """Raise `Stopped` if the work is to end."""
        if self._asked.is_set():
            raise Stopped


async def to_the_end(work: Callable[[], T]) -> T:
    """Run something in a thread; a cancel takes effect when the thread has let go of its files.

    Windows neither removes nor renames what is open.
    """
    return await until_stopped(lambda _: work())


async def until_stopped(work: Callable[[Stop], T]) -> T:
    """Do the same with what takes long: a cancel asks it to end, and waits until it has."""
    stop = Stop()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
            stop.ask()
    if cancelled is None:
        return running.result()
    # Read, so that nobody misses it: the cancel is what is told.
    running.exception()
    raise cancelled
