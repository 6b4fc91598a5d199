"""The thread that drives the loaded model: take in, step, hand out."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from phi_sidecar.backends.base import (
    Accepted,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    LoadedModel,
    Piece,
)
from phi_sidecar.errors import RuntimeFailed
from phi_sidecar.generated.protocol import (
    ChatPrompt,
    FinishReason,
    GenerationMetrics,
    Lane,
    RawPrompt,
)
from phi_sidecar.rpc import log_unexpected
from phi_sidecar.worker.stretches import Stretches, Text

PASS_ON_EVERY_S = {Lane.completion: 0.0, Lane.chat: 0.03}
"""How long text may be gathered before it is passed on. People read a chat: a message a token would
only take the processor from the next one. A completion is watched for its end, token by token."""

DELIVERY_S = 0.0005
"""How long the thread steps aside for what somebody waits for: the event loop must wake up and
take the interpreter's lock, and a step of most runtimes would not give it back before its end."""

LONGEST_COUNT_S = 0.005
"""How long counting may hold up what is being generated; the rest is counted after the next step.
A prompt of 8,000 tokens takes about 2 ms."""

COUNTED_AT_ONCE_CHARS = 20_000
"""A longer text is counted in stretches, so that a large file holds up nothing for long: one of a
megabyte takes 0.1 to 0.2 s. Where that cuts a token in two the count is one too high."""


@dataclass(frozen=True)
class Done:
    """The end of an answer."""

    reason: FinishReason
    metrics: GenerationMetrics


Update = Text | Done | Exception
Sink = Callable[[Update], None]
"""Called in the scheduler's thread; the last update is a `Done` or an error."""

CountSink = Callable[[list[int] | Exception], None]
"""Called once in the scheduler's thread, with the number of tokens of each prompt."""


class _Count:
    """Prompts that are being counted, stretch by stretch."""

    def __init__(self, prompts: Sequence[RawPrompt | ChatPrompt], sink: CountSink) -> None:
        self.sink = sink
        self.tokens = [0] * len(prompts)
        self.waiting = deque(
            (number, stretch)
            for number, prompt in enumerate(prompts)
            for stretch in _stretches(prompt)
        )


@dataclass
class _UnderWay:
    request: GenerateRequest
    sink: Sink
    arrived_s: float
    stretches: Stretches
    prompt_tokens: int = 0
    cached_tokens: int = 0
    tokens: int = 0
    first_token_s: float | None = None
    last_token_s: float = 0.0
    passed_on_s: float = float("-inf")

    def pass_on(self, every_s: float = 0.0) -> None:
        """Hand out what has been gathered, if that was not done a moment ago."""
        now_s = time.perf_counter()
        if self.stretches.gathered and now_s - self.passed_on_s >= every_s:
            self.sink(self.stretches.take())
            self.passed_on_s = now_s


@dataclass
class _Inbox:
    submitted: deque[_UnderWay] = field(default_factory=deque)
    cancelled: deque[int] = field(default_factory=deque)
    counts: deque[_Count] = field(default_factory=deque)
    closed: bool = False


class Scheduler:
    """Runs a model in a thread of its own, so that its steps hold up nothing else."""

    def __init__(self, model: LoadedModel, on_broken: Callable[[], None]) -> None:
        """Start the thread; `on_broken` is called when the model fails as a whole."""
        self._model = model
        self._on_broken = on_broken
        self._inbox = _Inbox()
        self._wake = threading.Condition()
        self._under_way: dict[int, _UnderWay] = {}
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)
        self._thread.start()

    def submit(self, request: GenerateRequest, sink: Sink) -> None:
        """Queue a request."""
        stretches = Stretches(request.stop, log_probs=request.log_probs)
        entry = _UnderWay(request, sink, time.perf_counter(), stretches)
        with self._wake:
            self._inbox.submitted.append(entry)
            self._wake.notify()

    def count(self, prompts: Sequence[RawPrompt | ChatPrompt], sink: CountSink) -> None:
        """Queue prompts whose tokens are to be counted; nothing is generated."""
        with self._wake:
            self._inbox.counts.append(_Count(prompts, sink))
            self._wake.notify()

    def cancel(self, request_id: int) -> None:
        """End a request; its sink still gets a `Done`."""
        with self._wake:
            self._inbox.cancelled.append(request_id)
            self._wake.notify()

    def close(self) -> None:
        """End the thread and give the model's memory back."""
        with self._wake:
            self._inbox.closed = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while self._take_in():
                self._count()
                awaited = [self._hand_out(event) for event in self._model.step()]
                # Most runtimes hold the interpreter's lock through a step: let the socket go first.
                time.sleep(DELIVERY_S if any(awaited) else 0)
        except Exception as error:  # noqa: BLE001 (a runtime may raise anything)
            log_unexpected("the model's step", error)
            failure = RuntimeFailed(f"The runtime failed: {type(error).__name__}.")
            for entry in self._under_way.values():
                entry.pass_on()
                entry.sink(failure)
            self._under_way.clear()
            self._refuse_counts(failure)
            self._on_broken()
        else:
            self._refuse_counts(RuntimeFailed("The model is being unloaded."))
            self._model.close()

    def _take_in(self) -> bool:
        """Wait until there is something to do; False when closed."""
        with self._wake:
            while not (
                self._under_way
                or self._inbox.submitted
                or self._inbox.cancelled
                or self._inbox.counts
                or self._inbox.closed
            ):
                self._wake.wait()
            submitted, self._inbox.submitted = self._inbox.submitted, deque()
            cancelled, self._inbox.cancelled = self._inbox.cancelled, deque()
            closed = self._inbox.closed
        for entry in submitted:
            self._under_way[entry.request.id] = entry
            try:
                self._refuse_given(entry.request)
                self._model.add(entry.request)
            except Exception as error:  # noqa: BLE001 (a refused prompt, or what a runtime raises)
                del self._under_way[entry.request.id]
                entry.sink(error)
        for id in cancelled:
            if id in self._under_way:
                self._model.cancel(id)
        return not closed

    def _refuse_given(self, request: GenerateRequest) -> None:
        wanted = request.given or request.sampling.pass_over
        if wanted and not self._model.capabilities.given_text:
            raise RuntimeFailed(
                "This model's runtime does not tell how probable a given text is.",
                remedy="Ask for an answer alone.",
            )

    def _count(self) -> None:
        """Count tokens for a moment; only this thread takes from the queue."""
        until_s = time.perf_counter() + LONGEST_COUNT_S
        while self._inbox.counts:
            count = self._inbox.counts[0]
            if not count.waiting:
                self._inbox.counts.popleft().sink(count.tokens)
                continue
            number, stretch = count.waiting.popleft()
            try:
                count.tokens[number] += self._model.count_tokens(stretch)
            except Exception as error:  # noqa: BLE001 (what a runtime raises ends one count)
                log_unexpected("counting tokens", error)
                failure = RuntimeFailed(f"The runtime failed: {type(error).__name__}.")
                self._inbox.counts.popleft().sink(failure)
            if self._something_waits() and time.perf_counter() >= until_s:
                return

    def _something_waits(self) -> bool:
        """Whether there is more to do than counting."""
        return bool(self._under_way or self._inbox.submitted or self._inbox.closed)

    def _refuse_counts(self, error: Exception) -> None:
        while self._inbox.counts:
            self._inbox.counts.popleft().sink(error)

    def _hand_out(self, event: Event) -> bool:
        """Pass an event on; true if it begins or ends an answer, which is what people wait for."""
        entry = self._under_way.get(event.id)
        if entry is None:
            return False  # It ended at a stop string; the runtime is still letting go of it.
        waiting = entry.first_token_s is None
        match event:
            case Accepted():
                entry.prompt_tokens = event.prompt_tokens
                entry.cached_tokens = event.cached_tokens
            case Piece():
                self._piece(entry, event)
            case Finished():
                entry.stretches.end()
                self._end(entry, event.reason)
            case Failed():
                del self._under_way[event.id]
                entry.pass_on()
                entry.sink(event.error)
        begun = waiting and entry.first_token_s is not None
        return begun or event.id not in self._under_way

    def _piece(self, entry: _UnderWay, piece: Piece) -> None:
        if piece.tokens:
            entry.last_token_s = time.perf_counter()
            if entry.first_token_s is None:
                entry.first_token_s = entry.last_token_s
            entry.tokens += piece.tokens
        entry.stretches.add(piece)
        entry.pass_on(PASS_ON_EVERY_S[entry.request.lane])
        if entry.stretches.stopped:
            self._model.cancel(piece.id)
            self._end(entry, FinishReason.stop)

    def _end(self, entry: _UnderWay, reason: FinishReason) -> None:
        del self._under_way[entry.request.id]
        entry.pass_on()
        entry.sink(Done(reason, self._metrics(entry)))

    def _metrics(self, entry: _UnderWay) -> GenerationMetrics:
        ttft_ms = tpot_ms = None
        if entry.first_token_s is not None:
            ttft_ms = (entry.first_token_s - entry.arrived_s) * 1000
            if entry.tokens > 1:
                decoding_s = entry.last_token_s - entry.first_token_s
                tpot_ms = decoding_s * 1000 / (entry.tokens - 1)
        return GenerationMetrics(
            ttft_ms=ttft_ms,
            tpot_ms=tpot_ms,
            total_ms=(time.perf_counter() - entry.arrived_s) * 1000,
            prompt_tokens=entry.prompt_tokens,
            cached_tokens=entry.cached_tokens,
            completion_tokens=entry.tokens,
            executing_device=self._model.executing_device,
        )


def _stretches(prompt: RawPrompt | ChatPrompt) -> Iterator[RawPrompt | ChatPrompt]:
    """Yield what a prompt is counted by; a chat is one whole, since its template is around it."""
    if isinstance(prompt, ChatPrompt) or len(prompt.text) <= COUNTED_AT_ONCE_CHARS:
        yield prompt
        return
    start = 0
    while start < len(prompt.text):
        end = start + COUNTED_AT_ONCE_CHARS
        if end < len(prompt.text):
            # Hardly a token has a line's end in its middle, or after something else.
            line_end = prompt.text.rfind("\n", start + 1, end)
            end = line_end if line_end > 0 else end
        yield replace(prompt, text=prompt.text[start:end])
        start = end
