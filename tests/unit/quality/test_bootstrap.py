"""How much of a difference chance may explain."""

import pytest
from phi_sidecar.quality.bootstrap import Interval, Pair, Ratio, paired_interval, paired_ratio


def test_no_difference_is_none():
    pairs = [Pair(f"s{n}", n % 2, n % 2) for n in range(40)]
    assert paired_interval(pairs) == Interval(0.0, 0.0, 0.0)
    assert not paired_interval(pairs).excludes_none


def test_what_is_better_everywhere_is_better():
    interval = paired_interval([Pair(f"s{n}", 0, 1) for n in range(40)])
    assert interval == Interval(1.0, 1.0, 1.0)
    assert interval.excludes_none


def test_what_is_better_as_often_as_worse_tells_nothing():
    pairs = [Pair(f"s{n}", n % 2, 1 - n % 2) for n in range(40)]
    interval = paired_interval(pairs)
    assert interval.difference == 0
    assert interval.low < 0 < interval.high
    assert not interval.excludes_none


def test_a_small_gain_over_many_holes_is_certain_and_over_few_is_not():
    def gain(holes):
        return paired_interval([Pair(f"s{n}", 0, n % 5 == 0) for n in range(holes)])

    assert gain(200).excludes_none
    assert not gain(5).excludes_none
    assert gain(200).difference == pytest.approx(0.2)


def test_many_holes_of_one_source_count_as_one():
    alike = [Pair("the same", 0, 1) for _ in range(100)]
    others = [Pair(f"s{n}", 0.5, 0) for n in range(4)]
    assert not paired_interval([*alike, *others]).excludes_none


def test_the_same_pairs_have_the_same_interval_every_time():
    pairs = [Pair(f"s{n}", 0, n % 3 == 0) for n in range(50)]
    assert paired_interval(pairs) == paired_interval(pairs)


def test_twice_as_many_is_a_ratio_of_two():
    pairs = [Pair(f"s{n}", n % 4 == 0, n % 2 == 0) for n in range(200)]
    ratio = paired_ratio(pairs)
    assert ratio.times == 2.0
    assert 1.5 < ratio.low < 2.0 < ratio.high < 3.0


def test_a_gain_on_nothing_is_without_bound():
    assert paired_ratio([Pair("s", 0, 1)]).times == float("inf")
    assert paired_ratio([Pair("s", 0, 0)]) == Ratio(1.0, 1.0, 1.0)


def test_nothing_to_compare_tells_nothing():
    assert not paired_interval([]).excludes_none
    assert paired_ratio([]) == Ratio(1.0, 1.0, 1.0)
