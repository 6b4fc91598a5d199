from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest
from phi_sidecar.accelerators.speeds import Speeds
from phi_sidecar.engine.generations import Generations
from phi_sidecar.engine.status_board import StatusBoard
from phi_sidecar.generated import protocol as p

FIRST = p.Status(phase=p.Phase.ready, accelerator="a/b", accelerator_name="A")


class Generation:
    cancelled = False

    def cancel(self):
        self.cancelled = True


class Model:
    """Hands out tokens when the test says so; it is its own client."""

    def __init__(self):
        self.client = self
        self.takers = []

    def generate(self, params, on_chunk):
        self.takers.append(on_chunk)
        return Generation()

    def say(self, number, tokens):
        self.takers[number](p.TextChunk(text="x", tokens=tokens))


@pytest.fixture
def window(tmp_path):
    window = SimpleNamespace(now_s=100.0, told=[], model=Model(), answering=None)
    window.answering = window.model
    board = StatusBoard(FIRST, window.told.append)
    window.generations = Generations(
        board,
        Speeds(tmp_path / "speeds.json"),
        answers_now=lambda model: model is window.answering,
        clock=lambda: window.now_s,
    )
    window.board = board
    return window


def begin(window):
    return window.generations.begin(window.model, None, lambda chunk: None)


def decode(window, number, tokens):
    """Let a generation decode for a second."""
    window.model.say(number, 1)
    window.now_s += 1
    window.model.say(number, 1 + tokens)


async def test_the_status_says_generating_until_the_last_one_ends(window):
    async with begin(window):
        async with begin(window):
            assert window.board.status.generating
        assert window.board.status.generating
    assert not window.board.status.generating
    assert [status.generating for status in window.told] == [True, False]


async def test_leaving_ends_the_decode_and_the_count_also_after_an_error(window):
    with pytest.raises(RuntimeError):
        async with begin(window) as generation:
            raise RuntimeError
    assert generation.cancelled
    assert not window.generations.under_way


async def test_the_newest_one_s_speed_is_shown_and_an_older_one_s_after_it(window):
    async with AsyncExitStack() as older:
        await older.enter_async_context(begin(window))
        decode(window, 0, tokens=20)
        assert window.board.status.tokens_per_second == 20
        async with begin(window):
            decode(window, 0, tokens=60)
            assert window.board.status.tokens_per_second == 20
            decode(window, 1, tokens=40)
            assert window.board.status.tokens_per_second == 40
        decode(window, 0, tokens=80)
        assert window.board.status.tokens_per_second not in (20, 40)


async def test_what_an_old_model_still_says_is_not_the_speed_of_the_new_one(window):
    async with begin(window):
        window.answering = Model()
        decode(window, 0, tokens=20)
    assert window.board.status.tokens_per_second is None


async def test_whoever_wants_to_give_way_is_told_of_each_generation(window):
    lanes = []
    window.generations.when_generating(lanes.append)
    for lane in (p.Lane.completion, p.Lane.chat):
        params = p.GenerateParams(
            lane=lane,
            prompt=p.RawPrompt(kind="raw", text="x"),
            sampling=p.Sampling(max_new_tokens=1),
        )
        async with window.generations.begin(window.model, params, lambda chunk: None):
            assert lanes[-1] is lane
    assert lanes == [p.Lane.completion, p.Lane.chat]
