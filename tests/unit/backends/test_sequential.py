import pytest
from phi_sidecar.backends.base import Accepted, Failed, Finished, GenerateRequest, Piece
from phi_sidecar.backends.sequential import Decoding, SequentialModel
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import FinishReason, Lane, RawPrompt, Sampling


class FakeDecoding(Decoding):
    def __init__(self, id, events):
        self._id = id
        self._events = events
        self._cancelled = False

    def next(self):
        if self._cancelled:
            return Finished(self._id, FinishReason.cancelled)
        event = self._events.pop(0)
        if isinstance(event, Exception):
            raise event
        return event

    def cancel(self):
        self._cancelled = True


class FakeModel(SequentialModel):
    """Each request says one word and ends, unless its text says otherwise."""

    def __init__(self):
        super().__init__()
        self.started = []

    def count_tokens(self, prompt):
        return len(prompt.text)

    def accept(self, request):
        if request.prompt.text == "too long":
            raise PromptTooLong("Too long.")
        return Accepted(request.id, prompt_tokens=3, cached_tokens=0)

    def start(self, request):
        self.started.append(request.id)
        text, id = request.prompt.text, request.id
        if text == "does not start":
            raise RuntimeError("no")
        end = Finished(id, FinishReason.stop)
        events = {
            "breaks": [Piece(id, "a", 1), RuntimeError("broke")],
            "slow": [None, None, Piece(id, "a", 1), Piece(id, "b", 1), end],
        }
        return FakeDecoding(id, events.get(text, [Piece(id, "word", 1), end]))

    def close(self):
        """Nothing is held."""


def request(id, text="x", lane=Lane.chat):
    prompt, sampling = RawPrompt(kind="raw", text=text), Sampling(max_new_tokens=5)
    return GenerateRequest(id=id, lane=lane, prompt=prompt, sampling=sampling)


def run(model, steps=40):
    return [event for _ in range(steps) for event in model.step()]


@pytest.fixture
def model():
    return FakeModel()


def test_one_request_goes_its_way(model):
    model.add(request(1))
    assert run(model) == [
        Accepted(1, 3, 0),
        Piece(1, "word", 1),
        Finished(1, FinishReason.stop),
    ]


def test_with_nothing_to_do_a_step_returns_nothing(model):
    assert list(model.step()) == []


def test_the_newest_completion_goes_first_then_chats_in_their_order(model):
    model.add(request(1, "slow"))
    model.step()
    for id, lane in [(2, Lane.chat), (3, Lane.completion), (4, Lane.chat), (5, Lane.completion)]:
        model.add(request(id, lane=lane))
    run(model)
    assert model.started == [1, 5, 3, 2, 4]


def test_what_waits_can_be_cancelled_and_never_starts(model):
    model.add(request(1, "slow"))
    model.step()
    model.add(request(2))
    model.cancel(2)
    events = run(model)
    assert Finished(2, FinishReason.cancelled) in events
    assert model.started == [1]
    assert events[-1] == Finished(1, FinishReason.stop)


def test_what_is_under_way_can_be_cancelled(model):
    model.add(request(1, "slow"))
    model.add(request(2))
    model.step()
    model.cancel(1)
    events = run(model)
    assert events[0] == Finished(1, FinishReason.cancelled)
    assert events[-1] == Finished(2, FinishReason.stop)


def test_cancelling_an_unknown_request_is_nothing(model):
    model.add(request(1))
    model.cancel(7)
    assert run(model)[-1] == Finished(1, FinishReason.stop)


@pytest.mark.parametrize("text", ["breaks", "does not start"])
def test_the_failure_of_one_leaves_the_others(model, text):
    model.add(request(1, text))
    model.add(request(2))
    events = run(model)
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.id == 1
    assert events[-1] == Finished(2, FinishReason.stop)


def test_a_refused_prompt_is_not_taken_in(model):
    with pytest.raises(PromptTooLong):
        model.add(request(1, "too long"))
    assert run(model) == []
