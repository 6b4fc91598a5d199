"""The rounds of measuring of a window: none goes on while what answers is changed."""

import asyncio
from collections.abc import Coroutine

from phi_sidecar.errors import NotReady
from phi_sidecar.generated import protocol as p


class Rounds:
    """Runs rounds of measuring, and ends them when a model is brought up.

    A round holds connections to workers, and what they take of the memory: a worker that is to go
    would seem to be used by another window, and a model that comes would seem to have no room.
    """

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[p.MeasureAcceleratorsResult]] = set()

    async def run(
        self, round: Coroutine[object, object, p.MeasureAcceleratorsResult]
    ) -> p.MeasureAcceleratorsResult:
        """Measure; a cancel ends it.

        Raises:
            NotReady: it was ended for a model that is brought up.
        """
        task = asyncio.create_task(round)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await task
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            raise NotReady(
                "Measuring was ended, for the model that is being loaded. What had been measured is"
                " kept.",
                remedy="Measure again once the model answers.",
            ) from None

    async def end(self) -> None:
        """End those under way, and wait until they have let go of their workers."""
        ending = list(self._under_way)
        for task in ending:
            if not task.cancelling():
                task.cancel()
        if ending:
            await asyncio.wait(ending)
