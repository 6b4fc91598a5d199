"""A threshold on how sure the model was decides what is shown."""

import pytest
from quality.silence import (
    Suggestion,
    area,
    area_difference,
    fit,
    right_range,
    shown_at,
)


def among(*told):
    return [Suggestion(f"s{n}", sure, right) for n, (sure, right) in enumerate(told)]


TELLING = among(*((0.9, True),) * 10, *((0.3, False),) * 30)
BLIND = among(*((0.5, True),) * 10, *((0.5, False),) * 30)


def test_a_threshold_leaves_the_surest():
    shown = shown_at(0.5, among((0.9, True), (0.6, False), (0.4, True), (0.2, False)))
    assert (shown.share, shown.right, shown.kept) == (0.5, 0.5, 0.5)
    assert shown_at(0.0, TELLING).right == 0.25
    nothing = shown_at(1.0, TELLING)
    assert (nothing.share, nothing.right, nothing.kept) == (0.0, 0.0, 0.0)


def test_a_score_that_tells_right_from_wrong_is_fitted_between_them():
    assert 0.3 < fit(TELLING, 1.0) <= 0.9
    assert shown_at(fit(TELLING, 0.5), TELLING).right == 1.0


def test_of_thresholds_that_chance_may_part_the_lowest_is_fitted():
    alike = among(*((0.8, True),) * 10, (0.4, True), *((0.2, False),) * 20, (0.3, False))
    assert 0.2 < fit(alike, 0.5) <= 0.4
    assert fit([], 0.5) == 0.0


def test_a_score_that_tells_nothing_leaves_everything_shown():
    assert shown_at(fit(BLIND, 0.5), BLIND).share == 1.0


def test_the_more_being_right_counts_the_fewer_are_shown():
    mixed = among(
        *((0.9, True),) * 5, *((0.6, True),) * 10, *((0.6, False),) * 10, *((0.2, False),) * 5
    )
    assert fit(mixed, 0.2) > fit(mixed, 2.0)


def test_the_area_is_one_where_all_right_ones_come_first_and_all_are_right():
    assert area(among((0.9, True), (0.8, True))) == 1.0
    assert area(among((0.9, False), (0.8, False))) == 0.0


def test_the_area_of_a_score_that_tells_nothing_is_the_share_of_right_ones():
    assert area(BLIND) == pytest.approx(0.25)


def test_the_area_is_larger_for_the_better_order():
    good = among((0.9, True), (0.8, True), (0.7, False), (0.6, False))
    bad = among((0.6, True), (0.7, True), (0.8, False), (0.9, False))
    assert area(good) > 0.7 > 0.3 > area(bad)


def test_a_suggestion_that_is_drawn_twice_counts_twice():
    once = among((0.9, True), (0.5, False))
    assert area(once, [3, 1]) == pytest.approx(area(among(*((0.9, True),) * 3, (0.5, False))))
    assert area(once, [0, 1]) == 0.0


def test_a_better_score_is_told_from_one_that_is_better_by_chance():
    better = area_difference(BLIND, TELLING)
    assert better.low > 0
    assert better.low <= better.value <= better.high
    same = area_difference(TELLING, TELLING)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_the_share_of_right_ones_has_an_interval():
    rights = right_range(0.0, TELLING)
    assert rights.low < rights.value == 0.25 < rights.high
    assert right_range(0.0, []).value == 0.0
