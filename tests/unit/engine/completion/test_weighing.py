"""For a person who asks: other answers than the likeliest, and the one that fits best."""

import asyncio
import math

import pytest
from phi_sidecar.errors import RuntimeFailed
from phi_sidecar.generated import protocol as p

UNSURE, SURE = math.log(0.3), math.log(0.95)


@pytest.fixture
async def weighs(window, engine, model):
    """A model that can tell of given text, was not sure, and holds `right` for likelier."""
    engine.choose("x/CPU", given_text=True)
    model.log_prob = UNSURE
    model.will_say(" wrong(1)\n")
    model.instead = {1: " right(2)\n", 2: " other(3)\n"}
    model.weight = lambda text: -1.0 if "right" in text else -9.0
    window.show("x = █\ny = 2\n")
    return model


async def test_who_asks_gets_what_fits_best_before_what_follows(window, weighs):
    asked = await window.ask(invoked=True)
    assert asked.text == "right(2)"
    weighed = [params for params in weighs.asked if params.sampling.max_new_tokens == 1]
    assert {params.given for params in weighed} == {
        "\nx = wrong(1)\ny = 2\n",
        "\nx = right(2)\ny = 2\n",
        "\nx = other(3)\ny = 2\n",
    }
    for params in weighs.asked:
        assert f"{params.prompt.text}{params.given}".startswith("y = 2\n\n\nx =")
    assert all(params.lane is p.Lane.completion for params in weighs.asked)


async def test_the_first_answer_stands_where_nothing_fits_better(window, weighs):
    weighs.weight = lambda text: -2.0
    assert (await window.ask(invoked=True)).text == "wrong(1)"


async def test_who_types_does_not_wait_for_it(window, weighs):
    assert (await window.ask()).text == "wrong(1)"
    assert len(weighs.asked) == 1


async def test_who_asks_where_they_typed_gets_better_than_what_is_known(window, weighs):
    assert (await window.ask()).text == "wrong(1)"
    assert (await window.ask(invoked=True)).text == "right(2)"
    questions = len(weighs.asked)
    # Once is enough.
    again = await window.ask(invoked=True)
    assert (again.text, again.from_cache) == ("right(2)", True)
    assert (await window.ask()).text == "right(2)"
    assert len(weighs.asked) == questions


async def test_what_the_model_is_sure_of_is_not_weighed(window, weighs):
    weighs.log_prob = SURE
    assert (await window.ask(invoked=True)).text == "wrong(1)"
    assert (await window.ask(invoked=True)).from_cache
    assert len(weighs.asked) == 1
    for told in window.explain():
        assert all(each.stage is not p.CompletionStage.weighing for each in told.times)


async def test_where_nothing_follows_nothing_is_weighed(window, weighs):
    window.show("x = █\n")
    assert (await window.ask(invoked=True)).text == "wrong(1)"
    assert len(weighs.asked) == 1
    # Nor is it asked again for that.
    assert (await window.ask(invoked=True)).from_cache


async def test_a_backend_that_cannot_tell_of_given_text_is_not_asked(window, weighs, engine):
    engine.choose("y/CPU")
    assert (await window.ask(invoked=True)).text == "wrong(1)"
    assert len(weighs.asked) == 1


async def test_where_the_first_answer_cannot_be_shown_another_is(window, weighs):
    weighs.will_say(" str(str(str(str(str(str(str(\n")
    asked = await window.ask(invoked=True)
    assert asked.outcome is p.CompletionOutcome.suggested
    assert asked.text == "right(2)"


async def test_of_a_block_its_first_line_is_weighed_too(window, weighs):
    window.show("def f():\n    █\n    return 1\n")
    weighs.will_say("\n    a = 1\n    b = 2\n    return")
    weighs.instead = {}
    weighs.weight = lambda text: -1.0 if "a = 1" in text and "b = 2" not in text else -9.0
    assert (await window.ask(invoked=True)).text == "a = 1"


async def test_a_first_line_that_is_nothing_by_itself_is_not_weighed(window, weighs):
    window.show("def f():\n    █\n    return 1\n")
    weighs.will_say("\n    a = [\n        2,\n    ]\n    b = 1\n    return")
    weighs.instead = {}
    weighs.weight = lambda text: -9.0 if "2," in text else -1.0
    await window.ask(invoked=True)
    assert all("a = [\n    return" not in params.given for params in weighs.asked)


async def test_where_the_first_answer_cannot_be_weighed_it_stands(window, weighs):
    def weight(text):
        if "wrong" in text:
            raise RuntimeFailed("no")
        return -1.0

    weighs.weight = weight
    assert (await window.ask(invoked=True)).text == "wrong(1)"


async def test_what_cannot_be_weighed_is_left_out(window, weighs):
    def weight(text):
        if "right" in text:
            raise RuntimeFailed("no")
        return -1.0 if "other" in text else -9.0

    weighs.weight = weight
    assert (await window.ask(invoked=True)).text == "other(3)"


async def test_who_types_on_along_the_first_answer_has_it_at_once(window, weighs, until):
    weighs.hold(before_token=99)
    asking = asyncio.create_task(window.ask(invoked=True))
    await until(lambda: any(params.sampling.pass_over for params in weighs.asked))
    window.type("wr")
    typed = await window.ask()
    assert (typed.text, typed.from_cache) == ("ong(1)", True)
    await asking
    await until(lambda: not weighs.under_way)


async def test_what_goes_wrong_leaves_the_first_answer(window, weighs):
    weighs.instead = {1: RuntimeFailed("no"), 2: RuntimeFailed("no")}
    assert (await window.ask(invoked=True)).text == "wrong(1)"


async def test_a_model_that_takes_too_long_is_not_waited_for(window, weighs, monkeypatch):
    monkeypatch.setattr(window.completer, "_weighs_within_s", 0.1)
    weighs.hold(before_token=99)
    assert (await window.ask(invoked=True)).text == "wrong(1)"
    assert not weighs.under_way


async def test_a_model_whose_answers_take_too_long_is_asked_for_one(window, weighs, went):
    weighs.metrics = went(tokens=20, tpot_ms=90.0)
    assert (await window.ask(invoked=True)).text == "wrong(1)"
    assert len(weighs.asked) == 1


async def test_typing_ends_it(window, weighs, until):
    weighs.hold(before_token=99)
    asking = asyncio.create_task(window.ask(invoked=True))
    await until(lambda: any(params.sampling.pass_over for params in weighs.asked))
    window.type("something else")
    assert (await asking).outcome in (p.CompletionOutcome.stale, p.CompletionOutcome.superseded)
    await until(lambda: not weighs.under_way)


async def test_the_explanation_tells_of_it(window, weighs):
    await window.ask(invoked=True)
    (told,) = window.explain()
    assert told.times[-1].stage is p.CompletionStage.weighing
    change = told.changes[-1]
    assert (change.filter, change.before, change.after) == ("weighing", "wrong(1)", "right(2)")
