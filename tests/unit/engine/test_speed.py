import pytest
from phi_sidecar.engine.speed import TOLD_EVERY_S, WINDOW_S, LiveSpeed


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def speeds(*seen):
    """What is told of tokens that come at times: pairs of seconds and tokens so far."""
    clock = Clock()
    live, told = LiveSpeed(clock), []
    for now_s, tokens in seen:
        clock.now_s = 100.0 + now_s
        if (speed := live.add(tokens)) is not None:
            told.append(speed)
    return told


def test_the_prefill_does_not_count():
    # The first token came after five seconds, the others 50 a second.
    told = speeds(*((5 + n / 50, n + 1) for n in range(51)))
    assert told == pytest.approx([50] * len(told))
    assert told


def test_it_is_told_four_times_a_second_at_most():
    told = speeds(*((n / 100, n) for n in range(1, 301)))
    assert len(told) == 3 / TOLD_EVERY_S - 1


def test_nothing_is_told_of_an_answer_that_has_just_begun():
    assert speeds((0, 1), (0.1, 5)) == []


def test_what_slows_it_shows_after_a_moment():
    fast = [(n / 100, n) for n in range(1, 301)]
    slow = [(3 + n / 10, 300 + n) for n in range(1, 41)]
    told = speeds(*fast, *slow)
    assert told[2] == pytest.approx(100)
    assert told[-1] == pytest.approx(10)
    assert WINDOW_S < 4


def test_a_long_pause_counts():
    told = speeds((0, 1), (0.5, 51), (10.5, 61))
    assert told == pytest.approx([100, 1])
