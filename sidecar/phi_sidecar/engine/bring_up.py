"""Brings models up: for who asked, or beside everything else; makes room, and undoes it."""

import asyncio
import logging
from collections.abc import Callable

from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import room, statuses
from phi_sidecar.engine.activation import ActiveModel, Reporter, activate
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.rounds import Rounds
from phi_sidecar.engine.seat import Seat
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.errors import PhiSidecarError, RuntimeFailed, WorkerDied
from phi_sidecar.generated import protocol as p
from phi_sidecar.progress import Report
from phi_sidecar.rpc import log_unexpected

log = logging.getLogger(__name__)


class BringUp:
    """One bring-up at a time runs in the background; a newer one ends the older.

    Where memory does not hold both, the old model is sent away before the new one comes. It is
    remembered until something answers again, so that it comes back if the new one fails.
    """

    def __init__(
        self,
        installation: Installation,
        seat: Seat,
        rounds: Rounds,
        install: Callable[[ActiveModel], None],
        may_restart: Callable[[], bool],
    ) -> None:
        """Begin with nothing under way.

        Args:
            installation: what is brought up.
            seat: of the model that answers.
            rounds: of measuring, which end before anything is loaded.
            install: lets a model answer from now on.
            may_restart: whether a worker that died is started once more; counts it if so.
        """
        self._installation = installation
        self._seat = seat
        self._rounds = rounds
        self._install = install
        self._may_restart = may_restart
        self._background: asyncio.Task[None] | None = None
        self._retiring: dict[asyncio.Task[None], WorkerClient] = {}
        self._sent_away: ActiveModel | None = None

    @property
    def under_way(self) -> bool:
        """Whether something is brought up in the background."""
        return self._background is not None and not self._background.done()

    @property
    def sent_away(self) -> ActiveModel | None:
        """What went to make room, while nothing answers in its place."""
        return self._sent_away

    async def activate(self, selection: Selection, report: Report | None = None) -> ActiveModel:
        """Bring up a selection now; the status and `report` are told the steps.

        Raises:
            PhiSidecarError: it could not be prepared, started or loaded.
        """

        def progress(progress: p.StepProgress) -> None:
            self._seat.board.progress(progress)
            if report is not None:
                report(progress)

        await self._rounds.end()
        return await activate(
            self._installation,
            selection,
            Reporter(phase=lambda phase: self._seat.enter(selection, phase), progress=progress),
            lambda demand: self._make_room(demand, selection, progress),
        )

    def begin(self, selection: Selection) -> None:
        """Bring up a selection in the background, in the place of what is being brought up."""
        before = self._background
        if before is not None and not before.cancelling():
            before.cancel()
        self._background = asyncio.create_task(self._run(selection, before))

    async def wait(self) -> None:
        """Wait until what runs in the background has ended, well or not."""
        if self._background is not None:
            await asyncio.wait([self._background])

    def cancel(self) -> bool:
        """End what runs in the background; tells whether there was anything to end."""
        if self._background is None or self._background.cancelling():
            # A second cancel would interrupt the cleaning up after the first.
            return False
        return self._background.cancel()

    async def stop(self) -> None:
        """End what runs in the background, and wait for its end."""
        if self.under_way:
            self.cancel()
            await self.wait()

    def close(self) -> None:
        """End everything at once."""
        for task in [*self._retiring, *([self._background] if self._background else [])]:
            task.cancel()

    def came(self) -> None:
        """Forget what was sent away: something answers in its place."""
        self._sent_away = None

    def resume(self) -> ActiveModel | None:
        """Give the seat back to what was sent away, if it has not hung up yet.

        Returns what did go, which is then remembered no more.
        """
        gone, self._sent_away = self._sent_away, None
        if gone is None or gone.client.ended.is_set():
            return gone
        # The wait for its last answer was cut short: it goes on.
        self._seat.take(gone)
        return None

    def bring_back(self, gone: ActiveModel) -> None:
        """Load again what went for a model that then did not come."""
        self._sent_away = None
        # It may not have hung up yet, if the wait for its last answer was cut short.
        self.retire(gone)
        self.begin(gone.selection)

    def retire(self, old: ActiveModel) -> None:
        """Let an old model say what it is saying, then hang up; returns at once."""
        task = asyncio.create_task(old.client.retire())
        self._retiring[task] = old.client
        task.add_done_callback(self._retiring.pop)

    async def _make_room(self, coming: Demand, selection: Selection, report: Report) -> None:
        """Let the old model go before the new one comes, where memory does not allow both."""
        # Those that have said everything are on their way out: what they held is about to be free.
        if going := [task for task, client in self._retiring.items() if client.quiet]:
            await asyncio.wait(going)
        old = self._seat.active
        if old is None or not await asyncio.to_thread(room.must_go, old.takes, coming):
            return
        try:
            clients = (await old.client.status()).clients
        except WorkerDied:
            return  # It went by itself.
        if clients > 1:
            return  # Other windows use it, so it would stay.
        # What is asked there now is answered first; from here on nothing new is asked.
        self._sent_away = old
        self._seat.leave(selection)
        report(p.StepProgress(step=f"Making room: {old.accelerator_name} is unloaded first"))
        await old.client.retire()

    async def _run(self, selection: Selection, before: "asyncio.Task[None] | None") -> None:
        """Activate a selection once what came before has ended; failures end in the status."""
        if before is not None:
            await asyncio.wait([before])
        unmet: tuple[Selection, PhiSidecarError] | None = None
        while True:
            try:
                active = await self.activate(selection)
            except WorkerDied as error:
                log.warning("%s", error)
                if self._sent_away is None and self._may_restart():
                    continue
                failure: PhiSidecarError = statuses.died_too_often()
            except PhiSidecarError as error:
                log.warning("not available: %s", error)
                failure = error
            except asyncio.CancelledError:
                if self._seat.active is not None:
                    self._seat.board.progress(None)
                raise
            except Exception as error:  # noqa: BLE001 (whatever it was, the server stays)
                log_unexpected("bringing up the model", error)
                failure = RuntimeFailed(f"Unexpected {type(error).__name__}; see the log.")
            else:
                self._install(active)
                if unmet is not None:
                    self._seat.not_brought_up(*unmet)
                return
            if self._sent_away is None:
                self._seat.not_brought_up(selection, failure)
                return
            # What went for it comes back.
            unmet = (selection, failure)
            selection, self._sent_away = self._sent_away.selection, None
