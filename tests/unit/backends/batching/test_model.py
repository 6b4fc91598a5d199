"""A network that says what follows from what lies in its blocks, and is asked in batches."""

import itertools
import random
from dataclasses import replace

import pytest
from phi_sidecar.backends.base import Accepted, Finished, GenerateRequest, Piece
from phi_sidecar.backends.batching.drafts import STEP_TOKENS
from phi_sidecar.backends.batching.model import BatchedModel
from phi_sidecar.backends.batching.parts import BatchedParts
from phi_sidecar.errors import PromptTooLong, RuntimeFailed
from phi_sidecar.generated.protocol import (
    ChatMessage,
    ChatPrompt,
    FinishReason,
    Lane,
    RawPrompt,
    Role,
    Sampling,
)

END = 0
SIZE = 4
WINDOW = 100


class BlockedNetwork:
    """Keeps each token where it is told to; what comes next follows from all that lies there."""

    def __init__(self, blocks, follows):
        self.content = [[None] * SIZE for _ in range(blocks)]
        self.follows = follows
        self.steps = []
        self.closed = False

    def compute(self, stretches):
        self.steps.append(stretches)
        said = []
        for stretch in stretches:
            assert len(stretch.blocks) * SIZE >= stretch.past + len(stretch.ids)
            for number, id in enumerate(stretch.ids):
                block, slot = divmod(stretch.past + number, SIZE)
                self.content[stretch.blocks[block]][slot] = id
            whole = [id for block in stretch.blocks for id in self.content[block]]
            for asked in range(stretch.asked):
                end = stretch.past + len(stretch.ids) - stretch.asked + asked + 1
                said.append(self.follows(whole[:end]))
        return said

    def copy(self, source, target):
        self.content[target] = list(self.content[source])

    def close(self):
        self.closed = True


class Letters:
    """Tokens are letters; the end is token 0."""

    end_ids = frozenset((END,))

    def encode(self, prompt):
        if isinstance(prompt, ChatPrompt):
            return [27, *map(ord, prompt.messages[-1].content + prompt.answer_start)]
        return [ord(c) for c in prompt.text]

    def decode(self, ids):
        return "".join(map(chr, ids))

    def count(self, prompt):
        return len(self.encode(prompt))


def next_letter(ids):
    """The alphabet again and again: what lookups find."""
    return ids[-1] + 1 if ids[-1] < ord("z") else ord("a")


def scattered(ids):
    """Something that follows from every token before, which no lookup finds for long."""
    return ord("a") + sum((at + 1) * id for at, id in enumerate(ids)) % 26


def model_of(follows=next_letter, blocks=60, chunk_tokens=16):
    network = BlockedNetwork(blocks, follows)
    parts = BatchedParts(
        network,
        Letters(),
        blocks,
        SIZE,
        chunk_tokens,
        choice=lambda sampling: lambda said: said,
        log_prob=lambda said, token: -0.5 if said == token else -3.0,
    )
    return BatchedModel(parts, WINDOW, "TEST", itertools.count().__next__), network


def request(id, text, tokens=8, lane=Lane.completion, **more):
    prompt = RawPrompt(kind="raw", text=text)
    return GenerateRequest(id, lane, prompt, Sampling(max_new_tokens=tokens), **more)


def run(model, *requests, ids=()):
    """Have requests done, and those with `ids` as well; returns their events."""
    open_ids = {*ids, *(asked.id for asked in requests)}
    for asked in requests:
        model.add(asked)
    events = []
    for _ in range(2000):
        events += model.step()
        open_ids -= {event.id for event in events if isinstance(event, Finished)}
        if not open_ids:
            return events
    raise AssertionError(f"{open_ids} do not end")


def text_of(events, id):
    return "".join(event.text for event in events if isinstance(event, Piece) and event.id == id)


def tokens_of(events, id):
    return sum(event.tokens for event in events if isinstance(event, Piece) and event.id == id)


def end_of(events, id):
    (end,) = (event for event in events if isinstance(event, Finished) and event.id == id)
    return end.reason


def cached(events, id):
    (accepted,) = (event for event in events if isinstance(event, Accepted) and event.id == id)
    return accepted.cached_tokens


def expected(follows, prompt, tokens):
    ids = [ord(c) for c in prompt]
    for _ in range(tokens):
        ids.append(follows(ids))
        if ids[-1] == END:
            return "".join(map(chr, ids[len(prompt) : -1]))
    return "".join(map(chr, ids[len(prompt) :]))


def test_events_come_in_order():
    model, network = model_of()
    events = run(model, request(1, "abc", tokens=3))
    assert events[0] == Accepted(1, 3, 0)
    assert [type(event) for event in events[1:]] == [Piece] * 3 + [Finished]
    assert text_of(events, 1) == "def"
    assert end_of(events, 1) is FinishReason.length
    assert list(model.step()) == []
    model.close()
    assert network.closed


def test_an_end_token_ends_an_answer_in_the_middle_of_a_draft():
    model, _ = model_of(lambda ids: END if ids[-1] == ord("h") else next_letter(ids))
    run(model, request(1, "abcdefghij", tokens=1))
    events = run(model, request(2, "xabcdefgh abc", tokens=30))
    assert text_of(events, 2) == "defgh"
    assert end_of(events, 2) is FinishReason.stop
    # The end is a token too, without a text.
    assert tokens_of(events, 2) == 6


def test_what_a_draft_guessed_right_comes_in_one_step():
    model, network = model_of()
    run(model, request(1, "abcdefghijklmnopqrstuvwxyzabc", tokens=40))
    network.steps.clear()
    events = run(model, request(2, "abcdefghijklmnopqrstuvwxyz", tokens=20))
    assert text_of(events, 2) == "abcdefghijklmnopqrst"
    assert len(network.steps) < 10
    assert {len(step[0].ids) for step in network.steps[2:]} == {STEP_TOKENS}


def test_nothing_is_said_past_the_limit_though_a_draft_has_more():
    model, _ = model_of()
    run(model, request(1, "q", tokens=4))
    events = run(model, request(2, "abcdefghijklmnopqrstuvwxyz", tokens=3))
    assert text_of(events, 2) == "abc"
    assert tokens_of(events, 2) == 3


def test_a_beginning_that_was_read_is_not_read_again():
    model, _ = model_of(scattered)
    run(model, request(1, "a beginning that lasts", tokens=2))
    events = run(model, request(2, "a beginning that lasts longer", tokens=2))
    assert cached(events, 2) == len("a beginning that lasts")
    assert text_of(events, 2) == expected(scattered, "a beginning that lasts longer", 2)


def test_an_answer_is_kept_as_far_as_it_was_confirmed():
    model, _ = model_of()
    run(model, request(1, "abcdefghijklmnopqrstuvwxyzabc", tokens=9))
    events = run(model, request(2, "abcdefghijklmnopqrstuvwxyzabcdefghijkl!", tokens=2))
    # The last token of an answer is not computed.
    assert cached(events, 2) == len("abcdefghijklmnopqrstuvwxyzabcdefghijk")


def test_a_prompt_is_read_in_chunks_and_others_go_on_meanwhile():
    model, network = model_of(chunk_tokens=8)
    model.add(request(1, "abc", tokens=30, lane=Lane.chat))
    events = [*model.step()]
    model.add(request(2, "y" * 40, tokens=2))
    steps = 0
    while not any(isinstance(event, Piece) and event.id == 2 for event in events):
        events += model.step()
        steps += 1
    assert steps == 6
    assert tokens_of(events, 1) == 7
    # A token of a draft is beside what was planned.
    assert all(sum(len(stretch.ids) for stretch in step) <= 9 for step in network.steps)


def test_of_no_sequence_a_token_is_computed_alone():
    model, network = model_of(scattered, chunk_tokens=8)
    chats = [request(id, "talk" * id, tokens=30, lane=Lane.chat) for id in range(1, 8)]
    run(model, *chats, request(9, "y" * 40, tokens=8))
    assert min(len(stretch.ids) for step in network.steps for stretch in step) == 2


def test_a_suggestion_is_read_before_a_chat():
    model, _ = model_of(chunk_tokens=8)
    chat, suggestion = request(1, "x" * 30, 2, Lane.chat), request(2, "y" * 20, tokens=2)
    events = run(model, chat, suggestion)
    order = [event.id for event in events if isinstance(event, Finished)]
    assert order == [2, 1]


def test_the_newest_suggestion_is_read_first():
    model, _ = model_of(chunk_tokens=8)
    events = run(model, request(1, "x" * 40, tokens=2), request(2, "y" * 40, tokens=2))
    assert [event.id for event in events if isinstance(event, Finished)] == [2, 1]


def test_those_that_wait_for_room_do_not_take_it_from_each_other():
    model, network = model_of(scattered, blocks=25, chunk_tokens=16)
    suggestion, other = request(1, "x" * 50, tokens=40), request(2, "y" * 60, tokens=10)
    run(model, suggestion, other, request(3, "z" * 60, tokens=10, lane=Lane.chat))
    computed = sum(len(stretch.ids) for step in network.steps for stretch in step)
    assert computed < 50 + 60 + 60 + 2 * (40 + 10 + 10) + 100


def test_of_several_answers_to_one_prompt_the_prompt_is_read_once():
    model, _ = model_of(scattered, chunk_tokens=8)
    events = run(model, *(request(id, "one prompt for all of them", tokens=4) for id in (1, 2, 3)))
    assert [cached(events, id) for id in (1, 2, 3)] == [24, 24, 0]
    for id in (1, 2, 3):
        assert text_of(events, id) == expected(scattered, "one prompt for all of them", 4)


def test_where_the_room_is_short_one_waits_and_is_read_again():
    model, _ = model_of(scattered, blocks=25, chunk_tokens=16)
    prompts = {1: "x" * 60, 2: "y" * 70}
    events = run(model, *(request(id, text, 20, Lane.chat) for id, text in prompts.items()))
    for id, prompt in prompts.items():
        assert text_of(events, id) == expected(scattered, prompt, 20)


def test_a_cancel_ends_a_request_at_the_next_step_whether_it_began_or_not():
    model, network = model_of()
    model.add(request(1, "abc", tokens=50))
    model.step()
    model.add(request(2, "abc", tokens=50))
    for id in (1, 2, 7):
        model.cancel(id)
    done = len(network.steps)
    assert model.step() == [
        Finished(1, FinishReason.cancelled),
        Accepted(2, 3, 0),
        Finished(2, FinishReason.cancelled),
    ]
    assert len(network.steps) == done


def test_what_was_read_of_a_cancelled_prompt_is_kept():
    model, _ = model_of(chunk_tokens=8)
    model.add(request(1, "z" * 30))
    model.step()
    model.cancel(1)
    model.step()
    assert cached(run(model, request(2, "z" * 30)), 2) == 8


def test_a_prompt_that_is_too_long_is_refused():
    model, _ = model_of()
    with pytest.raises(PromptTooLong, match="99 tokens or more; at most 75 fit"):
        model.add(request(1, "x" * 99, tokens=50))
    assert list(model.step()) == []
    assert model.count_tokens(RawPrompt(kind="raw", text="x" * 99)) == 99


def test_an_answer_ends_where_the_window_does():
    model, _ = model_of()
    events = run(model, request(1, "a" * 90, tokens=10))
    assert (tokens_of(events, 1), end_of(events, 1)) == (10, FinishReason.length)
    prompt = ChatPrompt(
        kind="chat", messages=[ChatMessage(role=Role.user, content="a" * 69)], answer_start=""
    )
    chat = GenerateRequest(2, Lane.chat, prompt, Sampling(max_new_tokens=50))
    assert tokens_of(run(model, chat), 2) == 30


def test_log_probs_come_with_the_tokens_and_an_end_adds_nothing():
    model, _ = model_of(lambda ids: END if ids[-1] == ord("c") else next_letter(ids))
    events = run(model, request(1, "a", tokens=9, log_probs=True))
    assert [event.log_prob for event in events if isinstance(event, Piece)] == [-0.5, -0.5, 0.0]


@pytest.mark.parametrize("follows", [next_letter, scattered])
@pytest.mark.parametrize("seed", range(15))
def test_whatever_comes_together_each_gets_its_own_answer(follows, seed):
    chance = random.Random(seed)
    model, _ = model_of(follows, blocks=chance.choice((26, 40, 200)), chunk_tokens=8)
    asked, cancelled, events = {}, set(), []
    for id in range(40):
        start = "".join(chance.choices("abc", k=chance.randrange(1, 4)))
        text = start * chance.randrange(1, 20)
        asked[id] = (text, chance.randrange(1, 15))
        lane = chance.choice(list(Lane))
        model.add(request(id, *asked[id], lane))
        for _ in range(chance.randrange(6)):
            events += model.step()
        if chance.random() < 0.2:
            cancelled.add(id)
            model.cancel(id)
    ended = {event.id for event in events if isinstance(event, Finished)}
    events += run(model, ids=asked.keys() - ended)
    for id, (text, tokens) in asked.items():
        whole = expected(follows, text, tokens)
        if end_of(events, id) is FinishReason.cancelled:
            assert id in cancelled
            assert whole.startswith(text_of(events, id))
        else:
            assert text_of(events, id) == whole


def test_a_prompt_without_tokens_is_refused_and_disturbs_nothing():
    model, _ = model_of()
    model.add(request(1, "abc", tokens=4))
    with pytest.raises(RuntimeFailed, match="no tokens"):
        model.add(request(2, ""))
    assert text_of(run(model, ids=[1]), 1) == "defg"


def test_no_position_is_past_the_window():
    model, network = model_of()
    run(model, request(1, "q", tokens=4))
    run(model, request(2, "a" * 90, tokens=10))
    run(model, request(3, "ab" * 45, tokens=10))
    assert max(each.past + len(each.ids) for step in network.steps for each in step) <= WINDOW


def test_one_that_waits_for_room_is_not_read_again_and_again():
    model, network = model_of(scattered, blocks=25, chunk_tokens=16)
    run(model, request(1, "x" * 50, 30, Lane.chat), request(2, "y" * 60, 20, Lane.chat))
    computed = sum(len(stretch.ids) for step in network.steps for stretch in step)
    # A token of a draft beside each that is decoded.
    assert computed < 50 + 60 + 2 * (30 + 20) + 20


def test_every_block_can_be_had_again():
    chance = random.Random(1)
    model, _ = model_of(scattered, blocks=40, chunk_tokens=8)
    for id in range(60):
        model.add(request(id, "".join(chance.choices("ab", k=chance.randrange(1, 70))), 9))
        for _ in range(chance.randrange(8)):
            model.step()
        if chance.random() < 0.3:
            model.cancel(id)
    for _ in range(3000):
        model.step()
    assert cached(run(model, request(99, "z" * 90)), 99) == 0
    blocks = model._blocks
    assert (
        len(blocks._free) + len({block for table in blocks._kept for block in table.blocks}) == 40
    )


def pieces(events, id):
    return [event for event in events if isinstance(event, Piece) and event.id == id]


@pytest.mark.parametrize("chunk_tokens", [4, 7, 16, 64])
def test_it_is_told_how_probable_given_text_is(chunk_tokens):
    model, _ = model_of(chunk_tokens=chunk_tokens)
    events = run(model, request(1, "abcdefghij", 2, given="klXmnopqrstuvw", log_probs=True))
    given, *rest = pieces(events, 1)
    # Neither `X` nor what comes after it follows; all else does.
    assert (given.text, given.tokens) == ("klXmnopqrstuvw", 14)
    assert given.log_prob == pytest.approx(12 * -0.5 + 2 * -3.0)
    assert [(piece.text, piece.log_prob) for piece in rest] == [("x", -0.5), ("y", -0.5)]
    assert events[0] == Accepted(1, 10, 0)


def test_given_text_is_told_of_though_it_was_read_before():
    model, _ = model_of()
    run(model, request(1, "abcdefghijkl", tokens=9))
    for id in (2, 3):
        events = run(model, request(id, "abcdefgh", 1, given="ijkl", log_probs=True))
        assert pieces(events, id)[0].log_prob == pytest.approx(4 * -0.5)
        # The prompt itself is not read again, but for its last token.
        assert cached(events, id) == 7


def test_given_text_is_not_told_of_where_nobody_asks():
    model, _ = model_of()
    given, more = pieces(run(model, request(1, "abc", 1, given="de")), 1)
    assert (given.text, given.log_prob, more.text) == ("de", None, "f")


def test_a_chats_answer_can_be_given_too():
    model, _ = model_of()
    prompt = ChatPrompt(
        kind="chat", messages=[ChatMessage(role=Role.user, content="?")], answer_start="a"
    )
    sampling = Sampling(max_new_tokens=2)
    asked = GenerateRequest(1, Lane.chat, prompt, sampling, log_probs=True, given="bX")
    given, *_ = pieces(run(model, asked), 1)
    assert given.log_prob == pytest.approx(-3.5)


class Pairs(Letters):
    """Tokens are letters, and `xy` is one."""

    def encode(self, prompt):
        return [ord(c) for c in prompt.text.replace("xy", "\u00ff")]

    def decode(self, ids):
        return super().decode(ids).replace("\u00ff", "xy")


def test_given_text_may_share_a_token_with_the_prompts_end():
    model, _ = model_of()
    model._parts = replace(model._parts, tokens=Pairs())
    events = run(model, request(1, "abx", 1, given="y", log_probs=True))
    assert [piece.tokens for piece in pieces(events, 1)] == [1, 1]
    assert events[0] == Accepted(1, 2, 0)
    # All of it may be there, and is told first all the same.
    all_of_it = pieces(run(model, request(3, "x", 1, given="y", log_probs=True)), 3)[0]
    assert (all_of_it.text, all_of_it.tokens, all_of_it.log_prob) == ("y", 0, 0.0)
    # Even where nothing of the prompt is left.
    assert pieces(run(model, request(2, "x", 1, given="ya", log_probs=True)), 2)[0].tokens == 1


def test_given_text_that_is_too_long_is_refused():
    model, _ = model_of()
    with pytest.raises(PromptTooLong):
        model.add(request(1, "abc", 1, given="x" * 120))


def test_where_the_room_is_short_given_text_is_told_of_once_and_whole():
    model, _ = model_of(blocks=25, chunk_tokens=8)
    given = "bcdefghijklmnopqrstuvwxyz" * 2
    many = [request(id, "a" * 30, 5, given=given, log_probs=True) for id in range(6)]
    events = run(model, request(9, "q" * 40, tokens=20), *many)
    for id in range(6):
        first, *rest = pieces(events, id)
        # `b` after `z` is what does not follow.
        assert (first.text, first.log_prob) == (given, pytest.approx(49 * -0.5 + 1 * -3.0))
        assert len(rest) == 5


def test_given_text_is_told_of_beside_a_draft():
    model, network = model_of()
    run(model, request(1, "abcdefghij", 60))
    before = len(network.steps)
    events = run(model, request(2, "abcdefghij", 6, given="kl", log_probs=True))
    first = network.steps[before][0]
    assert (len(first.ids), first.asked) == (STEP_TOKENS, STEP_TOKENS)
    assert pieces(events, 2)[0].log_prob == pytest.approx(-1.0)
    assert text_of(events, 2) == "klmnopqr"
