"""How sure the model was is told from the tokens of what is shown."""

import math

import pytest
from quality import certainty
from quality.certainty import SCORES, agreement, shown_of
from quality.filling import Said


def said(*told):
    return tuple(Said(text, 1, math.log(probability)) for text, probability in told)


ANSWER = said(("\n   ", 0.9), (" result", 0.5), (" = 1", 0.8), ("\n", 0.4), ("x = 2", 0.1))


def test_what_is_shown_is_found_in_what_was_said(record):
    told = record(shown="result = 1", said=ANSWER)
    assert [each.text for each in shown_of(told, told.shown)] == [" result", " = 1"]


def test_a_stretch_that_is_shown_in_part_counts(record):
    told = record(shown="sult = 1", said=ANSWER)
    assert [each.text for each in shown_of(told, told.shown)] == [" result", " = 1"]


def test_where_a_filter_changed_the_midst_all_that_was_said_counts(record):
    assert shown_of(record(shown="result == 1", said=ANSWER), "result == 1") == ANSWER


def test_every_score_is_of_the_tokens_shown(record):
    told = record(shown="result = 1\nx = 2", said=ANSWER, confidence=0.7)
    assert {name: score(told) for name, score in SCORES.items()} == pytest.approx(
        {
            "the product's": 0.7,
            "mean": (0.5 * 0.8 * 0.4 * 0.1) ** (1 / 4),
            "mean of the first line": math.sqrt(0.5 * 0.8),
            "least": 0.1,
            "first": 0.5,
            "all together": 0.5 * 0.8 * 0.4 * 0.1,
            "between mean and all": (0.5 * 0.8 * 0.4 * 0.1) ** (1 / 2),
        }
    )


def test_several_tokens_of_one_stretch_weigh_as_many(record):
    told = record(shown="ab c", said=(Said("ab", 3, math.log(0.001)), Said(" c", 1, 0.0)))
    assert certainty.mean(told) == pytest.approx(0.001 ** (1 / 4))


def test_where_the_model_does_not_tell_nobody_knows(record):
    silent = record(shown="x", said=(Said("x", 1, None),))
    nothing = record(shown="x", said=())
    assert {score(each) for score in SCORES.values() for each in (silent, nothing)} == {None}


def test_those_that_agree_with_another_run_come_first(record):
    score = agreement([record("1", shown="a\nb"), record("2", shown="c")])
    alike = record("1", shown="a", said=said(("a", 0.1)))
    other = record("2", shown="d", said=said(("d", 0.9)))
    unknown = record("3", shown="d", said=said(("d", 0.9)))
    assert score(alike) > score(other)
    assert score(unknown) is None
