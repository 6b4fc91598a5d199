"""What keeps a model answering: activation, switching, restarts, and the status of it all."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from phi_sidecar.accelerators.selection import ReadSelection, Selection
from phi_sidecar.engine import room, statuses
from phi_sidecar.engine.activation import ActiveModel, Reporter, activate
from phi_sidecar.engine.generations import Generations
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.restarts import RestartLimit
from phi_sidecar.engine.status_board import OnStatus, StatusBoard
from phi_sidecar.engine.worker_client import Generation, OnChunk
from phi_sidecar.errors import PhiSidecarError, PreparationFailed, RuntimeFailed, WorkerDied
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import Chosen
from phi_sidecar.progress import Report
from phi_sidecar.rpc import log_unexpected

log = logging.getLogger(__name__)

FOLLOW_EVERY_S = 2.0
"""How often the selection is looked at, so that one window follows another's switch."""


class Engine:
    """Owns the connection to the worker that answers now."""

    def __init__(self, installation: Installation, on_status: OnStatus) -> None:
        self._installation = installation
        self._active: ActiveModel | None = None
        self._background: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sent_away: ActiveModel | None = None
        self._failed: Selection | None = None
        self._switching = asyncio.Lock()
        self._restarts = RestartLimit()
        self._read = installation.selection.read()
        self._board = StatusBoard(
            self._without_model(self._read.selection, p.Phase.loading), on_status
        )
        self._generations = Generations(
            self._board, installation.speeds, answers_now=lambda active: active is self._active
        )

    @property
    def status(self) -> p.Status:
        """What clients are told."""
        return self._board.status

    @property
    def unattended(self) -> bool:
        """Whether what is being prepared was begun here, so that no request shows its progress."""
        return self._background is not None and not self._background.done()

    @property
    def active(self) -> ActiveModel:
        """The model that answers.

        Raises:
            NotReady: there is none yet, or none any more; the message says why.
        """
        if self._active is None:
            raise statuses.not_ready(self.status)
        return self._active

    @property
    def answering(self) -> Chosen | None:
        """The model that answers, and in which form; None where none does, or none is needed."""
        return None if self._active is None else self._active.chosen

    @property
    def selection(self) -> Selection:
        """What answers; before anything does, what was chosen."""
        return self._read.selection if self._active is None else self._active.selection

    def start(self, selection: Selection | None = None) -> None:
        """Begin to bring up a selection; returns at once.

        Without one it is the user's, and other windows' switches are followed.
        """
        if selection is not None:
            self._bring_up_in_background(selection)
            return
        if self._read.problem is not None:
            log.warning("%s", self._read.problem)
            self._board.explain(self._read.problem, "Choose the accelerator again.")
        self._bring_up_in_background(self._read.selection)
        self._keep(self._follow_selection())

    async def ready(self) -> None:
        """Wait until the bring-up under way has ended, well or not."""
        if self._background is not None:
            await asyncio.wait([self._background])

    def cancel_preparation(self) -> None:
        """Stop bringing up; what was downloaded stays for the next time."""
        if self._background is None or self._background.cancelling():
            # A second cancel would interrupt the cleaning up after the first.
            return
        if not self._background.cancel() or self._active is not None:
            return
        if self._sent_away is not None:
            self._bring_back(self._sent_away)
        else:
            cancelled = PreparationFailed("Setting up was cancelled.", remedy="Choose 'Try again'.")
            self._unavailable(self._read.selection, cancelled)

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
            self._read = self._installation.selection.read()
            # Once more: another window may have chosen another model meanwhile.
            selection = self._wanted(accelerator, model, quantization)
            self._restarts.reset()
            try:
                if model is not None or quantization is not None:
                    self._installation.require_model(selection)
                await self._stop_background()
                active = await self._activate(selection, report)
                await self._keep_selection(selection, active)
            except BaseException as error:
                gone = self._sent_away
                old = self._after_failed_switch(selection, error, interrupted=interrupted)
                if old is not None and isinstance(error, PhiSidecarError):
                    raise statuses.keeps_answering(error, old) from error
                if gone is not None and isinstance(error, PhiSidecarError):
                    raise statuses.comes_back(error, gone) from error
                raise
            self._install(active)
        return self.status

    def generating(
        self, params: p.GenerateParams, on_chunk: OnChunk
    ) -> AbstractAsyncContextManager[Generation]:
        """Generate with the model that answers; leaving the context ends the decode.

        Raises:
            NotReady: no model answers.
            WorkerDied: the connection was gone already.
        """
        return self._generations.begin(self.active, params, on_chunk)

    def note_speed(self, metrics: p.GenerationMetrics, active: ActiveModel) -> None:
        """Show and keep how fast a generation was.

        `active` is the model that generated, which a switch may have taken from its place.
        """
        self._generations.note_speed(metrics, active)

    async def close(self) -> None:
        """Hang up and end everything that runs here; the worker leaves by itself."""
        active, self._active = self._active, None
        self._installation.speeds.write()
        for task in [*self._tasks, *([self._background] if self._background else [])]:
            task.cancel()
        if active is not None:
            active.client.close()

    def _wanted(self, accelerator: str, model: str | None, quantization: str | None) -> Selection:
        """Complete what was asked for by what is selected, or by what was and then failed."""
        before = self._read.selection
        if self._failed is not None and self._failed.accelerator == accelerator:
            before = self._failed
        wanted = Selection(accelerator, model or before.model, quantization)
        kept = replace(wanted, quantization=before.quantization)
        return before if quantization is None and kept == before else wanted

    async def _activate(self, selection: Selection, report: Report | None = None) -> ActiveModel:
        def phase(phase: p.Phase) -> None:
            # While an old model still answers, a switch does not make it less ready.
            if self._active is not None:
                return
            if self.status.accelerator != selection.accelerator:
                self._board.put(self._without_model(selection, phase))
            else:
                self._board.enter(phase)

        def progress(progress: p.StepProgress) -> None:
            self._board.progress(progress)
            if report is not None:
                report(progress)

        return await activate(
            self._installation,
            selection,
            Reporter(phase=phase, progress=progress),
            lambda needed_bytes: self._make_room(needed_bytes, selection, progress),
        )

    async def _make_room(self, needed_bytes: int, coming: Selection, report: Report) -> None:
        """Let the old model go before the new one comes, where memory does not allow both."""
        old = self._active
        if old is None or await asyncio.to_thread(room.is_there, needed_bytes):
            return
        if (await old.client.status()).clients > 1:
            return  # Other windows use it, so it would stay.
        # What is asked there now is answered first; from here on nothing new is asked.
        self._active, self._sent_away = None, old
        self._board.put(self._without_model(coming, p.Phase.loading))
        report(p.StepProgress(step=f"Making room: {old.accelerator_name} is unloaded first"))
        await old.client.retire()

    def _bring_back(self, gone: ActiveModel) -> None:
        """Load again what went for a model that then did not come."""
        self._sent_away = None
        # It may not have hung up yet, if the wait for its last answer was cut short.
        self._keep(gone.client.retire())
        self._bring_up_in_background(gone.selection)

    def _bring_up_in_background(self, selection: Selection) -> None:
        before = self._background
        if before is not None and not before.cancelling():
            before.cancel()
        self._background = asyncio.create_task(self._bring_up(selection, before))

    async def _bring_up(self, selection: Selection, before: "asyncio.Task[None] | None") -> None:
        """Activate a selection once what came before has ended; failures end in the status."""
        if before is not None:
            await asyncio.wait([before])
        unmet: tuple[Selection, PhiSidecarError] | None = None
        while True:
            try:
                active = await self._activate(selection)
            except WorkerDied as error:
                log.warning("%s", error)
                if self._sent_away is None and self._may_restart():
                    continue
                failure: PhiSidecarError = statuses.died_too_often()
            except PhiSidecarError as error:
                log.warning("not available: %s", error)
                failure = error
            except asyncio.CancelledError:
                if self._active is not None:
                    self._board.progress(None)
                raise
            except Exception as error:  # noqa: BLE001 (whatever it was, the server stays)
                log_unexpected("bringing up the model", error)
                failure = RuntimeFailed(f"Unexpected {type(error).__name__}; see the log.")
            else:
                self._install(active)
                if unmet is not None:
                    self._not_brought_up(*unmet)
                return
            if self._sent_away is None:
                self._not_brought_up(selection, failure)
                return
            # What went for it comes back.
            unmet = (selection, failure)
            selection, self._sent_away = self._sent_away.selection, None

    async def _stop_background(self) -> None:
        if self._background is not None and not self._background.done():
            if not self._background.cancelling():
                self._background.cancel()
            await asyncio.wait([self._background])

    async def _keep_selection(self, selection: Selection, active: ActiveModel) -> None:
        try:
            self._installation.selection.write(selection)
        except PhiSidecarError:
            await active.client.abandon()
            raise
        self._read = ReadSelection(selection)

    def _install(self, active: ActiveModel) -> None:
        """Let a model answer from now on; the one before hangs up."""
        before, self._active = self._active, active
        self._sent_away = self._failed = None
        if before is not None:
            self._keep(before.client.retire())
        log.info(
            "%s answers on %s (worker %d)",
            active.selection.accelerator,
            active.loaded.executing_device,
            active.client.pid,
        )
        self._board.put(self._answering(active))
        self._keep(self._watch(active))

    def _answering(self, active: ActiveModel) -> p.Status:
        # A selection that could not be read is still worth knowing once its stand-in answers.
        unread = self._read.problem if active.selection == self._read.selection else None
        generating = self._generations.under_way
        return statuses.answering(active, generating=generating, problem=unread)

    async def _watch(self, active: ActiveModel) -> None:
        """Restart what dies while it is the one that answers."""
        await active.client.ended.wait()
        if self._active is not active:
            return
        self._active = None
        if not self._may_restart():
            self._unavailable(active.selection, statuses.died_too_often())
            return
        log.warning("%s It is restarted.", statuses.DIED)
        # Another window's switch that is being followed goes on, and takes its place.
        coming = self._read.selection if self.unattended else active.selection
        restarting = self._without_model(coming, p.Phase.loading)
        self._board.put(replace(restarting, reason=statuses.DIED, remedy="It is being restarted."))
        async with self._switching:
            # A switch that was under way has perhaps put another in its place.
            if self._active is None and not self.unattended:
                self._bring_up_in_background(active.selection)

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
                self._read = file.read()
                if self._active is None or self._active.selection != self._read.selection:
                    self._bring_up_in_background(self._read.selection)
                else:
                    # The other window came back to what answers here.
                    await self._stop_background()
                    self._board.explain(None, None)

    def _after_failed_switch(
        self, selection: Selection, error: BaseException, *, interrupted: bool
    ) -> ActiveModel | None:
        """Return what goes on answering after a switch that failed or was cancelled, if any."""
        self._board.progress(None)
        gone, self._sent_away = self._sent_away, None
        if gone is not None and not gone.client.ended.is_set():
            # The wait for its last answer was cut short: it goes on.
            self._active, gone = gone, None
            self._board.put(self._answering(self._active))
        if self._active is not None:
            if interrupted and self._active.selection != self._read.selection:
                self._bring_up_in_background(self._read.selection)
            return self._active
        if interrupted and selection != self._read.selection:
            self._bring_up_in_background(self._read.selection)
            return None
        if gone is not None:
            self._bring_back(gone)
            return None
        if not isinstance(error, PhiSidecarError):
            error = PreparationFailed("Switching was cancelled.", remedy="Choose 'Try again'.")
        self._unavailable(selection, error)
        return None

    def _not_brought_up(self, selection: Selection, error: PhiSidecarError) -> None:
        """Say why a model does not answer; one that is to be replaced by it goes on."""
        self._board.progress(None)
        if self._active is None:
            self._unavailable(selection, error)
            return
        name = self._without_model(selection, p.Phase.unavailable).accelerator_name
        stays = statuses.keeps_answering(error, self._active)
        self._board.explain(f"Another window switched to {name}. Here: {stays}", error.remedy)

    def _unavailable(self, selection: Selection, error: PhiSidecarError) -> None:
        self._failed = selection
        status = self._without_model(selection, p.Phase.unavailable)
        self._board.put(replace(status, reason=str(error), remedy=error.remedy))

    def _without_model(self, selection: Selection, phase: p.Phase) -> p.Status:
        return statuses.without_model(self._installation, selection, phase)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
