"""Ways of asking are compared by the holes that they fill rightly."""

import pytest
from phi_sidecar.errors import NotReady
from phi_sidecar.quality.comparison import Answer, Tried, advise, try_way, try_ways
from phi_sidecar.quality.exercises import exercises


def tried(name, right, of=40):
    return Tried(name, [Answer(f"s{n}", True, n < right, 1.0) for n in range(of)])


def solve(params):
    """Return what was taken away, by the text before it."""
    asked = params.prompt.text
    for exercise in exercises():
        head = exercise.before.rstrip()
        if asked.endswith(head) or head.endswith(asked.rstrip()):
            return [(exercise.before[len(head) :], -0.1), (exercise.text, -0.1), ("\n", -0.1)]
    return []


async def test_a_hole_that_is_filled_with_what_was_there_is_right(scripted_engine):
    engine = scripted_engine(solve)
    chosen = [each for each in exercises() if each.text == "return counts"]
    (answer,) = [answer async for answer in try_way(engine, None, chosen)]
    assert (answer.shown, answer.right) == (True, True)
    assert answer.source == "word_counts"
    assert answer.ms > 0


async def test_a_hole_that_is_filled_with_something_else_is_wrong(scripted_engine):
    engine = scripted_engine(lambda _: [("\n    return None", -0.1), ("\n", -0.1)])
    chosen = [each for each in exercises() if each.text == "return counts"]
    (answer,) = [answer async for answer in try_way(engine, None, chosen)]
    assert (answer.shown, answer.right) == (True, False)


async def test_a_hole_that_nothing_is_said_to_is_empty(scripted_engine):
    told = []
    chosen = exercises()[:2]
    ways = {"one": None}
    (one,) = await try_ways(
        scripted_engine(lambda _: []), ways, chosen, lambda name, done: told.append((name, done))
    )
    assert (one.right, one.empty) == (0, 2)
    assert told == [("one", 0), ("one", 1), ("one", 2)]


async def test_a_model_that_is_gone_is_no_wrong_answer(scripted_engine):
    def gone(_):
        raise NotReady("The model is gone.")

    with pytest.raises(NotReady, match="gone"):
        [answer async for answer in try_way(scripted_engine(gone), None, exercises()[:1])]


def test_a_way_that_fills_many_more_is_recommended():
    advice = advise([tried("now", 10), tried("other", 30), tried("third", 25)], "now")
    assert advice.name == "other"
    assert advice.more.difference == 0.5
    assert advice.more.low > 0
    assert "30 of 40" in advice.why


@pytest.mark.parametrize("right", [5, 10, 11])
def test_a_way_that_may_be_better_by_chance_is_not(right):
    assert advise([tried("now", 10), tried("other", right)], "now").name == "now"
