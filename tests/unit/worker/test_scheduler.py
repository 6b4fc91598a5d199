import itertools
import queue
import threading
from dataclasses import replace

import pytest
from phi_sidecar.backends.base import Accepted, Failed, Finished, GenerateRequest, Piece
from phi_sidecar.errors import PromptTooLong, RuntimeFailed
from phi_sidecar.generated.protocol import (
    Capabilities,
    FinishReason,
    Lane,
    RawPrompt,
    Sampling,
)
from phi_sidecar.worker import scheduler as scheduler_module
from phi_sidecar.worker.scheduler import Done, Scheduler
from phi_sidecar.worker.stretches import Text

TIMEOUT_S = 10


def request(id, stop=()):
    prompt, sampling = RawPrompt(kind="raw", text="x"), Sampling(max_new_tokens=5)
    return GenerateRequest(id=id, lane=Lane.chat, prompt=prompt, sampling=sampling, stop=stop)


def completion(id):
    return chatty(id, Lane.completion)


def texts(*told):
    return [RawPrompt(kind="raw", text=text) for text in told]


class FakeModel:
    """Gives out the events that a test puts in; a step waits for some."""

    executing_device = "fake"
    capabilities = Capabilities(
        context_window=100,
        max_prompt_tokens=99,
        concurrent_requests=True,
        prefix_reuse=True,
        cancel_during_prefill=True,
    )

    def __init__(self):
        self.added = queue.Queue()
        self.cancelled = queue.Queue()
        self.events = queue.Queue()
        self.refuse = None
        self.closed = threading.Event()
        self.counting = None
        self.during_count = lambda: None
        self.done = []
        self.counted = []

    def count_tokens(self, prompt):
        self.done.append("count")
        self.counted.append(prompt.text)
        self.during_count()
        if self.counting is not None:
            raise self.counting
        return len(prompt.text)

    def add(self, request):
        if self.refuse is not None:
            raise self.refuse
        self.done.append("add")
        self.added.put(request.id)

    def cancel(self, request_id):
        self.cancelled.put(request_id)
        self.events.put([Finished(request_id, FinishReason.cancelled)])

    def step(self):
        self.done.append("step")
        try:
            events = self.events.get(timeout=0.01)
        except queue.Empty:
            return []
        if isinstance(events, Exception):
            raise events
        return events

    def close(self):
        self.closed.set()


def chatty(id, lane):
    prompt, sampling = RawPrompt(kind="raw", text="x"), Sampling(max_new_tokens=5)
    return GenerateRequest(id=id, lane=lane, prompt=prompt, sampling=sampling)


class Updates:
    def __init__(self):
        self._queue = queue.Queue()

    def __call__(self, update):
        self._queue.put(update)

    def next(self):
        return self._queue.get(timeout=TIMEOUT_S)

    def text_and_end(self):
        text = ""
        while isinstance(update := self.next(), Text):
            text += update.text
        return text, update


@pytest.fixture
def model():
    return FakeModel()


@pytest.fixture
def broken():
    return threading.Event()


@pytest.fixture
def scheduler(model, broken):
    scheduler = Scheduler(model, broken.set)
    yield scheduler
    scheduler.close()


def test_text_is_passed_on_and_the_end_carries_the_metrics(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1), updates)
    model.events.put([Accepted(1, prompt_tokens=30, cached_tokens=10), Piece(1, "one", 1)])
    model.events.put([Piece(1, " two", 2), Finished(1, FinishReason.stop)])
    text, done = updates.text_and_end()
    assert text == "one two"
    assert isinstance(done, Done)
    assert done.reason is FinishReason.stop
    metrics = done.metrics
    assert (metrics.prompt_tokens, metrics.cached_tokens) == (30, 10)
    assert metrics.completion_tokens == 3
    assert metrics.executing_device == "fake"
    assert 0 <= metrics.ttft_ms <= metrics.total_ms
    assert metrics.tpot_ms >= 0


@pytest.mark.parametrize(
    "wanted",
    [{"given": "x"}, {"sampling": Sampling(max_new_tokens=5, pass_over=1)}],
    ids=["told of given text", "begun otherwise"],
)
def test_what_a_runtime_cannot_do_with_given_text_is_refused(scheduler, model, wanted):
    updates = Updates()
    scheduler.submit(replace(request(1), **wanted), updates)
    refused = updates.next()
    assert isinstance(refused, RuntimeFailed)
    assert "given text" in str(refused)
    assert model.added.empty()
    model.capabilities = replace(model.capabilities, given_text=True)
    scheduler.submit(replace(request(2), **wanted), updates)
    assert model.added.get(timeout=TIMEOUT_S) == 2


def test_without_a_token_there_is_no_time_to_the_first_one(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1), updates)
    model.events.put([Accepted(1, 5, 0), Finished(1, FinishReason.cancelled)])
    _, done = updates.text_and_end()
    assert done.metrics.ttft_ms is None
    assert done.metrics.tpot_ms is None


def test_with_one_token_there_is_no_time_per_token(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1), updates)
    model.events.put([Piece(1, "x", 1), Finished(1, FinishReason.length)])
    _, done = updates.text_and_end()
    assert done.metrics.ttft_ms is not None
    assert done.metrics.tpot_ms is None


def test_a_cancel_reaches_the_model_and_ends_the_answer(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1), updates)
    assert model.added.get(timeout=TIMEOUT_S) == 1
    model.events.put([Piece(1, "came", 1)])
    assert updates.next() == Text("came", 1)
    scheduler.cancel(1)
    _, done = updates.text_and_end()
    assert model.cancelled.get(timeout=TIMEOUT_S) == 1
    assert done.reason is FinishReason.cancelled


def test_a_request_cancelled_before_it_was_taken_in_still_ends(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1), updates)
    scheduler.cancel(1)
    _, done = updates.text_and_end()
    assert done.reason is FinishReason.cancelled


def test_cancelling_what_is_not_under_way_is_nothing(scheduler, model):
    scheduler.cancel(99)
    updates = Updates()
    scheduler.submit(request(1), updates)
    model.events.put([Finished(1, FinishReason.stop)])
    _, done = updates.text_and_end()
    assert done.reason is FinishReason.stop
    assert model.cancelled.empty()


def test_a_stop_string_ends_the_answer_and_the_decode(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1, stop=("END",)), updates)
    model.events.put([Piece(1, "one E", 1)])
    model.events.put([Piece(1, "ND two", 1)])
    text, done = updates.text_and_end()
    assert text == "one "
    assert done.reason is FinishReason.stop
    assert done.metrics.completion_tokens == 2
    assert model.cancelled.get(timeout=TIMEOUT_S) == 1


def test_what_looked_like_a_stop_string_is_given_out_at_the_end(scheduler, model):
    updates = Updates()
    scheduler.submit(request(1, stop=("END",)), updates)
    model.events.put([Piece(1, "one EN", 1), Finished(1, FinishReason.stop)])
    text, _ = updates.text_and_end()
    assert text == "one EN"


def test_a_refused_prompt_fails_alone(scheduler, model):
    good, bad = Updates(), Updates()
    scheduler.submit(request(1), good)
    assert model.added.get(timeout=TIMEOUT_S) == 1
    model.refuse = PromptTooLong("The prompt has 9 tokens.")
    scheduler.submit(request(2), bad)
    assert isinstance(bad.next(), PromptTooLong)
    model.events.put([Piece(1, "fine", 1), Finished(1, FinishReason.stop)])
    assert good.text_and_end()[0] == "fine"


def test_a_request_that_the_runtime_gave_up_on_fails_alone(scheduler, model):
    good, bad = Updates(), Updates()
    scheduler.submit(request(1), good)
    scheduler.submit(request(2), bad)
    model.events.put([Failed(2, RuntimeFailed("No room."))])
    model.events.put([Piece(1, "fine", 1), Finished(1, FinishReason.stop)])
    assert isinstance(bad.next(), RuntimeFailed)
    assert good.text_and_end()[0] == "fine"


def test_a_model_that_breaks_fails_all_and_says_so_once(scheduler, model, broken):
    first, second = Updates(), Updates()
    scheduler.submit(request(1), first)
    scheduler.submit(request(2), second)
    for _ in range(2):
        model.added.get(timeout=TIMEOUT_S)
    model.events.put(ValueError("secret text of the user"))
    for updates in (first, second):
        failure = updates.next()
        assert isinstance(failure, RuntimeFailed)
        assert "secret" not in str(failure)
    assert broken.wait(TIMEOUT_S)


def test_tokens_are_counted_in_the_order_of_the_prompts(scheduler):
    counted = Updates()
    scheduler.count(texts("a", "", "abc"), counted)
    assert counted.next() == [1, 0, 3]
    scheduler.count([], counted)
    assert counted.next() == []


def test_what_is_generated_goes_on_between_the_prompts_that_are_counted(
    scheduler, model, monkeypatch
):
    monkeypatch.setattr(scheduler_module, "LONGEST_COUNT_S", 0.0)
    updates, counted = Updates(), Updates()
    scheduler.submit(request(1), updates)
    model.added.get(timeout=TIMEOUT_S)
    scheduler.count(texts(*"abcde"), counted)
    assert counted.next() == [1] * 5
    done = model.done[model.done.index("count") :]
    assert "count" not in [after for before, after in itertools.pairwise(done) if before == "count"]
    model.events.put([Piece(1, "fine", 1), Finished(1, FinishReason.stop)])
    assert updates.text_and_end()[0] == "fine"


def test_what_is_generated_goes_on_while_one_long_text_is_counted(scheduler, model, monkeypatch):
    monkeypatch.setattr(scheduler_module, "LONGEST_COUNT_S", 0.0)
    monkeypatch.setattr(scheduler_module, "COUNTED_AT_ONCE_CHARS", 10)
    counted = Updates()
    scheduler.submit(request(1), Updates())
    model.added.get(timeout=TIMEOUT_S)
    scheduler.count(texts("x" * 95, "short"), counted)
    assert counted.next() == [95, 5]
    done = model.done[model.done.index("count") :]
    assert done.count("count") == 11
    assert ("count", "count") not in itertools.pairwise(done)


def test_a_long_text_is_parted_before_the_ends_of_its_lines(scheduler, model, monkeypatch):
    monkeypatch.setattr(scheduler_module, "COUNTED_AT_ONCE_CHARS", 10)
    counted = Updates()
    scheduler.count(texts("\nabc\nabcdef\n\nabcdefghijklm\n"), counted)
    assert counted.next() == [27]
    assert model.counted == ["\nabc", "\nabcdef\n", "\nabcdefghi", "jklm\n"]


def test_what_is_asked_while_tokens_are_counted_does_not_wait_for_all_of_them(
    scheduler, model, monkeypatch
):
    monkeypatch.setattr(scheduler_module, "LONGEST_COUNT_S", 0.0)
    counting, go_on, counted = threading.Event(), threading.Event(), Updates()

    def wait():
        counting.set()
        assert go_on.wait(TIMEOUT_S)

    model.during_count = wait
    scheduler.count(texts(*"abc"), counted)
    assert counting.wait(TIMEOUT_S)
    scheduler.submit(request(1), Updates())
    go_on.set()
    assert counted.next() == [1, 1, 1]
    assert model.done[:3] == ["count", "step", "add"]


def test_what_cannot_be_counted_fails_alone(scheduler, model):
    updates, bad, good = Updates(), Updates(), Updates()
    scheduler.submit(request(1), updates)
    model.added.get(timeout=TIMEOUT_S)
    model.counting = ValueError("secret text of the user")
    scheduler.count(texts("a", "b"), bad)
    failure = bad.next()
    assert isinstance(failure, RuntimeFailed)
    assert "secret" not in str(failure)
    model.counting = None
    scheduler.count(texts("ab"), good)
    assert good.next() == [2]
    model.events.put([Piece(1, "fine", 1), Finished(1, FinishReason.stop)])
    assert updates.text_and_end()[0] == "fine"


def test_a_model_that_breaks_fails_what_was_to_be_counted(scheduler, model, broken, monkeypatch):
    monkeypatch.setattr(scheduler_module, "LONGEST_COUNT_S", 0.0)
    counted = Updates()
    scheduler.submit(request(1), Updates())
    model.added.get(timeout=TIMEOUT_S)
    model.events.put(ValueError("broke"))
    scheduler.count(texts(*["a"] * 1_000), counted)
    assert isinstance(counted.next(), RuntimeFailed)
    assert broken.wait(TIMEOUT_S)


def test_text_says_how_many_tokens_have_come(scheduler, model):
    updates = Updates()
    scheduler.submit(completion(1), updates)
    model.events.put([Accepted(1, 1, 0), Piece(1, "a", 1), Piece(1, "b", 2)])
    assert updates.next() == Text("a", 1)
    assert updates.next() == Text("b", 3)
    model.events.put([Finished(1, FinishReason.stop)])


def test_text_says_how_probable_it_is_where_that_was_asked_for(scheduler, model):
    asked, plain = Updates(), Updates()
    scheduler.submit(replace(completion(1), log_probs=True), asked)
    scheduler.submit(completion(2), plain)
    for id in (1, 2):
        model.events.put([Accepted(id, 1, 0), Piece(id, "a", 1, -0.5), Piece(id, "b", 2, -2.0)])
        model.events.put([Piece(id, "", 1, 0.0), Finished(id, FinishReason.stop)])
    assert [asked.next(), asked.next()] == [Text("a", 1, -0.5), Text("b", 3, -2.0)]
    assert [plain.next(), plain.next()] == [Text("a", 1, None), Text("b", 3, None)]


def test_closing_gives_the_memory_back(model, broken):
    scheduler = Scheduler(model, broken.set)
    scheduler.close()
    assert model.closed.is_set()
    assert not broken.is_set()


@pytest.mark.parametrize(("lane", "gathered"), [(Lane.chat, True), (Lane.completion, False)])
def test_a_chats_text_is_gathered_and_a_completions_is_not(lane, gathered):
    model, updates = FakeModel(), Updates()
    scheduler = Scheduler(model, on_broken=lambda: None)
    scheduler.submit(chatty(1, lane), updates)
    model.added.get(timeout=TIMEOUT_S)
    pieces = [Piece(1, f"{number} ", tokens=1) for number in range(20)]
    model.events.put([Accepted(1, 1, 0), *pieces, Finished(1, FinishReason.stop)])
    texts = []
    while isinstance(update := updates.next(), Text):
        texts.append(update.text)
    assert isinstance(update, Done)
    assert "".join(texts) == "".join(piece.text for piece in pieces)
    assert texts[0] == "0 "
    assert len(texts) == 2 if gathered else len(texts) == 20
    scheduler.close()
