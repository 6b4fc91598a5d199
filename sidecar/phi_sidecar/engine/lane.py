"""One thing at a time, the newest first: for completions, where only the newest matters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Superseded(Exception):
    """A newer one came; this one was ended."""


class NewestWins:
    """Ends what is in the lane when something newer enters it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        self._superseded: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Hold the lane.

        Raises:
            Superseded: something newer has entered; a cancel from outside stays a cancel.
        """
        task = asyncio.current_task()
        assert task is not None
        if self._task is not None:
            self._superseded.add(self._task)
            self._task.cancel()
        self._task = task
        try:
            yield
        except asyncio.CancelledError:
            # Both may have happened; then the cancel from outside counts.
            if task in self._superseded and task.uncancel() == 0:
                raise Superseded from None
            raise
        finally:
            self._superseded.discard(task)
            if self._task is task:
                self._task = None
