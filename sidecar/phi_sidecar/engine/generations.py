"""What is being generated, and what the status says of it meanwhile."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable

from phi_sidecar.accelerators.speeds import Speeds
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.speed import LiveSpeed
from phi_sidecar.engine.status_board import StatusBoard
from phi_sidecar.engine.worker_client import Generation, OnChunk
from phi_sidecar.generated import protocol as p

OnGenerating = Callable[[p.Lane], None]


class Generations:
    """Keeps the generations of a window, also those of a model that a switch has replaced."""

    def __init__(
        self,
        board: StatusBoard,
        speeds: Speeds,
        answers_now: Callable[[ActiveModel], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board = board
        self._speeds = speeds
        self._answers_now = answers_now
        self._clock = clock
        self._count = 0
        self._newest: Generation | None = None
        self._told: list[OnGenerating] = []

    def when_generating(self, tell: OnGenerating) -> None:
        """Have somebody told in which lane each generation begins."""
        self._told.append(tell)

    @property
    def under_way(self) -> bool:
        """Whether anything is being generated."""
        return self._count > 0

    @contextlib.asynccontextmanager
    async def begin(
        self, active: ActiveModel, params: p.GenerateParams, on_chunk: OnChunk
    ) -> AsyncIterator[Generation]:
        """Generate with a model; leaving the context ends the decode.

        Meanwhile the status says how fast the newest generation is.

        Raises:
            WorkerDied: the connection was gone already.
        """
        for tell in self._told:
            tell(params.lane)
        speed = LiveSpeed(self._clock)

        def take(chunk: p.TextChunk) -> None:
            on_chunk(chunk)
            tokens_per_second = speed.add(chunk.tokens)
            # A switch may have put another model in its place, whose speed this is not.
            if self._answers_now(active) and self._newest in (None, generation):
                self._board.set(tokens_per_second=tokens_per_second)

        generation = active.client.generate(params, take)
        self._newest = generation
        self._count += 1
        self._board.set(generating=True)
        try:
            yield generation
        finally:
            generation.cancel()
            if self._newest is generation:
                self._newest = None
            self._count -= 1
            self._board.set(generating=self.under_way)

    def note_speed(self, metrics: p.GenerationMetrics, active: ActiveModel) -> None:
        """Show how fast the newest generation was, and keep it beside the accelerator's name."""
        self._speeds.note(active.ran, metrics)
        if metrics.tpot_ms and self._answers_now(active):
            self._board.set(tokens_per_second=1000 / metrics.tpot_ms)
