"""Measures every accelerator that could answer now, one after the other, beside the one that does.

Nothing is fetched or converted. A worker that runs already, this window's or another's, is asked as
a chat would ask it; one that is started for it ends as soon as it has been measured.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from phi_sidecar.accelerators.context_room import LEAST_TOKENS
from phi_sidecar.accelerators.demand import NOTHING, Demand
from phi_sidecar.accelerators.rows import absent_row
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import room
from phi_sidecar.engine.activation import ActiveModel, Reporter, activate
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.prompt_run import Figures, measure_prompt
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.errors import AcceleratorUnusable, PhiSidecarError, PreparationFailed
from phi_sidecar.generated import protocol as p
from phi_sidecar.progress import Report
from phi_sidecar.provision import place

PROMPT_TOKENS = 256
"""About what is read anew for a suggestion in another place of a file."""

_GIGABYTE = 1e9


class Measuring:
    """One round; `measurements` grows with each accelerator, also where it is then cancelled."""

    def __init__(
        self,
        installation: Installation,
        selected: Selection,
        report: Report,
        beside: Demand = NOTHING,
    ) -> None:
        """Measure with the selected model, where it runs; `beside` is what answers, and stays."""
        self.measurements: list[p.AcceleratorMeasurement] = []
        self._installation = installation
        self._selected = selected
        self._report = report
        self._beside = beside

    async def run(self, ids: Sequence[str] | None) -> p.MeasureAcceleratorsResult:
        """Measure these; None for every one that is in this machine and runs a model.

        What cannot be measured is told with the reason. Two windows do not measure at once.

        Raises:
            UnknownAccelerator: one of them is not known; nothing was measured.
        """
        for id in ids or ():
            self._installation.backends.of(id)
        lock = self._installation.paths.cache / "measuring.lock"
        async with place.held(lock, lambda: self._tell("Waiting for another window's measuring")):
            self._tell("Looking at what is here")
            rows = await self._rows()
            if ids is None:
                chosen = [row for row in rows if row.model is not None and _is_here(row)]
            else:
                listed = {row.id: row for row in rows}
                chosen = [listed.get(id) or self._absent(id) for id in dict.fromkeys(ids)]
            for number, row in enumerate(chosen, 1):
                prefix = f"{row.name} ({number} of {len(chosen)})"
                self.measurements.append(await self._measurement(row, prefix))
        best = await self._best()
        return p.MeasureAcceleratorsResult(
            measurements=self.measurements,
            best=None if best is None else best.id,
            why=None if best is None else best.recommendation,
        )

    async def _measurement(self, row: p.Accelerator, prefix: str) -> p.AcceleratorMeasurement:
        told = p.AcceleratorMeasurement(
            id=row.id, name=row.name, model=row.model, quantization=row.quantization
        )
        try:
            figures = await self._figures(row, prefix)
        except PhiSidecarError as error:
            return replace(told, reason=str(error), remedy=error.remedy)
        told = replace(
            told,
            prompt_tokens=figures.prompt_tokens,
            ttft_ms=None if figures.ttft_ms is None else round(figures.ttft_ms, 1),
            prompt_tokens_per_second=_per_second(figures.prompt_tokens, figures.ttft_ms),
        )
        if not figures.tells:
            return replace(
                told,
                reason="It ended its answer too soon to tell how fast it writes.",
                remedy="Its speed is shown once it has written a longer answer.",
            )
        return replace(told, tokens_per_second=_per_second(1, figures.tpot_ms))

    async def _figures(self, row: p.Accelerator, prefix: str) -> Figures:
        selection = self._selection(row.id)
        await asyncio.to_thread(self._require_here, row, selection)
        reporter = Reporter(
            phase=_nothing_is_made,
            progress=lambda step: self._tell(f"{prefix}: {step.step}"),
        )
        active = await activate(
            self._installation,
            selection,
            reporter,
            lambda needed: self._require_room(row, needed),
            # More than is asked and answered; the model's whole context may have no room here.
            alone_tokens=LEAST_TOKENS,
        )
        try:
            return await self._measure(active, prefix)
        finally:
            await _let_go(active.client)

    async def _measure(self, active: ActiveModel, prefix: str) -> Figures:
        run = 0

        async def generate(prompt: p.RawPrompt, sampling: p.Sampling) -> p.GenerationMetrics:
            nonlocal run
            run += 1
            self._tell(f"{prefix}: Measuring, run {run}")
            # In the lane that lets people's suggestions go first.
            params = p.GenerateParams(lane=p.Lane.chat, prompt=prompt, sampling=sampling)
            generation = active.client.generate(params, lambda _: None)
            try:
                return (await generation.result()).metrics
            finally:
                generation.cancel()

        most = active.loaded.capabilities.max_prompt_tokens // 2
        figures = await measure_prompt(generate, min(PROMPT_TOKENS, most), cached=False)
        self._installation.speeds.note(active.ran, figures.typical)
        self._installation.speeds.write()
        return figures

    def _require_here(self, row: p.Accelerator, selection: Selection) -> None:
        if not row.usable:
            raise AcceleratorUnusable(row.reason or "It cannot be used here.", remedy=row.remedy)
        if not row.runtime_installed:
            raise PreparationFailed(
                "Its runtime is not installed.",
                remedy="Install it with 'Manage Runtimes', or switch to it once.",
            )
        chosen = self._installation.model_of(selection)
        if chosen and self._installation.models.find(chosen.model, chosen.build) is None:
            raise PreparationFailed(
                f"{chosen.model.title} ({chosen.quantization}) for it is not on this machine.",
                remedy="Get it with 'Choose Model', or switch to it once.",
            )

    async def _require_room(self, row: p.Accelerator, needed: Demand) -> None:
        if await asyncio.to_thread(room.is_there, needed, self._beside):
            return
        raise AcceleratorUnusable(
            f"{row.model} needs about {needed.bytes / _GIGABYTE:.1f} GB of memory,"
            " more than is free beside what runs now.",
            remedy="Close other programs; or switch to it, and measure again.",
        )

    async def _best(self) -> p.Accelerator | None:
        """Return the best of those measured, with the reason; with the selected model if any was.

        Which is best follows the ranking, as in the list: a little faster does not make it better.
        """
        measured = {m.id for m in self.measurements if m.tokens_per_second is not None}
        rows = [row for row in await self._rows() if row.id in measured and row.model is not None]
        selected = [row for row in rows if row.model_id == self._selected.model]
        bare = [replace(row, recommended=False, recommendation=None) for row in selected or rows]
        advised = await self._installation.inventory.advised(bare, {})
        return next((row for row in advised if row.recommended), None)

    async def _rows(self) -> Sequence[p.Accelerator]:
        return await self._installation.accelerators(self._selected.accelerator, self._selected)

    def _selection(self, id: str) -> Selection:
        if id == self._selected.accelerator:
            return self._selected
        # A quantization was chosen for one accelerator; the others have what is best there.
        return Selection(id, self._selected.model)

    def _absent(self, id: str) -> p.Accelerator:
        kind = self._installation.kind_of(id)
        return absent_row(id, kind.name, kind.absent_reason, kind.absent_remedy)

    def _tell(self, step: str) -> None:
        self._report(p.StepProgress(step=step))


def _is_here(row: p.Accelerator) -> bool:
    return row.present or row.usable


def _nothing_is_made(phase: p.Phase) -> None:
    # It was there a moment ago: removed since, or found damaged while it was loaded.
    if phase is p.Phase.preparing:
        raise PreparationFailed(
            "Its runtime or its model is damaged or was removed.",
            remedy="Switch to it once, which puts that right.",
        )


async def _let_go(client: WorkerClient) -> None:
    """End a worker that was started for this; leave any other as it was."""
    if client.started is None:
        client.close()
    else:
        # The next one needs its memory.
        await client.leave()


def _per_second(count: int, ms: float | None) -> float | None:
    return round(count * 1000 / ms, 2) if ms else None
