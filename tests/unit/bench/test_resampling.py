"""What chance leaves of a ratio."""

from statistics import median

import pytest
from completing.resampling import paired_ratio


def test_the_ratio_of_two_like_samples_is_one_without_doubt():
    sample = {stretch: [10.0 + stretch, 20.0 + stretch] for stretch in range(12)}
    ratio = paired_ratio(sample, sample, median)
    assert (ratio.value, ratio.low, ratio.high) == (1.0, 1.0, 1.0)


def test_half_of_every_value_is_half_however_they_are_drawn():
    theirs = {stretch: [100.0 * (stretch + 1)] for stretch in range(12)}
    ours = {stretch: [value / 2 for value in values] for stretch, values in theirs.items()}
    ratio = paired_ratio(ours, theirs, median)
    assert ratio.value == ratio.low == ratio.high == 0.5


def test_the_interval_is_wider_where_stretches_differ():
    theirs = {stretch: [100.0] for stretch in range(12)}
    ours = {stretch: [50.0 if stretch % 2 else 150.0] for stretch in range(12)}
    ratio = paired_ratio(ours, theirs, lambda values: sum(values) / len(values))
    assert ratio.value == 1.0
    assert 0.5 <= ratio.low < 0.9 < 1.1 < ratio.high <= 1.5


def test_what_was_drawn_once_is_drawn_again():
    theirs = {stretch: [100.0 + stretch] for stretch in range(12)}
    ours = {stretch: [60.0 - 3 * stretch] for stretch in range(12)}
    assert paired_ratio(ours, theirs, median) == paired_ratio(ours, theirs, median)


def test_a_stretch_where_only_one_side_has_values_still_counts_for_it():
    ratio = paired_ratio({0: [10.0], 1: [30.0]}, {0: [40.0]}, max)
    assert (ratio.ours, ratio.theirs) == (30.0, 40.0)


@pytest.mark.parametrize(("ours", "theirs"), [({}, {0: [1.0]}), ({0: [1.0]}, {}), ({}, {})])
def test_there_is_no_ratio_to_nothing(ours, theirs):
    assert paired_ratio(ours, theirs, median) is None


def test_there_is_no_ratio_to_a_peer_that_needs_no_time():
    assert paired_ratio({0: [1.0]}, {0: [0.0]}, median) is None


def test_one_stretch_has_a_ratio_and_no_interval():
    ratio = paired_ratio({0: [1.0]}, {0: [2.0]}, median)
    assert (ratio.value, ratio.low, ratio.high) == (0.5, None, None)
