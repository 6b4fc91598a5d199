"""When nothing is asked, and when an answer is withheld."""

import math
from types import MappingProxyType

import pytest
from phi_sidecar.completion import confidence
from phi_sidecar.engine.completion import alternatives
from phi_sidecar.generated import protocol as p

LIKELY = p.CompletionConfidence.likely


@pytest.fixture
def fitted(monkeypatch):
    """Thresholds that stay, whatever is fitted later."""
    levels = {p.CompletionConfidence.any: None, LIKELY: 0.5, p.CompletionConfidence.sure: 0.9}
    monkeypatch.setattr(confidence, "NEEDED", MappingProxyType(levels))


async def test_what_the_model_is_not_sure_of_is_withheld(window, model, fitted):
    window.set(completion_confidence=LIKELY)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.log_prob = math.log(0.4)
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.unsure
    assert completion.text == ""
    assert completion.confidence == pytest.approx(0.4)
    assert "40%" in completion.detail
    assert "50%" in completion.detail


@pytest.mark.parametrize(
    ("level", "shown"),
    [(p.CompletionConfidence.any, True), (LIKELY, True), (p.CompletionConfidence.sure, False)],
)
async def test_how_sure_it_must_be_is_the_persons_choice(level, shown, window, model, fitted):
    window.set(completion_confidence=level)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.log_prob = math.log(0.6)
    completion = await window.ask()
    assert (completion.outcome is p.CompletionOutcome.suggested) is shown


async def test_a_person_who_asks_gets_it_however_unsure_the_model_is(window, model, fitted):
    window.set(completion_confidence=LIKELY)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.log_prob = math.log(0.01)
    assert (await window.ask()).outcome is p.CompletionOutcome.unsure
    asked = await window.ask(invoked=True)
    assert asked.text == "compute(1)"
    assert asked.from_cache
    assert len(model.asked) == 1


async def test_a_backend_that_cannot_tell_has_nothing_withheld(window, model, fitted):
    window.set(completion_confidence=p.CompletionConfidence.sure)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    completion = await window.ask()
    assert completion.text == "compute(1)"
    assert completion.confidence is None
    assert model.asked[0].log_probs


async def test_nothing_comes_on_a_line_after_esc(window, model):
    window.show("x = █")
    model.will_say(" compute(1)\n")
    await window.ask()
    window.rejected()
    for key in ("", "c", "o"):
        window.type(key)
        completion = await window.ask()
        assert completion.outcome is p.CompletionOutcome.backed_off
        assert "on this line" in completion.detail
    assert len(model.asked) == 1


async def test_it_comes_again_once_the_cursor_was_elsewhere(window, model):
    window.show("x = █")
    model.will_say(" 1\n")
    await window.ask()
    window.rejected()
    window.show("x = \ny = █")
    assert (await window.ask()).text == "1"
    window.show("x = █")
    assert (await window.ask()).text == "1"


async def test_it_comes_again_once_something_was_taken_or_asked_for(window, model):
    window.show("x = █")
    model.will_say(" compute(1)\n")
    await window.ask()
    window.rejected()
    assert (await window.ask()).outcome is p.CompletionOutcome.backed_off
    assert (await window.ask(invoked=True)).text == "compute(1)"
    assert (await window.ask()).text == "compute(1)"
    window.rejected()
    window.accepted(p.AcceptedPart.word, 7)
    assert (await window.ask()).text == "compute(1)"


async def test_two_dismissals_in_a_row_make_the_whole_window_quiet_for_a_while(window, model):
    model.will_say(" 1\n")
    for document in ("x = █", "x = \ny = █"):
        window.show(document)
        assert (await window.ask()).text == "1"
        window.rejected()
    window.show("x = \ny = \nz = █")
    completion = await window.ask()
    assert completion.outcome is p.CompletionOutcome.backed_off
    assert "5 more seconds" in completion.detail
    window.clock.now_ms += 5_001
    assert (await window.ask()).text == "1"


async def test_what_is_only_typed_over_is_no_reason_to_back_off(window, model):
    window.show("x = █")
    model.will_say(" compute(1)\n", " 1\n")
    await window.ask()
    window.rejected(p.RejectionReason.ignored)
    window.type("1")
    assert (await window.ask()).outcome is not p.CompletionOutcome.backed_off


@pytest.mark.parametrize(
    ("document", "setting"),
    [
        ("x = 1\n# why█", "completion_in_comments"),
        ('def f():\n    """Say wh█', "completion_in_strings"),
    ],
)
async def test_comments_and_strings_are_left_alone_where_that_is_set(
    document, setting, window, model
):
    window.show(document)
    model.will_say("y not\n")
    window.set(**{setting: False})
    assert (await window.ask()).outcome is p.CompletionOutcome.unsuitable_place
    assert model.asked == []


async def test_a_person_who_asks_gets_others_to_choose_from(window, model):
    window.show("def f(x):\n    █")
    model.will_say(
        "\n    return x\n\n\n", "\n    return x + 1\n\n\n", "\n    y = x\n    return y\n\n\n"
    )
    completion = await window.ask(invoked=True, most=3)
    assert completion.text == "return x"
    texts = [other.text for other in completion.others]
    assert len(texts) == len({"return x", *texts}) - 1
    assert texts[0] == "return x + 1"
    assert len(model.asked) == 3


async def test_what_says_the_same_is_no_other_suggestion(window, model):
    window.show("x = █")
    model.will_say(" 1\n")
    completion = await window.ask(invoked=True, most=3)
    assert completion.text == "1"
    assert completion.others == ()


async def test_others_are_not_waited_for_much_longer(window, model, monkeypatch, until):
    monkeypatch.setattr(alternatives, "WITHIN_S", 0)
    window.show("x = █")
    model.will_say(" 1\n", " 2\n")
    await window.ask()
    model.hold()
    completion = await window.ask(invoked=True, most=3)
    assert completion.text == "1"
    assert completion.others == ()
    assert model.under_way == 0


async def test_typing_asks_for_one_only(window, model):
    window.show("x = █")
    model.will_say(" 1\n", " 2\n", " 3\n")
    assert (await window.ask()).others == ()
    assert len(model.asked) == 1


async def test_a_slow_reader_is_given_shorter_prompts_from_then_on(window, model, engine, went):
    lines = "".join(f"value_{n} = compute({n})\n" for n in range(600))
    window.show(lines + "x = █")
    model.will_say(" 1\n")
    model.metrics = went(ttft_ms=5_000, prompt_tokens=1_000, cached_tokens=0)
    await window.ask()
    window.show(lines + "y = █")
    await window.ask()
    long, short = (len(asked.prompt.text) for asked in model.asked)
    assert short < 0.6 * long
    engine.choose("y/GPU")
    await window.ask()
    assert len(model.asked[-1].prompt.text) > 0.9 * long


async def test_nothing_comes_on_the_line_that_a_dismissed_suggestion_had_grown_to(window, model):
    window.show("def f(a):█")
    model.will_say("\n    b = a\n    return b\n")
    await window.ask()
    first = window.id
    window.type("\n    ")
    assert (await window.ask()).from_cache
    window.completer.feedback.rejected(first, p.RejectionReason.dismissed)
    window.type("b")
    assert (await window.ask()).outcome is p.CompletionOutcome.backed_off


async def test_esc_counts_even_after_more_typing_along_than_is_remembered(window, model):
    window.show("text = █")
    model.will_say("'" + "a" * 100 + "'\n")
    await window.ask()
    first = window.id
    for key in "'" + "a" * 60:
        window.type(key)
        await window.ask()
    assert window.completer.journal.find(first) is None
    window.completer.feedback.rejected(first, p.RejectionReason.dismissed)
    window.type("a")
    assert (await window.ask()).outcome is p.CompletionOutcome.backed_off


async def test_the_rest_of_what_was_asked_for_is_not_withheld(window, model, fitted):
    window.set(completion_confidence=LIKELY)
    window.show("x = █")
    model.will_say(" compute(1)\n")
    model.log_prob = math.log(0.1)
    assert (await window.ask(invoked=True)).text == "compute(1)"
    window.type("comp")
    assert (await window.ask()).text == "ute(1)"


async def test_what_is_known_already_obeys_a_setting_that_was_changed(window, model):
    window.show("x = 1\n# why█")
    model.will_say(" not\n")
    assert (await window.ask()).outcome is p.CompletionOutcome.suggested
    window.set(completion_in_comments=False)
    assert (await window.ask()).outcome is p.CompletionOutcome.unsuitable_place
