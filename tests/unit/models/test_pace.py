"""How long a download is said to take."""

import pytest
from phi_sidecar.models.pace import Pace


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def after(pace, clock, seconds, done, total=1000):
    clock.now_s += seconds
    return pace.seconds_left(done, total)


def test_nothing_is_said_before_a_second_has_passed(clock):
    pace = Pace(clock)
    assert pace.seconds_left(0, 1000) is None
    assert after(pace, clock, 0.5, 100) is None


def test_the_rest_takes_as_long_as_it_took_so_far(clock):
    pace = Pace(clock)
    pace.seconds_left(0, 1000)
    assert after(pace, clock, 2, 200) == pytest.approx(8)
    assert after(pace, clock, 8, 1000) == 0


def test_what_was_there_before_does_not_count_as_fast(clock):
    pace = Pace(clock)
    pace.seconds_left(900, 1000)
    assert after(pace, clock, 2, 910) == pytest.approx(18)


def test_only_the_last_seconds_count(clock):
    pace = Pace(clock)
    pace.seconds_left(0, 10_000)
    for second in range(1, 61):
        after(pace, clock, 1, second, 10_000)
    left_s = [after(pace, clock, 1, 60 + 100 * n, 10_000) for n in range(1, 31)][-1]
    assert left_s == pytest.approx((10_000 - 3060) / 100)


def test_a_standstill_says_nothing(clock):
    pace = Pace(clock)
    pace.seconds_left(500, 1000)
    for _ in range(30):
        left_s = after(pace, clock, 1, 500)
    assert left_s is None


def test_a_file_that_begins_anew_begins_the_estimate_anew(clock):
    pace = Pace(clock)
    pace.seconds_left(0, 1000)
    after(pace, clock, 5, 500)
    assert after(pace, clock, 1, 0) is None
    assert after(pace, clock, 2, 100) == pytest.approx(18)
