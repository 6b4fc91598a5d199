"""What was put into a hole is judged."""

import pytest
from phi_sidecar.quality.sandbox import Verdict
from quality import humaneval
from quality.cutting import cut
from quality.filling import Filling
from quality.holes import Hole, Kind
from quality.records import judge


@pytest.fixture(scope="module")
def tested():
    """A hole in code that has tests: `return number % 1.0`."""
    (task,) = (task for task in humaneval.even_tasks() if task.name == "HumanEval/2")
    (hole,) = cut(task.source, Kind.SINGLE_LINE)
    return hole


@pytest.fixture
def untested():
    return Hole("group", "source", "python", Kind.LINE_REST, "x = f(", "a, b)", "\ny = 2\n")


def filling(text, **told):
    return Filling(text, "suggested", 1.0, **told)


async def test_another_text_that_does_the_same_passes(tested):
    record = await judge(tested, filling("return number - int(number)"))
    assert record.verdict is Verdict.PASSED
    assert record.passed
    assert not record.exact


async def test_a_text_that_does_something_else_fails(tested):
    record = await judge(tested, filling("return number"))
    assert record.verdict is Verdict.FAILED
    assert not record.passed


async def test_a_first_line_that_is_right_is_told_apart_from_the_rest(tested):
    record = await judge(tested, filling("return number % 1.0\nraise ValueError"))
    assert record.verdict is Verdict.FAILED
    assert record.first_line_verdict is Verdict.PASSED
    assert record.first_line_exact


async def test_nothing_shown_is_nothing_right(tested, untested):
    for hole in (tested, untested):
        record = await judge(hole, Filling("", "nothingToAdd", 1.0))
        assert not record.is_shown
        assert not record.passed
        assert record.draft_right is None


async def test_a_filter_that_took_a_right_text_away_is_found_out(tested, untested):
    for hole in (tested, untested):
        spoilt = await judge(hole, Filling("", "filtered", 1.0, draft=hole.text))
        assert spoilt.draft_right
        assert not spoilt.passed
        mended = await judge(hole, filling(hole.text, draft="nothing of sense("))
        assert mended.passed
        assert mended.draft_right is False


async def test_what_a_text_replaces_is_gone():
    hole = Hole("group", "source", "python", Kind.LINE_REST, "x = f(", "a, b", ")\ny = 2\n")
    record = await judge(hole, filling("a, b)", replace_after=1))
    assert record.exact
    assert record.first_line_exact
    assert not (await judge(hole, filling("a, b)"))).exact
