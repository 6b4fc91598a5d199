"""How near a filling is to what was there."""

import random

import pytest
from quality.scoring import edit_distance, edits, same_code, similarity


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_the_distance_counts_what_must_be_changed(one, other, distance):
    assert edit_distance(one, other) == distance
    assert edit_distance(other, one) == distance


def test_the_distance_is_never_longer_than_a_way_by_a_third_text():
    chance = random.Random(7)
    for _ in range(200):
        a, b, c = ("".join(chance.choices("abc", k=chance.randrange(8))) for _ in range(3))
        assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_similarity_is_one_for_the_same_and_nothing_for_all_else():
    assert similarity("return x", "return x") == 1
    assert similarity("", "") == 1
    assert similarity("abc", "xyz") == 0
    assert similarity("", "abc") == 0


def test_the_distance_can_be_told_from_the_similarity():
    for one, other in [("kitten", "sitting"), ("", "abc"), ("same", "same"), ("", "")]:
        assert edits(similarity(one, other), one, other) == edit_distance(one, other)


def test_whitespace_at_the_ends_of_lines_is_no_difference():
    assert same_code("a \nb\n", "a\nb")
    assert not same_code("a\n b", "a\nb")
