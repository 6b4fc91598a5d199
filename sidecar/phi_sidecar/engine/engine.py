"""What keeps a model answering: activation, switching, restarts, and the status of it all."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from phi_sidecar.accelerators.demand import NOTHING
from phi_sidecar.accelerators.selection import ReadSelection, Selection
from phi_sidecar.engine import statuses
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.bring_up import BringUp
from phi_sidecar.engine.generations import OnGenerating
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.measuring import Measuring
from phi_sidecar.engine.restarts import RestartLimit
from phi_sidecar.engine.rounds import Rounds
from phi_sidecar.engine.seat import Seat
from phi_sidecar.engine.status_board import OnStatus
from phi_sidecar.engine.worker_client import Generation, OnChunk
from phi_sidecar.errors import PhiSidecarError, PreparationFailed
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import Chosen
from phi_sidecar.progress import Report

log = logging.getLogger(__name__)

FOLLOW_EVERY_S = 2.0
"""How often the selection is looked at, so that one window follows another's switch."""


class Engine:
    """Owns the connection to the worker that answers now."""

    def __init__(self, installation: Installation, on_status: OnStatus) -> None:
        self._installation = installation
        self._seat = Seat(installation, on_status)
        self._rounds = Rounds()
        self._bring_up = BringUp(
            installation, self._seat, self._rounds, self._install, self._may_restart
        )
        self._restarts = RestartLimit()
        self._switching = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def status(self) -> p.Status:
        """What clients are told."""
        return self._seat.status

    @property
    def unattended(self) -> bool:
        """Whether what is being prepared was begun here, so that no request shows its progress."""
        return self._bring_up.under_way

    @property
    def active(self) -> ActiveModel:
        """The model that answers.

        Raises:
            NotReady: there is none yet, or none any more; the message says why.
        """
        if self._seat.active is None:
            raise statuses.not_ready(self.status)
        return self._seat.active

    @property
    def answering(self) -> Chosen | None:
        """The model that answers, and in which form; None where none does, or none is needed."""
        return None if self._seat.active is None else self._seat.active.chosen

    @property
    def selection(self) -> Selection:
        """What answers; before anything does, what was chosen."""
        active = self._seat.active
        return self._seat.read.selection if active is None else active.selection

    def start(self, selection: Selection | None = None) -> None:
        """Begin to bring up a selection; returns at once.

        Without one it is the user's, and other windows' switches are followed.
        """
        if selection is not None:
            self._bring_up.begin(selection)
            return
        if self._seat.read.problem is not None:
            log.warning("%s", self._seat.read.problem)
            self._seat.board.explain(self._seat.read.problem, "Choose the accelerator again.")
        self._bring_up.begin(self._seat.read.selection)
        self._keep(self._follow_selection())

    async def ready(self) -> None:
        """Wait until the bring-up under way has ended, well or not."""
        await self._bring_up.wait()

    def cancel_preparation(self) -> None:
        """Stop bringing up; what was downloaded stays for the next time."""
        if not self._bring_up.cancel() or self._seat.active is not None:
            return
        if (gone := self._bring_up.sent_away) is not None:
            self._bring_up.bring_back(gone)
        else:
            cancelled = PreparationFailed("Setting up was cancelled.", remedy="Choose 'Try again'.")
            self._seat.unavailable(self._seat.read.selection, cancelled)

    async def select(
        self,
        accelerator: str,
        report: Report,
        *,
        model: str | None = None,
        quantization: str | None = None,
    ) -> p.Status:
        """Switch: the new one is ready before the old one goes; on failure the old one stays.

        Where memory does not allow both, the old one goes first, and comes back on failure.

        Args:
            accelerator: its id.
            report: told each step.
            model: None keeps the selected one.
            quantization: None keeps the selected one where accelerator and model stay as they are,
                and takes the one recommended elsewhere.

        Raises:
            UnknownAccelerator: there is no such one.
            UnknownModel: there is no such model, or it does not run there like that.
            AcceleratorUnusable: it cannot be used here; the message says why.
            PhiSidecarError: it could not be prepared, started or loaded.
        """
        report(p.StepProgress(step="Checking that it can be used"))
        await self._installation.require_usable(self._wanted(accelerator, model, quantization))
        async with self._switching:
            # Another window's switch that is not followed yet must not be forgotten with this one.
            interrupted = self.unattended or self._installation.selection.changed()
            self._seat.read = self._installation.selection.read()
            # Once more: another window may have chosen another model meanwhile.
            selection = self._wanted(accelerator, model, quantization)
            self._restarts.reset()
            try:
                if model is not None or quantization is not None:
                    self._installation.require_model(selection)
                await self._bring_up.stop()
                active = await self._bring_up.activate(selection, report)
                await self._keep_selection(selection, active)
            except BaseException as error:
                gone = self._bring_up.sent_away
                old = self._after_failed_switch(selection, error, interrupted=interrupted)
                if old is not None and isinstance(error, PhiSidecarError):
                    raise statuses.keeps_answering(error, old) from error
                if gone is not None and isinstance(error, PhiSidecarError):
                    raise statuses.comes_back(error, gone) from error
                raise
            self._install(active)
        return self.status

    async def measure(
        self, accelerators: Sequence[str] | None, report: Report
    ) -> p.MeasureAcceleratorsResult:
        """Measure accelerators beside the model that answers; see `Measuring.run`.

        Raises:
            UnknownAccelerator: one of them is not known; nothing was measured.
            NotReady: it was ended by a switch.
        """
        # Another switch may begin as soon as one has ended.
        while self._switching.locked() or self.unattended:
            report(p.StepProgress(step="Waiting for the model that is being loaded"))
            await self._bring_up.wait()
            async with self._switching:
                pass
        # What answers goes on doing so, in the memory that it has.
        beside = NOTHING if self._seat.active is None else self._seat.active.takes
        measuring = Measuring(self._installation, self.selection, report, beside)
        return await self._rounds.run(measuring.run(accelerators))

    def generating(
        self, params: p.GenerateParams, on_chunk: OnChunk
    ) -> AbstractAsyncContextManager[Generation]:
        """Generate with the model that answers; leaving the context ends the decode.

        Raises:
            NotReady: no model answers.
            WorkerDied: the connection was gone already.
        """
        return self._seat.generations.begin(self.active, params, on_chunk)

    def when_generating(self, tell: OnGenerating) -> None:
        """Have somebody told in which lane each generation begins."""
        self._seat.generations.when_generating(tell)

    def note_speed(self, metrics: p.GenerationMetrics, active: ActiveModel) -> None:
        """Show and keep how fast a generation was.

        `active` is the model that generated, which a switch may have taken from its place.
        """
        self._seat.generations.note_speed(metrics, active)

    async def close(self) -> None:
        """Hang up and end everything that runs here; the worker leaves by itself."""
        active, self._seat.active = self._seat.active, None
        self._installation.speeds.write()
        self._bring_up.close()
        for task in self._tasks:
            task.cancel()
        if active is not None:
            active.client.close()

    def _wanted(self, accelerator: str, model: str | None, quantization: str | None) -> Selection:
        """Complete what was asked for by what is selected, or by what was and then failed."""
        before = self._seat.read.selection
        if self._seat.failed is not None and self._seat.failed.accelerator == accelerator:
            before = self._seat.failed
        wanted = Selection(accelerator, model or before.model, quantization)
        kept = replace(wanted, quantization=before.quantization)
        return before if quantization is None and kept == before else wanted

    async def _keep_selection(self, selection: Selection, active: ActiveModel) -> None:
        try:
            self._installation.selection.write(selection)
        except PhiSidecarError:
            await active.client.abandon()
            raise
        self._seat.read = ReadSelection(selection)

    def _install(self, active: ActiveModel) -> None:
        """Let a model answer from now on; the one before hangs up."""
        before = self._seat.active
        self._bring_up.came()
        if before is not None:
            self._bring_up.retire(before)
        log.info(
            "%s answers on %s (worker %d)",
            active.selection.accelerator,
            active.loaded.executing_device,
            active.client.pid,
        )
        self._seat.take(active)
        self._keep(self._watch(active))

    async def _watch(self, active: ActiveModel) -> None:
        """Restart what dies while it is the one that answers."""
        await active.client.ended.wait()
        if self._seat.active is not active:
            return
        self._seat.active = None
        if not self._may_restart():
            self._seat.unavailable(active.selection, statuses.died_too_often())
            return
        log.warning("%s It is restarted.", statuses.DIED)
        # Another window's switch that is being followed goes on, and takes its place.
        coming = self._seat.read.selection if self.unattended else active.selection
        self._seat.restart(coming)
        async with self._switching:
            # A switch that was under way has perhaps put another in its place.
            if self._seat.active is None and not self.unattended:
                self._bring_up.begin(active.selection)

    def _may_restart(self) -> bool:
        return self._restarts.allows(asyncio.get_running_loop().time())

    async def _follow_selection(self) -> None:
        file = self._installation.selection
        while True:
            await asyncio.sleep(FOLLOW_EVERY_S)
            if not file.changed():
                continue
            async with self._switching:
                # Read only now: a switch of this window's own may have been under way.
                self._seat.read = file.read()
                active, selection = self._seat.active, self._seat.read.selection
                if active is None or active.selection != selection:
                    self._bring_up.begin(selection)
                else:
                    # The other window came back to what answers here.
                    await self._bring_up.stop()
                    self._seat.board.explain(None, None)

    def _after_failed_switch(
        self, selection: Selection, error: BaseException, *, interrupted: bool
    ) -> ActiveModel | None:
        """Return what goes on answering after a switch that failed or was cancelled, if any."""
        self._seat.board.progress(None)
        gone = self._bring_up.resume()
        active, chosen = self._seat.active, self._seat.read.selection
        if active is not None:
            if interrupted and active.selection != chosen:
                self._bring_up.begin(chosen)
            return active
        if interrupted and selection != chosen:
            self._bring_up.begin(chosen)
            return None
        if gone is not None:
            self._bring_up.bring_back(gone)
            return None
        if not isinstance(error, PhiSidecarError):
            error = PreparationFailed("Switching was cancelled.", remedy="Choose 'Try again'.")
        self._seat.unavailable(selection, error)
        return None

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
