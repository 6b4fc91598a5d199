"""A network that is stepped, with one that says what it was fed."""

from dataclasses import replace

import pytest
from phi_sidecar.backends.base import Accepted, Failed, Finished, GenerateRequest, Piece
from phi_sidecar.backends.sequential import ModelBroken
from phi_sidecar.backends.stepping import Parts, SteppedModel
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import (
    Capabilities,
    ChatMessage,
    ChatPrompt,
    FinishReason,
    Lane,
    RawPrompt,
    Role,
    Sampling,
)

END = 0


class CountingNetwork:
    """Says that after a token comes the next number, and remembers all that it is told."""

    def __init__(self, chunk_tokens=4):
        self.chunk_tokens = chunk_tokens
        self.held = []
        self.calls = []
        self.fails_with = None

    def rewind(self, tokens):
        del self.held[tokens:]
        self.calls.append(("rewind", tokens))

    def feed(self, ids):
        if self.fails_with:
            raise self.fails_with
        assert len(ids) <= self.chunk_tokens
        self.held += ids
        self.calls.append(("feed", len(ids)))

    def predict(self, ids):
        self.feed(ids)
        return self.held[-1] + 1

    def close(self):
        self.calls.append("close")


class Letters:
    """Tokens are letters; the end is token 0, and 27 too."""

    end_ids = frozenset((END, 27))

    def encode(self, prompt):
        if isinstance(prompt, ChatPrompt):
            return [26, *(ord(c) - 96 for c in prompt.messages[-1].content + prompt.answer_start)]
        return [ord(c) - 96 for c in prompt.text]

    def decode(self, ids):
        # As SentencePiece does it: a space before every word but the first.
        return " ".join(chr(id + 96) for id in ids)


def capabilities(window=40, prefix_reuse=True):
    return Capabilities(
        context_window=window,
        max_prompt_tokens=window - 1,
        concurrent_requests=False,
        prefix_reuse=prefix_reuse,
        cancel_during_prefill=True,
    )


def log_prob(logits, token):
    """Which logits and which token it was told of."""
    return -(logits + token / 100)


@pytest.fixture
def network():
    return CountingNetwork()


@pytest.fixture
def model(network):
    parts = Parts(network, Letters(), lambda _: lambda logits: logits, log_prob)
    return SteppedModel(parts, capabilities(), "here")


def request(id, text, tokens=3, chat=False, start=""):
    prompt = RawPrompt(kind="raw", text=text)
    if chat:
        message = ChatMessage(role=Role.user, content=text)
        prompt = ChatPrompt(kind="chat", messages=[message], answer_start=start)
    sampling = Sampling(max_new_tokens=tokens)
    return GenerateRequest(id=id, lane=Lane.chat, prompt=prompt, sampling=sampling)


def run(model, steps=60):
    return [event for _ in range(steps) for event in model.step()]


def text(events):
    return "".join(event.text for event in events if isinstance(event, Piece))


def test_an_answer_continues_its_prompt_with_the_space_between_them(model):
    model.add(request(1, "abc"))
    events = run(model)
    assert events[0] == Accepted(1, prompt_tokens=3, cached_tokens=0)
    assert text(events) == " d e f"
    assert events[-1] == Finished(1, FinishReason.length)


def test_a_chats_answer_begins_without_a_space(model):
    model.add(request(1, "a", chat=True))
    assert text(run(model)) == "b c d"


def test_an_answer_that_was_begun_is_continued_with_the_space(model):
    model.add(request(1, "a", chat=True, start="bc"))
    assert text(run(model)) == " d e f"


def test_each_piece_is_one_token(model):
    model.add(request(1, "abc", tokens=5))
    assert [event.tokens for event in run(model) if isinstance(event, Piece)] == [1] * 5


def test_an_end_token_ends_the_answer_and_is_none_of_its_text(model):
    model.add(request(1, "xy", tokens=20))
    events = run(model)
    assert text(events) == " z"
    assert sum(event.tokens for event in events if isinstance(event, Piece)) == 2
    assert events[-1] == Finished(1, FinishReason.stop)


def test_a_long_prompt_is_fed_in_chunks_and_each_is_a_step(model, network):
    model.add(request(1, "a" * 10, tokens=1))
    steps = [list(model.step()) for _ in range(3)]
    assert [len(events) for events in steps] == [1, 0, 1]
    assert [call for call in network.calls if call[0] == "feed"] == [
        ("feed", 4),
        ("feed", 4),
        ("feed", 2),
    ]


def test_a_cancel_in_the_prefill_ends_it_at_the_next_step(model, network):
    model.add(request(1, "a" * 30))
    model.step()
    model.cancel(1)
    assert model.step() == [Finished(1, FinishReason.cancelled)]
    assert len(network.held) == 4


def test_a_cancel_in_the_decode_ends_it_at_the_next_step(model):
    model.add(request(1, "abc", tokens=9))
    model.step()
    model.cancel(1)
    assert model.step() == [Finished(1, FinishReason.cancelled)]


def test_what_a_prompt_has_in_common_with_what_is_held_is_not_fed_again(model, network):
    model.add(request(1, "abcdef"))
    run(model)
    # The third token of the answer was chosen, but never fed.
    assert network.held == [1, 2, 3, 4, 5, 6, 7, 8]
    network.calls.clear()
    model.add(request(2, "abcdefgxy"))
    assert model.step()[0] == Accepted(2, prompt_tokens=9, cached_tokens=7)
    assert network.calls == [("rewind", 7), ("feed", 2)]


def test_of_the_same_prompt_again_the_last_token_is_computed_anew(model, network):
    for id in (1, 2):
        model.add(request(id, "abc"))
        events = run(model)
    assert events[0] == Accepted(2, prompt_tokens=3, cached_tokens=2)
    assert text(events) == " d e f"


def test_a_prompt_that_begins_otherwise_reuses_nothing(model):
    model.add(request(1, "abc"))
    run(model)
    model.add(request(2, "xabc"))
    assert run(model)[0] == Accepted(2, prompt_tokens=4, cached_tokens=0)


def test_a_network_that_cannot_be_cut_back_is_fed_everything(network):
    parts = Parts(network, Letters(), lambda _: lambda logits: logits, log_prob)
    model = SteppedModel(parts, capabilities(prefix_reuse=False), "here")
    for id in (1, 2):
        model.add(request(id, "abc"))
        assert run(model)[0] == Accepted(id, prompt_tokens=3, cached_tokens=0)
    assert network.calls.count(("rewind", 0)) == 2


def test_after_a_failure_nothing_that_was_held_is_relied_on(model, network):
    model.add(request(1, "abcdef"))
    run(model)
    network.fails_with = RuntimeError("no")
    model.add(request(2, "abcdef"))
    assert isinstance(run(model)[-1], Failed)
    network.fails_with = None
    model.add(request(3, "abcdef"))
    assert run(model)[0] == Accepted(3, prompt_tokens=6, cached_tokens=0)


def test_a_runtime_that_broke_ends_the_model_and_not_just_a_request(model, network):
    model.add(request(1, "abc"))
    network.fails_with = ModelBroken("no")
    with pytest.raises(ModelBroken):
        model.step()


def test_a_prompt_that_leaves_no_room_for_its_answer_is_refused(model, network):
    with pytest.raises(PromptTooLong, match="31"):
        model.add(request(1, "a" * 31, tokens=40))
    model.add(request(2, "a" * 30, tokens=40))
    assert network.calls == []


def test_an_answer_ends_where_the_window_does(network):
    network.predict = lambda ids: network.feed(ids) or 5
    parts = Parts(network, Letters(), lambda _: lambda logits: logits, log_prob)
    model = SteppedModel(parts, capabilities(window=20), "here")
    model.add(request(1, "abcdefghijklmno", tokens=99))
    events = run(model)
    assert sum(event.tokens for event in events if isinstance(event, Piece)) == 5
    assert events[-1] == Finished(1, FinishReason.length)


def test_each_piece_says_how_probable_its_token_was_where_that_was_asked_for(model):
    model.add(replace(request(1, "y", tokens=9), log_probs=True))
    pieces = [event for event in run(model) if isinstance(event, Piece)]
    # Of 26, and nothing of the token that ends the answer.
    assert [piece.log_prob for piece in pieces] == [-26.26, 0.0]
    model.add(request(2, "y", tokens=9))
    assert {event.log_prob for event in run(model) if isinstance(event, Piece)} == {None}


def test_closing_gives_the_networks_memory_back(model, network):
    model.close()
    assert network.calls == ["close"]
