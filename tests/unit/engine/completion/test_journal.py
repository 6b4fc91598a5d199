"""Why there was, or was not, a suggestion."""

import asyncio

import pytest
from phi_sidecar.engine.completion.journal import REMEMBERED, Journal, utf16_units
from phi_sidecar.errors import NotReady
from phi_sidecar.generated import protocol as p

Stage = p.CompletionStage


async def test_a_request_is_explained_from_the_pause_to_the_last_filter(window, model, went):
    window.show("import os\nx = f(█)")
    model.will_say("a, b))\nprint")
    model.log_prob = -0.5
    model.metrics = went(ttft_ms=20, total_ms=70)
    completion = await window.ask()
    (told,) = window.explain()
    assert told.trace_id == window.id
    assert told.position == p.Position(line=1, character=6)
    assert told.outcome is p.CompletionOutcome.suggested
    assert told.accelerator == "x/CPU"
    assert told.model == "A model"
    assert told.question.prompt.endswith("x = f(")
    assert told.question.mode == "singleLine"
    assert told.question.strategy
    assert told.answer.startswith("a, b)")
    assert told.changes
    assert told.changes[-1].after == completion.text == "a, b"
    assert all(change.before != change.after for change in told.changes)
    assert told.confidence == completion.confidence
    # Who types does not wait for others to be weighed.
    assert [each.stage for each in told.times] == [each for each in Stage if each != "weighing"]
    times = {each.stage: each.ms for each in told.times}
    assert times[Stage.prefill] == 20
    assert times[Stage.decode] == 50
    assert told.metrics is model.metrics


async def test_an_answer_that_a_filter_dropped_is_told_with_its_reason(window, model):
    window.show("x = █\ny = 2\n")
    model.will_say(" str(str(str(str(str(str(str(\n")
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.filtered
    (told,) = window.explain()
    assert told.detail == completion.detail
    assert told.changes[-1].after is None
    assert told.changes[-1].detail == completion.detail


async def test_what_was_not_asked_has_no_question(window, model):
    window.show("x = comp█ute")
    await window.ask()
    window.set(completion_enabled=False)
    await window.ask()
    off, word = window.explain()
    assert off.outcome is p.CompletionOutcome.language_off
    assert word.outcome is p.CompletionOutcome.unsuitable_place
    for told in (off, word):
        assert told.question is None
        assert told.answer is None
        assert told.metrics is None


async def test_one_of_an_excluded_file_holds_nothing_of_it(window, model):
    window.set(completion_exclude=["**/a.py"])
    window.show("password = █")
    assert (await window.ask()).outcome is p.CompletionOutcome.excluded_file
    (told,) = window.explain()
    assert "password" not in repr(told)


async def test_requests_that_were_overtaken_are_told_as_far_as_they_came(window, model, until):
    window.show("x = █")
    model.will_say(" compute(1)\n", " 2\n")
    model.hold(before_token=1)
    overtaken = asyncio.create_task(window.ask())
    await until(lambda: model.said == [1])
    taken_back = asyncio.create_task(window.ask())
    await asyncio.sleep(0)
    taken_back.cancel()
    await asyncio.wait([overtaken, taken_back])
    second, first = window.explain()
    assert first.outcome is second.outcome is p.CompletionOutcome.superseded
    assert "newer" in first.detail
    assert "took" in second.detail
    assert first.question is not None
    assert first.answer == " compute(1)"[: len(first.answer)]
    assert first.answer


async def test_a_model_that_does_not_answer_is_told(window, model):
    window.show("x = █")
    model.error = NotReady("It is loading.")
    await window.ask()
    (told,) = window.explain()
    assert told.outcome is p.CompletionOutcome.not_ready
    assert told.detail == "It is loading."


async def test_what_became_of_a_suggestion_is_told(window, model):
    model.will_say(" compute(1)\n")
    window.show("x = █")
    await window.ask()
    assert window.explain()[0].became_of is None
    window.shown()
    assert window.explain()[0].became_of == "shown"
    window.accepted(p.AcceptedPart.word, 7)
    assert window.explain()[0].became_of == "accepted in part: 7 of 10 characters"
    window.shown()
    assert window.explain()[0].became_of.startswith("accepted in part")
    window.rejected(p.RejectionReason.ignored)
    assert window.explain()[0].became_of.endswith("the rest not taken")
    window.accepted(p.AcceptedPart.line, 10)
    assert window.explain()[0].became_of == "accepted"


@pytest.mark.parametrize(
    ("reason", "word"),
    [(p.RejectionReason.dismissed, "dismissed"), (p.RejectionReason.ignored, "not taken")],
)
async def test_what_was_not_taken_is_told_as_the_person_saw_it(reason, word, window, model):
    model.will_say(" compute(1)\n")
    window.show("x = █")
    await window.ask()
    window.shown()
    window.rejected(reason)
    assert window.explain()[0].became_of == word


async def test_one_request_can_be_asked_for_and_an_unknown_one_is_none(window, model):
    model.will_say(" 1\n")
    window.show("x = █")
    await window.ask()
    first = window.id
    await window.ask()
    assert [told.trace_id for told in window.explain(first)] == [first]
    assert window.explain("unknown") == []


async def test_the_oldest_are_forgotten(window):
    window.show("x = comp█ute")
    for _ in range(REMEMBERED + 5):
        await window.ask()
    told = window.explain()
    assert len(told) == REMEMBERED
    assert told[0].trace_id == window.id


def test_the_time_is_that_of_the_clock_on_the_wall():
    journal = Journal(now_s=lambda: 1_700_000_000.5)
    journal.begin(
        p.InlineCompletionParams(
            text_document=p.DocumentIdentifier(uri="untitled:1"),
            position=p.Position(line=0, character=0),
            trigger_kind=p.TriggerKind.automatic,
            trace_id="c",
        )
    )
    (told,) = journal.explain()
    assert told.asked_at_ms == 1_700_000_000_500.0


def test_lengths_are_counted_as_editors_do():
    assert utf16_units("naïve") == 5
    assert utf16_units("🦀a") == 3
    assert utf16_units("\ud800") == 1
