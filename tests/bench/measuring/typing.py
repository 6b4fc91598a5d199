"""Ghost text while somebody types: a recorded trace through the whole sidecar."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.generated import protocol as p
from sidecar_client import Edit, SidecarClient

from measuring.figures import Figure, Section, percentile
from measuring.trace import Trace, load

TRACES = Path(__file__).parents[1] / "traces"

LAST_ANSWER_S = 5.0
"""How long after the last key an answer may come."""


@dataclass(frozen=True)
class Answer:
    """What became of one request.

    Attributes:
        after_ms: from the request to the response; None where the next key cancelled it.
        result: None likewise.
    """

    after_ms: float | None
    result: p.InlineCompletionResult | None

    @property
    def suggested(self) -> bool:
        """Whether there is ghost text to show."""
        return self.result is not None and bool(self.result.items)


async def measure_typing(client: SidecarClient, tell: Callable[[str], None]) -> Section:
    """Replay every trace, in its own time."""
    answers: list[Answer] = []
    for file in sorted(TRACES.glob("*.jsonl")):
        trace = load(file.read_text(encoding="utf-8"))
        tell(f"typing: {trace.file}, {trace.duration_ms / 1000:.0f} s")
        answers += await replay(client, trace)
    return Section(
        "typing",
        "Ghost text while typing, from the request to the response",
        summarize(answers),
        note=(
            "A recorded session in Python and one in TypeScript, in real time, nothing accepted; "
            "as in an editor each key asks, and cancels what the key before has asked. Without the "
            "pause it is the worker's time for the whole suggestion."
        ),
    )


async def replay(client: SidecarClient, trace: Trace) -> Sequence[Answer]:
    """Do to a document what a trace says, asking after each key as an editor does."""
    uri = (TRACES / trace.file).resolve().as_uri()
    client.open(uri, trace.language, trace.text)
    asked: list[asyncio.Task[Answer]] = []
    due_s = time.perf_counter()
    for version, key in enumerate(trace.keystrokes, start=2):
        due_s += key.after_ms / 1000
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        client.change(uri, version, Edit(key.line, key.character, key.removed, key.inserted))
        line, character = key.cursor
        if asked:
            asked[-1].cancel()
        place = p.Position(line=line, character=character)
        asked.append(asyncio.create_task(_ask(client, uri, version, place)))
    await asyncio.wait(asked[-1:], timeout=LAST_ANSWER_S)
    asked[-1].cancel()
    client.close_document(uri)
    return [await task for task in asked]


def summarize(answers: Sequence[Answer]) -> list[Figure]:
    """Return the figures of all requests."""
    suggested = [answer for answer in answers if answer.suggested]
    fresh = [a for a in suggested if a.result is not None and not a.result.from_cache]
    waits = [a.after_ms for a in fresh if a.after_ms is not None]
    cached = [a.after_ms for a in suggested if a not in fresh and a.after_ms is not None]
    computing = [a.result.metrics.total_ms for a in fresh if a.result and a.result.metrics]
    outcomes = Counter(a.result.outcome for a in answers if a.result is not None)
    given_up = sum(a.result is None for a in answers)
    superseded = given_up + outcomes[p.CompletionOutcome.superseded]
    superseded += outcomes[p.CompletionOutcome.stale]
    empty = len(answers) - len(suggested) - superseded
    return [
        *_percentiles("new suggestion, pause included", waits),
        *_percentiles("new suggestion, pause excluded", computing),
        *_percentiles("suggestion typed through", cached),
        Figure("keys, and so requests", "", len(answers)),
        Figure("answered with a suggestion", "%", _share(len(suggested), answers)),
        Figure("of these typed through", "%", _share(len(cached), suggested)),
        Figure("overtaken by the next key", "%", _share(superseded, answers)),
        Figure("answered that there is none", "%", _share(empty, answers)),
    ]


async def _ask(client: SidecarClient, uri: str, version: int, place: p.Position) -> Answer:
    began_s = time.perf_counter()
    document = p.DocumentIdentifier(uri=uri, version=version)
    try:
        result = await client.complete(document, place, p.TriggerKind.automatic)
    except asyncio.CancelledError:
        return Answer(None, None)
    return Answer((time.perf_counter() - began_s) * 1000, result)


def _percentiles(name: str, values: Sequence[float]) -> list[Figure]:
    return [
        Figure(f"{name}, p{percent}", "ms", percentile(values, percent), of=len(values))
        for percent in (50, 95)
    ]


def _share(count: int, of: Sequence[object]) -> float | None:
    return 100 * count / len(of) if of else None
