"""Statistics of repeated measurements."""

import pytest
from measuring.figures import Aim, Spread, difference, excess_percent, percentile


def test_a_spread_has_the_median_and_the_ends():
    assert Spread.of([5.0, 1.0, 9.0, 2.0]) == Spread(median=3.5, least=1.0, most=9.0, count=4)


def test_nothing_measured_has_no_spread():
    assert Spread.of([]) is None


@pytest.mark.parametrize(("percent", "expected"), [(50, 2.0), (95, 4.0), (100, 4.0), (1, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(percent, expected):
    assert percentile([4.0, 2.0, 3.0, 1.0], percent) == expected


def test_nothing_measured_has_no_percentile():
    assert percentile([], 95) is None


def test_overhead_is_between_the_medians_not_the_means():
    assert difference([10.0, 12.0, 500.0], [9.0, 7.0, 8.0]) == 4.0
    assert excess_percent([10.0, 12.0, 500.0], [9.0, 7.0, 8.0]) == 50.0


def test_overhead_over_nothing_is_not_told():
    assert difference([1.0], []) is None
    assert excess_percent([], [1.0]) is None


@pytest.mark.parametrize(("measured", "met"), [(4.0, True), (5.0, True), (5.1, False)])
def test_an_aim_is_met_up_to_its_limit(measured, met):
    assert Aim("overhead", measured, 5.0, "ms").met is met


def test_an_aim_that_could_not_be_measured_is_neither_met_nor_missed():
    aim = Aim("activation", None, 50.0, "ms")
    assert aim.met is None
    assert aim.ratio is None
