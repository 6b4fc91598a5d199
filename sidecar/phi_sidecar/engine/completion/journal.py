"""What happened to each of the latest requests, for "Why no suggestion?"; in memory alone."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.cursor import Completion, Cursor
from phi_sidecar.generated import protocol as p

REMEMBERED = 50


class Trace:
    """One request, from its arrival to what the person did with the suggestion.

    Attributes:
        pause_ms: how long the next key was waited for; None where it was not.
        context_ms: how long it took to gather what is asked; None where nothing was.
        asked: what the model was asked for it; None where it was not.
        needed: how sure it had to be; None where that did not matter.
        accelerator: what answered, or would have, by its name.
        model: which model, by its name.
    """

    def __init__(self, params: p.InlineCompletionParams, asked_at_ms: float) -> None:
        self.pause_ms: float | None = None
        self.context_ms: float | None = None
        self.asked: Asked | None = None
        self.needed: float | None = None
        self.accelerator: str | None = None
        self.model: str | None = None
        self._params = params
        self._asked_at_ms = asked_at_ms
        self._completion: Completion | None = None
        self._became_of: str | None = None
        self._taken = 0

    @property
    def id(self) -> str:
        """What the client calls it."""
        return self._params.trace_id

    @property
    def uri(self) -> str:
        """The document's."""
        return self._params.text_document.uri

    @property
    def line(self) -> int:
        """The cursor's line, from 0."""
        return self._params.position.line

    def end(self, completion: Completion) -> None:
        """Note the outcome."""
        self._completion = completion

    def shown(self) -> None:
        """Note that the suggestion is on the screen."""
        self._became_of = self._became_of or "shown"

    def accepted(self, part: p.AcceptedPart, length: int) -> bool:
        """Note how much of it was taken, in UTF-16 units; tells whether that is all of it."""
        self._taken = max(self._taken, length)
        whole = 0 if self._completion is None else utf16_units(self._completion.text)
        if part is p.AcceptedPart.all or self._taken >= whole:
            self._became_of = "accepted"
            return True
        self._became_of = f"accepted in part: {self._taken} of {whole} characters"
        return False

    def rejected(self, reason: p.RejectionReason) -> None:
        """Note that it went from the screen."""
        gone = "dismissed" if reason is p.RejectionReason.dismissed else "not taken"
        self._became_of = f"{self._became_of}; the rest {gone}" if self._taken else gone

    def explanation(self) -> p.CompletionExplanation:
        """Tell all of it."""
        # One that is still worked on has no outcome yet; a newer one is all that could be asking.
        completion = self._completion or Completion(
            p.CompletionOutcome.superseded, detail="It is still being worked on."
        )
        asked = self.asked or Asked()
        return p.CompletionExplanation(
            trace_id=self.id,
            asked_at_ms=self._asked_at_ms,
            uri=self.uri,
            position=self._params.position,
            trigger_kind=self._params.trigger_kind,
            outcome=completion.outcome,
            detail=completion.detail,
            from_cache=completion.from_cache,
            looked_ahead=completion.looked_ahead,
            accelerator=self.accelerator,
            model=self.model,
            question=asked.question,
            answer=asked.answer,
            changes=list(asked.changes),
            confidence=completion.confidence,
            needed_confidence=self.needed,
            times=[*self._own_times(), *asked.times],
            metrics=asked.metrics,
            became_of=self._became_of,
        )

    def _own_times(self) -> list[p.StageTime]:
        own = {
            p.CompletionStage.pause: self.pause_ms,
            p.CompletionStage.context: self.context_ms,
        }
        return [p.StageTime(stage=each, ms=ms) for each, ms in own.items() if ms is not None]


@dataclass(frozen=True)
class Request:
    """What is wanted of the completer.

    Attributes:
        cursor: where.
        invoked: the person asked; typing did not.
        is_current: whether the document is still the one that was asked about.
        trace: told all that happens.
    """

    cursor: Cursor
    invoked: bool
    is_current: Callable[[], bool]
    trace: Trace


def untold(cursor: Cursor) -> Trace:
    """Return a trace that nobody will ask for."""
    params = p.InlineCompletionParams(
        text_document=p.DocumentIdentifier(uri=cursor.uri),
        position=p.Position(line=cursor.line, character=cursor.column),
        trigger_kind=p.TriggerKind.invoked,
        trace_id="",
    )
    return Trace(params, asked_at_ms=0)


class Journal:
    """The latest requests of a window."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._traces: deque[Trace] = deque(maxlen=REMEMBERED)

    def begin(self, params: p.InlineCompletionParams) -> Trace:
        """Begin to remember a request."""
        trace = Trace(params, self._now_s() * 1000)
        self._traces.append(trace)
        return trace

    def find(self, trace_id: str) -> Trace | None:
        """Return the latest request of that name; None where it is not remembered."""
        return next((each for each in reversed(self._traces) if each.id == trace_id), None)

    def newest(self, uri: str | None) -> Trace | None:
        """Return the latest request at a document, or of all; None where there was none."""
        return next((each for each in reversed(self._traces) if uri in (None, each.uri)), None)

    def explain(self, trace_id: str | None = None) -> list[p.CompletionExplanation]:
        """Tell of one request, or of all, newest first."""
        return [
            each.explanation() for each in reversed(self._traces) if trace_id in (None, each.id)
        ]


def utf16_units(text: str) -> int:
    """Return how many UTF-16 code units a text takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
