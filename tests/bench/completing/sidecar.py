"""The product, spoken to as the extension does."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from measuring.trace import Trace
from measuring.worker import STARTER_ON_CPU
from phi_sidecar.errors import NotReady
from phi_sidecar.generated import protocol as p
from sidecar_client import Edit, SidecarClient

from completing.systems import Answer, Editing, Spent

ASKED_BETWEEN_LOOKS = 40
"""The sidecar remembers what happened to the latest 50 requests."""


Generation = tuple[float | None, float, int]
"""One run of the model, told by its times from another that several keys may have waited for; last
how many tokens of its prompt were computed."""


class Sidecar:
    """A sidecar with a worker of its own."""

    def __init__(self, client: SidecarClient) -> None:
        self._client = client
        sidecar = psutil.Process(client.pid)
        self._processes = [sidecar, *sidecar.children(recursive=True)]
        self._uri = ""
        self._opened = 0
        self._version = 0
        self._asked_since_look = 0
        self._generations: set[Generation] = set()
        self._untold: set[str] = set()
        self._stages: dict[str, Mapping[str, float]] = {}

    async def open(self, trace: Trace) -> None:
        """Open a document that the sidecar has not seen."""
        self._opened += 1
        self._version = 1
        self._uri = f"file:///bench/{self._opened}/{trace.file}"
        self._client.open(self._uri, trace.language, trace.text)

    def change(self, editing: Editing) -> None:
        """Send the key."""
        self._version += 1
        key = editing.key
        edit = Edit(key.line, key.character, key.removed, key.inserted)
        self._client.change(self._uri, self._version, edit)

    async def ask(self, editing: Editing) -> Answer:
        """Ask as typing does."""
        self._asked_since_look += 1
        if self._asked_since_look >= ASKED_BETWEEN_LOOKS:
            await self._look()
        document = p.DocumentIdentifier(uri=self._uri, version=self._version)
        place = p.Position(line=editing.line, character=editing.character)
        result = await self._client.complete(document, place, p.TriggerKind.automatic)
        known = result.from_cache
        if result.metrics is not None:
            self._generations.add(_generation(result.metrics))
        if not result.items:
            return Answer("", result.outcome.value, known=known, id=result.trace_id)
        item = result.items[0]
        replaces = item.range.end.character - editing.character
        return Answer(item.text, result.outcome.value, replaces, known, result.trace_id)

    def shown(self, answer: Answer) -> None:
        """Tell, so that it may look ahead."""
        self._client.shown(answer.id)

    def accepted(self, answer: Answer, length: int) -> None:
        """Tell."""
        self._client.accepted(answer.id, length)

    def ignored(self, answer: Answer) -> None:
        """Tell."""
        self._client.rejected(answer.id, p.RejectionReason.ignored)

    async def close(self) -> None:
        """Close the document."""
        await self._look()
        self._client.close_document(self._uri)

    async def spent(self) -> Spent:
        """Tell what the sidecar and its worker used so far."""
        times = [process.cpu_times() for process in self._processes]
        return Spent(
            cpu_s=sum(each.user + each.system for each in times),
            prompt_tokens=sum(computed for _, _, computed in self._generations),
            untold=len(self._untold),
        )

    def stages(self) -> Mapping[str, Mapping[str, float]]:
        """Tell where requests' time went, as the sidecar explains them."""
        return self._stages

    async def _look(self) -> None:
        """See what became of requests: one that was given up has told nothing itself."""
        self._asked_since_look = 0
        for told in await self._client.explanations():
            self._stages[told.trace_id] = {each.stage.value: each.ms for each in told.times}
            if told.metrics is not None:
                self._generations.add(_generation(told.metrics))
            elif told.question is not None and told.answer is not None:
                # Ended before its end: the worker's figures are gone with it.
                self._untold.add(told.question.prompt)


@asynccontextmanager
async def open_sidecar(runtime: Path, *, looks_ahead: bool) -> AsyncIterator[Sidecar]:
    """Start a sidecar whose worker nobody shares; both end with the context.

    Args:
        runtime: a folder for their socket alone.
        looks_ahead: whether it computes what may come next while a suggestion is shown.

    Raises:
        NotReady: it does not answer with the starter on the processor.
    """
    settings = p.SidecarSettings(completion_look_ahead=looks_ahead)
    env = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    client = await SidecarClient.start(lambda _: None, settings, env)
    try:
        status = await client.settled()
        if status.phase is not p.Phase.ready:
            raise NotReady(status.reason or "No model answers.", remedy=status.remedy)
        model = status.model
        if model is None or not model.starter or status.accelerator != STARTER_ON_CPU.accelerator:
            raise NotReady(
                f"{model.name if model else 'Nothing'} answers on {status.accelerator_name}.",
                remedy="Choose the starter model on the CPU: both sides need the same weights.",
            )
        yield Sidecar(client)
    finally:
        await client.close()


def _generation(metrics: p.GenerationMetrics) -> Generation:
    return metrics.ttft_ms, metrics.total_ms, metrics.prompt_tokens - metrics.cached_tokens
