"""How fast the device is, from how its answers went."""

import pytest
from phi_sidecar.completion.pace import Pace
from phi_sidecar.generated.protocol import GenerationMetrics


def went(**other):
    said = {
        "ttft_ms": 50.0, "tpot_ms": 10.0, "total_ms": 150.0, "prompt_tokens": 500,
        "cached_tokens": 480, "completion_tokens": 10, "executing_device": "CPU",
    }  # fmt: skip
    return GenerationMetrics(**{**said, **other})


def test_before_the_first_answer_nothing_is_known():
    assert Pace() == Pace.expected(None)
    assert Pace().latency_ms is Pace().tpot_ms is Pace().prefill_tokens_per_s is None


def test_the_speed_of_an_earlier_day_is_where_it_begins():
    pace = Pace.expected(tokens_per_s=50)
    assert pace.tpot_ms == 20
    assert pace.latency_ms == 240


def test_the_first_answer_counts_whole_and_later_ones_move_the_mean():
    pace = Pace().after(went())
    assert (pace.latency_ms, pace.tpot_ms) == (150, 10)
    slowed = pace.after(went(total_ms=1_150, tpot_ms=110))
    assert slowed.latency_ms == pytest.approx(350)
    assert slowed.tpot_ms == pytest.approx(30)


def test_an_answer_of_one_token_says_nothing_of_the_time_per_token():
    assert Pace().after(went(tpot_ms=None)).tpot_ms is None
    assert Pace.expected(50).after(went(tpot_ms=None)).tpot_ms == 20


def test_the_reading_speed_is_of_the_tokens_that_were_not_cached():
    cold = went(ttft_ms=500, prompt_tokens=600, cached_tokens=100)
    assert Pace().after(cold).prefill_tokens_per_s == 1_000


def test_a_few_new_tokens_say_nothing_of_the_reading_speed():
    assert Pace().after(went()).prefill_tokens_per_s is None
    none_came = went(ttft_ms=None, cached_tokens=0)
    assert Pace().after(none_came).prefill_tokens_per_s is None
