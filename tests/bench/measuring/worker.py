"""Generations through the product's own worker, timed where the sidecar sees them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.activation import ActiveModel, Reporter, activate
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.worker_client import Generation
from phi_sidecar.generated import protocol as p
from phi_sidecar.progress import ignore

TEXTS_TIMEOUT_S = 30.0

STARTER_ON_CPU = Selection(accelerator="openvino-genai/CPU", model="starter")


@dataclass(frozen=True)
class Timed:
    """One generation.

    Attributes:
        ttft_ms: from the call to the first text, both in this process.
        tpot_ms: time per token after the first, by the arrival of the first and the last text.
        metrics: what the worker says.
    """

    ttft_ms: float
    tpot_ms: float | None
    metrics: p.GenerationMetrics


@asynccontextmanager
async def open_worker(installation: Installation) -> AsyncIterator[ActiveModel]:
    """Load the starter on the CPU; the worker ends with the context."""
    reporter = Reporter(phase=lambda _: None, progress=ignore)
    active = await activate(installation, STARTER_ON_CPU, reporter, _beside_whatever_runs)
    try:
        yield active
    finally:
        await active.client.leave()


async def _beside_whatever_runs(_: Demand) -> None:
    """Make no room: nothing else runs here."""


class Run:
    """A generation under way whose texts are timed."""

    def __init__(
        self,
        active: ActiveModel,
        prompt: p.RawPrompt | p.ChatPrompt,
        tokens: int,
        lane: p.Lane = p.Lane.completion,
    ) -> None:
        self.at_s: list[float] = []
        params = p.GenerateParams(
            lane=lane, prompt=prompt, sampling=p.Sampling(max_new_tokens=tokens)
        )
        self._wanted = 0
        self._reached = asyncio.Event()
        self._began_s = time.perf_counter()
        self.generation: Generation = active.client.generate(params, self._on_text)

    async def texts(self, count: int) -> None:
        """Wait until so many texts have come."""
        self._wanted = count
        if len(self.at_s) < count:
            await asyncio.wait_for(self._reached.wait(), TEXTS_TIMEOUT_S)

    async def timed(self) -> Timed:
        """Wait for the end."""
        result = await self.generation.result()
        tokens = result.metrics.completion_tokens
        tpot_ms = None
        if tokens > 1 and len(self.at_s) > 1:
            tpot_ms = (self.at_s[-1] - self.at_s[0]) * 1000 / (tokens - 1)
        return Timed((self.at_s[0] - self._began_s) * 1000, tpot_ms, result.metrics)

    def _on_text(self, _: p.TextChunk) -> None:
        self.at_s.append(time.perf_counter())
        if len(self.at_s) == self._wanted:
            self._reached.set()


async def generate(
    active: ActiveModel, text: str, tokens: int, lane: p.Lane = p.Lane.completion
) -> Timed:
    """Continue a text."""
    return await Run(active, p.RawPrompt(kind="raw", text=text), tokens, lane).timed()
