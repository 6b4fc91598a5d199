"""Work in threads that whoever cancels it waits for."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def to_the_end(work: Callable[[], T]) -> T:
    """Run something in a thread; a cancel takes effect when the thread has let go of its files.

    Windows neither removes nor renames what is open.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return running.result()
    # Read, so that nobody misses it: the cancel is what is told.
    running.exception()
    raise cancelled
