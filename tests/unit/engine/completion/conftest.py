"""A completer before a model that says what the test tells it to."""

import asyncio
import re
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from phi_sidecar.accelerators.speeds import Ran
from phi_sidecar.completion.context import DocumentView
from phi_sidecar.engine.completion import Completer, Cursor, completer, look_ahead
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import CompletionStyle

URI = "file:///work/a.py"
TOKEN = re.compile(r"\n *|\s?\S+|\s")
READY = p.Status(phase=p.Phase.ready, accelerator="x/CPU", accelerator_name="A CPU")


def capabilities(**other):
    can = {"concurrent_requests": True, "prefix_reuse": True, "cancel_during_prefill": True}
    return p.Capabilities(context_window=4_096, max_prompt_tokens=4_000, **{**can, **other})


def metrics(tokens=5, **other):
    said = {
        "ttft_ms": 20.0,
        "tpot_ms": 10.0,
        "total_ms": 70.0,
        "prompt_tokens": 100,
        "cached_tokens": 90,
    }
    return p.GenerationMetrics(
        completion_tokens=tokens, executing_device="CPU", **{**said, **other}
    )


@dataclass
class Model:
    """What is loaded: it says the answers in turn, the last one again and again.

    Attributes:
        asked: every question, in turn.
        said: how many tokens were decoded for each of them.
        log_prob: of each token; None where the backend cannot tell.
        goes_on: while it is cleared, no token comes but the first `before_token`.
        instead: what it says from the beginning, by how many likelier tokens it passes over.
        weight: tells how probable the model holds given text: a natural logarithm.
        error: what every question ends with; `refused` counts these.
        under_way: how many generations are.
    """

    answers: deque = field(default_factory=lambda: deque([""]))
    asked: list = field(default_factory=list)
    said: list = field(default_factory=list)
    log_prob: float | None = None
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    before_token: int = 0
    metrics: p.GenerationMetrics = field(default_factory=metrics)
    instead: dict = field(default_factory=dict)
    weight: object = lambda text: -1.0
    error: Exception | None = None
    under_way: int = 0
    refused: int = 0

    def will_say(self, *answers):
        self.answers = deque(answers)

    def hold(self, before_token=0):
        self.goes_on.clear()
        self.before_token = before_token

    @asynccontextmanager
    async def generating(self, params, on_chunk):
        if self.error is not None:
            self.refused += 1
            raise self.error
        self.asked.append(params)
        self.said.append(0)
        self.under_way += 1
        try:
            if params.sampling.pass_over or params.given:
                yield _Considered(self, params, on_chunk)
                return
            answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
            yield _Generation(self, len(self.asked) - 1, answer, on_chunk)
        finally:
            self.under_way -= 1


@dataclass
class _Considered:
    """Something else than the first answer, or given text that is told of."""

    model: Model
    params: p.GenerateParams
    on_chunk: object
    cancelled: bool = False

    def cancel(self):
        self.cancelled = True

    async def result(self):
        model, given, passed = self.model, self.params.given, self.params.sampling.pass_over
        await model.goes_on.wait()
        await asyncio.sleep(0)
        rest = (model.instead.get(passed, "\n") if not given else "\n") if passed else ""
        if isinstance(rest, Exception):
            raise rest
        log_prob = model.log_prob if passed else model.weight(given)
        tokens = [token for token in (given, *TOKEN.findall(rest)) if token]
        for count, token in enumerate(tokens, 1):
            self.on_chunk(p.TextChunk(text=token, tokens=count, log_prob=log_prob))
            if self.cancelled:
                break
        return p.GenerateResult(
            text=given + rest, finish_reason=p.FinishReason.stop, metrics=model.metrics
        )


@dataclass
class _Generation:
    model: Model
    number: int
    answer: str
    on_chunk: object
    cancelled: bool = False

    def cancel(self):
        self.cancelled = True

    async def result(self):
        model, text = self.model, ""
        for count, token in enumerate(TOKEN.findall(self.answer), 1):
            if count > model.before_token:
                await model.goes_on.wait()
            await asyncio.sleep(0)
            text += token
            model.said[self.number] = count
            self.on_chunk(p.TextChunk(text=token, tokens=count, log_prob=model.log_prob))
            if self.cancelled:
                break
        reason = p.FinishReason.cancelled if self.cancelled else p.FinishReason.stop
        return p.GenerateResult(text=text, finish_reason=reason, metrics=model.metrics)


class Engine:
    def __init__(self, model):
        self.model = model
        self.status = READY
        self.speeds = []
        self.choose("x/CPU")

    def choose(self, accelerator, **other):
        self.active = SimpleNamespace(
            selection=accelerator,
            accelerator_name=accelerator,
            completion_style=CompletionStyle.CONTINUATION,
            way=None,
            info=p.ModelInfo(id="m", name="A model", quantization="int4", starter=True),
            loaded=SimpleNamespace(capabilities=capabilities(**other)),
            ran=Ran(accelerator, "m", "int4"),
        )

    def generating(self, params, on_chunk):
        return self.model.generating(params, on_chunk)

    def note_speed(self, metrics, active):
        self.speeds.append((metrics, active))


class Window:
    """An editor's one document, with the completer behind it."""

    def __init__(self, completer, clock):
        self.completer = completer
        self.clock = clock
        self.text = ""
        self.version = 0
        self.language = "python"
        self._asked = 0

    @property
    def settings(self):
        return self.completer.settings

    def set(self, **settings):
        self.completer.settings = replace(self.completer.settings, **settings)

    def show(self, marked):
        """Open a text; the cursor is where `█` stands."""
        self.before, _, self.after = marked.partition("█")
        self.completer.opened(URI)

    def type(self, text):
        self.before += text
        self.version += 1
        self.clock.now_ms += 150
        self.completer.typed(URI, self.before + self.after)

    def cursor(self):
        text = self.before + self.after
        return Cursor(
            uri=URI,
            document=DocumentView(text, self.language, "/work/a.py"),
            line=self.before.count("\n"),
            column=len(self.before) - self.before.rfind("\n") - 1,
            before=self.before,
            after=self.after,
        )

    async def ask(self, *, invoked=False, most=1):
        """Ask as an editor does; returns the completion."""
        self._asked += 1
        cursor, version = self.cursor(), self.version
        kind = p.TriggerKind.invoked if invoked else p.TriggerKind.automatic
        trace = self.completer.journal.begin(
            p.InlineCompletionParams(
                text_document=p.DocumentIdentifier(uri=URI),
                position=p.Position(line=cursor.line, character=cursor.column),
                trigger_kind=kind,
                trace_id=self.id,
            )
        )
        return await self.completer.complete(
            cursor,
            None,
            invoked=invoked,
            is_current=lambda: self.version == version,
            most=most,
            trace=trace,
        )

    @property
    def id(self):
        """The trace id of the latest request."""
        return f"completion-{self._asked}"

    def shown(self):
        self.completer.feedback.shown(self.id)

    def accepted(self, part=p.AcceptedPart.all, length=0):
        self.completer.feedback.accepted(self.id, part, length)

    def rejected(self, reason=p.RejectionReason.dismissed):
        self.completer.feedback.rejected(self.id, reason)

    def explain(self, trace_id=None):
        return self.completer.journal.explain(trace_id)


class Clock:
    def __init__(self):
        self.now_ms = 1_000_000.0

    def __call__(self):
        return self.now_ms


@pytest.fixture
async def model():
    model = Model()
    model.goes_on.set()
    return model


@pytest.fixture
async def engine(model):
    return Engine(model)


@pytest.fixture
async def window(engine, monkeypatch):
    monkeypatch.setattr(look_ahead, "AFTER_S", 0)
    monkeypatch.setattr(completer, "on_battery", lambda: False)
    clock = Clock()
    window = Window(Completer(engine, now_ms=clock), clock)
    window.set(completion_pause_ms=0, completion_confidence=p.CompletionConfidence.any)
    return window


@pytest.fixture
def went():
    """How an answer went, but for what the test says."""
    return metrics


@pytest.fixture
def until():
    """Wait until something holds, a turn of the event loop at a time."""

    async def wait(condition):
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0)

    return wait
