"""What is computed while a suggestion is looked at."""

import asyncio
import gc
from dataclasses import replace

import pytest
from phi_sidecar.engine.completion import completer, look_ahead
from phi_sidecar.errors import WorkerDied
from phi_sidecar.generated import protocol as p

URI = "file:///work/a.py"


async def suggested(window, model, *next_answers, document="def f(a, b):\n    c = █"):
    window.show(document)
    model.will_say(" a + b\n", *next_answers)
    completion = await window.ask()
    assert completion.text == "a + b"
    return completion


async def turns(count=50):
    """Let everything happen that is about to."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_next_line_is_there_when_enter_is_pressed(window, model, until):
    await suggested(window, model, "\n    return c\n")
    window.shown()
    await until(lambda: len(model.asked) == 2 and model.under_way == 0)
    window.type("a + b")
    window.accepted(length=5)
    window.type("\n    ")
    completion = await window.ask()
    assert completion.text == "return c"
    assert completion.looked_ahead
    assert completion.from_cache
    assert len(model.asked) == 2


async def test_one_that_is_still_on_its_way_is_waited_for(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold(before_token=1)
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.type("a + b")
    window.accepted(length=5)
    window.type("\n    ")
    asked = asyncio.create_task(window.ask())
    await turns()
    model.goes_on.set()
    completion = await asked
    assert completion.text == "return c"
    assert completion.looked_ahead
    assert len(model.asked) == 2


async def test_what_a_person_waits_for_is_not_ended_with_the_looking_ahead(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold(before_token=1)
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.type("a + b\n    ")
    asked = asyncio.create_task(window.ask())
    await turns()
    window.completer.give_way()
    model.goes_on.set()
    assert (await asked).text == "return c"
    assert len(model.asked) == 2


async def test_at_the_end_of_the_line_nothing_is_asked(window, model, until):
    await suggested(window, model, "\n    return c\n")
    window.shown()
    await until(lambda: len(model.asked) == 2 and model.under_way == 0)
    window.type("a + b")
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.unsuitable_place
    assert "Enter" in completion.detail
    assert len(model.asked) == 2


async def test_a_line_that_goes_on_is_looked_past_where_it_goes_on(window, model, until):
    window.show("def f(a, b):\n    c = max(█")
    model.will_say("a\n", "a, b)\n")
    assert (await window.ask()).text == "a"
    window.shown()
    await until(lambda: len(model.asked) == 2 and model.under_way == 0)
    window.type("a")
    completion = await window.ask()
    assert completion.looked_ahead
    assert completion.text == ", b)"


async def test_another_line_than_the_expected_one_is_asked_about(window, model, until):
    await suggested(window, model, "\n    return c\n", "\ndef g():\n    pass\n")
    window.shown()
    await until(lambda: len(model.asked) == 2 and model.under_way == 0)
    window.type("a + b\n\n\n")
    completion = await window.ask()
    assert not completion.looked_ahead
    assert len(model.asked) == 3


async def test_while_the_suggestion_is_typed_along_it_goes_on(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold(before_token=1)
    window.shown()
    await until(lambda: len(model.asked) == 2)
    for key in "a +":
        window.type(key)
        assert (await window.ask()).from_cache
        window.shown()
    await turns()
    assert model.under_way == 1
    assert len(model.asked) == 2


async def test_a_key_that_departs_ends_it_at_once(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.type("b")
    await until(lambda: model.under_way == 0)


async def test_a_request_elsewhere_ends_it_at_once(window, model, until):
    await suggested(window, model, "\n    return c\n", " 1\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.before, window.after = "x = ", ""
    asked = asyncio.create_task(window.ask())
    await until(lambda: len(model.asked) == 3)
    assert model.under_way == 1
    model.goes_on.set()
    assert (await asked).text == "1"


async def test_esc_ends_it_at_once(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.rejected()
    await until(lambda: model.under_way == 0)


async def test_a_chat_ends_it_and_it_begins_again_with_the_next_part_taken(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.completer.give_way()
    await until(lambda: model.under_way == 0)
    window.type("a")
    window.accepted(p.AcceptedPart.word, 1)
    await until(lambda: len(model.asked) == 3)


async def test_turning_it_off_ends_it(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.set(completion_look_ahead=False)
    await until(lambda: model.under_way == 0)


async def test_closing_the_document_ends_it(window, model, until):
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: len(model.asked) == 2)
    window.completer.forget(URI)
    await until(lambda: model.under_way == 0)


async def test_it_is_no_use_twice(window, model, until):
    await suggested(window, model, "\n    return c\n")
    for _ in range(3):
        window.shown()
        await turns()
    assert len(model.asked) == 2


def off(window, engine, monkeypatch, why):
    match why:
        case "the setting":
            window.set(completion_look_ahead=False)
        case "one thing at a time":
            engine.choose("x/CPU", concurrent_requests=False)
        case "a prefill cannot be cancelled":
            engine.choose("x/CPU", cancel_during_prefill=False)
        case "a chat is answered":
            engine.status = replace(engine.status, generating=True)
        case "a switch is under way":
            engine.status = replace(engine.status, progress=p.StepProgress(step="Loading"))
        case "no model":
            engine.status = replace(engine.status, phase=p.Phase.loading)
        case "on battery":
            monkeypatch.setattr(completer, "on_battery", lambda: True)


@pytest.mark.parametrize(
    "why",
    [
        "the setting",
        "one thing at a time",
        "a prefill cannot be cancelled",
        "a chat is answered",
        "a switch is under way",
        "no model",
        "on battery",
    ],
)
async def test_nothing_is_computed_in_advance_where(why, window, model, engine, monkeypatch):
    await suggested(window, model, "\n    return c\n")
    off(window, engine, monkeypatch, why)
    window.shown()
    await turns()
    assert len(model.asked) == 1


async def test_it_waits_until_nobody_types_on(window, model, monkeypatch, until):
    monkeypatch.setattr(look_ahead, "AFTER_S", 60)
    await suggested(window, model, " c\n")
    window.shown()
    window.type("b")
    window.show("def f(a, b):\n    c = 2\n    d = █")
    assert (await window.ask()).text == "c"
    await turns()
    assert len(model.asked) == 2


async def test_a_suggestion_nobody_remembers_is_looked_past_in_silence(window, model):
    window.completer.feedback.shown("completion-99")
    window.completer.feedback.accepted("completion-99", p.AcceptedPart.all, 3)
    window.completer.feedback.rejected("completion-99", p.RejectionReason.dismissed)
    await turns()
    assert model.asked == []


async def test_a_model_that_fails_meanwhile_is_no_error_of_anybodys(window, model, until):
    await suggested(window, model, "\n    return c\n")
    loop_errors = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: loop_errors.append(told))
    model.error = WorkerDied("It died.")
    window.shown()
    await until(lambda: model.refused == 1)
    await turns()
    gc.collect()
    assert loop_errors == []
    window.type("a")
    assert (await window.ask()).text == " + b"


async def test_asking_at_the_end_of_the_taken_line_leaves_it_under_way(
    window, model, until, monkeypatch
):
    monkeypatch.setattr(completer, "GRACE_S", 0)
    await suggested(window, model, "\n    return c\n")
    model.hold()
    window.shown()
    await until(lambda: model.under_way == 1)
    window.type("a + b")
    window.accepted(length=5)
    assert (await window.ask()).outcome is p.CompletionOutcome.unsuitable_place
    await asyncio.sleep(0.01)
    assert model.under_way == 1
