"""Requests that follow one another while a person types."""

import asyncio
import time
from dataclasses import replace

import pytest
from phi_sidecar.completion.cache import Place
from phi_sidecar.engine.completion import completer
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.runs import Path, Run, Runs
from phi_sidecar.errors import NotReady, WorkerDied
from phi_sidecar.generated import protocol as p

URI = "file:///work/a.py"


async def test_an_answer_becomes_a_suggestion(window, model):
    window.show("x = █")
    model.will_say(" compute(1)\n")
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.suggested
    assert completion.text == "compute(1)"
    assert completion.result.metrics is model.metrics


async def test_a_request_taken_back_before_the_first_token_leaves_nothing_behind(
    window, model, until
):
    window.show("x = █")
    model.hold()
    before = asyncio.all_tasks()
    first = asyncio.create_task(window.ask())
    await until(lambda: len(model.asked) == 1)
    window.type("c")
    second = asyncio.create_task(window.ask())
    await asyncio.wait([first])
    second.cancel()
    await until(lambda: asyncio.all_tasks() == before)


async def test_a_model_is_told_where_a_file_lies_in_its_folder_and_no_more(window):
    window.show("x = █")
    cursor = replace(window.cursor(), within=("src/a.py",))
    assert cursor.told.path == "src/a.py"
    assert cursor.document.path == "/work/a.py"
    assert window.cursor().told.path == "/work/a.py"


async def test_what_is_typed_along_a_suggestion_is_answered_without_the_model(window, model):
    window.show("x = █")
    model.will_say(" compute(1)\n")
    await window.ask()
    window.type("comp")
    completion = await window.ask()
    assert completion.text == "ute(1)"
    assert completion.from_cache
    assert len(model.asked) == 1


async def test_a_key_along_an_answer_on_its_way_waits_for_that_answer(window, model, until):
    window.show("x = █")
    model.will_say(" compute(1) + 2\n")
    model.hold(before_token=1)
    first = asyncio.create_task(window.ask())
    await until(lambda: model.said == [1])
    window.type("c")
    second = asyncio.create_task(window.ask())
    await asyncio.sleep(0)
    model.goes_on.set()
    assert (await second).text == "ompute(1) + 2"
    assert (await first).outcome is p.CompletionOutcome.stale
    assert len(model.asked) == 1


async def test_it_waits_for_it_too_where_the_editor_took_the_first_request_back(
    window, model, until
):
    window.show("x = █")
    model.will_say(" compute(1) + 2\n")
    model.hold(before_token=1)
    first = asyncio.create_task(window.ask())
    await until(lambda: model.said == [1])
    window.type("c")
    first.cancel()
    await asyncio.wait([first])
    second = asyncio.create_task(window.ask())
    model.goes_on.set()
    assert (await second).text == "ompute(1) + 2"
    assert len(model.asked) == 1


async def test_a_key_that_departs_from_the_answer_on_its_way_ends_it_at_once(window, model, until):
    window.show("x = █")
    model.will_say(" compute(1)\n", " max(y)\n")
    model.hold(before_token=1)
    first = asyncio.create_task(window.ask())
    await until(lambda: model.said == [1])
    window.type("m")
    await until(lambda: model.under_way == 0)
    model.goes_on.set()
    assert (await window.ask()).text == "ax(y)"
    assert (await first).outcome is p.CompletionOutcome.stale
    assert model.said[0] == 1


async def test_a_change_elsewhere_in_the_document_ends_what_is_under_way(window, model, until):
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.hold()
    asked = asyncio.create_task(window.ask())
    await until(lambda: model.under_way == 1)
    window.before = "import os\n" + window.before
    window.type("")
    assert (await asked).outcome is p.CompletionOutcome.stale
    assert model.under_way == 0


@pytest.mark.parametrize(("key", "text", "questions"), [("c", "ompute(1)", 1), ("m", "ax(y)", 2)])
async def test_a_key_before_the_first_token_waits_for_it_to_see_whether_it_agrees(
    key, text, questions, window, model, until
):
    window.show("x = █")
    model.will_say(" compute(1)\n", " max(y)\n")
    model.hold()
    first = asyncio.create_task(window.ask())
    await until(lambda: model.under_way == 1)
    window.type(key)
    first.cancel()
    second = asyncio.create_task(window.ask())
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(model.asked) == 1
    model.goes_on.set()
    assert (await second).text == text
    assert len(model.asked) == questions
    assert model.under_way == 0


@pytest.mark.parametrize("invoked", [False, True])
async def test_nothing_goes_on_for_long_that_nobody_waits_for(
    invoked, window, model, until, monkeypatch
):
    monkeypatch.setattr(completer, "GRACE_S", 60 if invoked else 0)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.hold()
    asked = asyncio.create_task(window.ask(invoked=invoked))
    await until(lambda: model.under_way == 1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await until(lambda: model.under_way == 0)


async def test_the_newest_of_two_places_is_worked_on(window, model, until):
    window.show("x = 1\ny = █")
    model.will_say(" 2\n", " 3\n")
    model.hold()
    older = asyncio.create_task(window.ask())
    await until(lambda: model.under_way == 1)
    window.before, window.after = "x = 1\nyy = ", "\n"
    newest = asyncio.create_task(window.ask())
    await until(lambda: len(model.asked) == 2)
    assert model.under_way == 1
    model.goes_on.set()
    assert (await older).outcome is p.CompletionOutcome.superseded
    assert (await newest).text == "3"


async def test_where_the_model_had_nothing_to_say_it_is_not_asked_again(window, model):
    window.show("x = f(1)█")
    model.will_say("\n")
    assert (await window.ask()).outcome is p.CompletionOutcome.nothing_to_add
    again = await window.ask()
    assert again.outcome is p.CompletionOutcome.nothing_to_add
    assert again.from_cache
    assert len(model.asked) == 1
    await window.ask(invoked=True)
    assert len(model.asked) == 2


async def test_another_model_is_asked_afresh(window, model, engine):
    window.show("x = █")
    model.will_say(" 1\n", " 2\n")
    await window.ask()
    engine.choose("y/GPU")
    assert (await window.ask()).text == "2"


@pytest.mark.parametrize("error", [NotReady("It is loading."), WorkerDied("It died.")])
async def test_a_model_that_does_not_answer_is_said_to(error, window, model):
    window.show("x = █")
    model.error = error
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.not_ready
    assert completion.detail == str(error)


def path(before="x = ", after="\ny", lead="", replaced=0):
    return Path(Place(URI, before, after), lead, replaced)


@pytest.mark.parametrize(
    ("text", "said", "allowed"),
    [
        ("x = \ny", "", True),
        ("x = co\ny", "compute", True),
        ("x = compute(\ny", "compute", True),
        ("x = compute()\ny", "compute(1)", True),
        ("x = cX\ny", "compute", False),
        ("x = co\nyy", "compute", False),
        ("z = co\ny", "compute", False),
        ("x =\ny", "compute", False),
        ("x = a\r\n  b\ny", "a\n  b", True),
    ],
)
def test_a_document_stays_on_the_path_while_what_is_typed_agrees(text, said, allowed):
    assert path().allows(URI, text, said) is allowed


def test_a_long_paste_is_looked_at_in_no_time():
    pasted = "x = " + "def f(a):\n    return a\n" * 20_000 + ")\ny"
    began_s = time.perf_counter()
    assert not path().allows(URI, pasted, "compute")
    assert time.perf_counter() - began_s < 1


def test_another_document_leaves_the_path_alone():
    assert path().allows("file:///work/b.py", "anything")


def test_a_path_leads_over_what_a_suggestion_replaces():
    taken = path(before="f(", after=")\n", lead="a) + 1", replaced=1)
    assert taken.allows(URI, "f(a)\n")
    assert taken.allows(URI, "f(a) + 1\n", "\n")
    assert taken.typed_at(Place(URI, "f(a) + 1", "\n")) == "a) + 1"
    assert taken.typed_at(Place(URI, "f(a", ")\n")) == "a"
    assert taken.typed_at(Place(URI, "f(a", "+ 1\n")) is None


async def test_an_earlier_key_does_not_shorten_the_time_behind_a_later_one(until):
    runs = Runs()
    place = Place(uri=URI, before="x = ", after="")
    run = runs.begin(Run(Path(place), Asked(), asyncio.sleep(60)))
    for _ in range(2):  # Left at 0 s, and at 0.06 s.
        waiting = asyncio.create_task(runs.follow(run, 0.1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0.06)
    # By now the time behind the first is over, and that behind the second is not.
    assert not runs.idle
    await until(lambda: runs.idle)
