"""Where an answer may turn, and what it is weighed by."""

import math

import pytest
from phi_sidecar.completion.confidence import Stretch
from phi_sidecar.completion.strategies.continuation import ask_to_continue
from phi_sidecar.completion.suggestion import Mode, Rejected, Suggestion
from phi_sidecar.completion.turnings import (
    AFTER_CHARS,
    MOST_TURNINGS,
    Turning,
    first_line,
    is_worth_weighing,
    parted,
    turnings,
    weighed_text,
)
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role


def said(*tokens):
    """Return an answer's stretches and its text, from each token's text and its probability."""
    stretches, text = [], ""
    for token, probability in tokens:
        start = len(text)
        text += token
        stretches.append(Stretch(start, len(text), 1, math.log(probability)))
    return stretches, text


def sure(probability, text="compute(1)"):
    return Suggestion(text, said=(Stretch(0, len(text), 1, math.log(probability)),))


def test_an_answer_turns_where_the_model_was_least_sure():
    stretches, text = said((" a", 0.97), (" +", 0.4), (" b", 0.9))
    assert turnings(stretches, text, 1) == [Turning(2, 1), Turning(2, 2)]


def test_what_came_before_counts_too():
    # The second token is as unsure, but what leads there is unlikely by itself.
    stretches, text = said((" a", 0.3), (" +", 0.3))
    assert turnings(stretches, text, 1) == [Turning(0, 1), Turning(0, 2), Turning(2, 1)]


def test_there_are_not_more_turnings_than_a_person_waits_for():
    stretches, text = said(*[(" a", 0.8)] * 5)
    assert len(turnings(stretches, text, 1)) == MOST_TURNINGS


def test_where_the_model_is_sure_nothing_turns():
    stretches, text = said((" a", 0.99), (" +", 0.99))
    assert list(turnings(stretches, text, 1)) == []
    stretches, text = said((" a", 1.0), (" +", 1.0))
    assert list(turnings(stretches, text, 1)) == []


def test_only_the_first_line_turns_and_where_it_ends():
    stretches, text = said(("a", 0.9), ("\n", 0.8), ("b", 0.1))
    assert {turning.at for turning in turnings(stretches, text, 0)} == {0, 1}


def test_what_was_known_does_not_turn():
    stretches, text = said(("\n    ", 0.3), ("a", 0.7))
    assert {turning.at for turning in turnings(stretches, text, 5)} == {5}
    # But a token that goes on behind it does.
    stretches, text = said((" a", 0.3))
    assert turnings(stretches, text, 1)[0] == Turning(0, 1)


def test_behind_what_nobody_can_tell_of_nothing_turns():
    stretches, text = said((" a", 0.5), (" +", 0.5))
    unknown = Stretch(2, 4, 1, None)
    assert {turning.at for turning in turnings([stretches[0], unknown], text, 1)} == {0}
    both = Stretch(0, 4, 2, math.log(0.5))
    assert list(turnings([both], text, 1)) == []


@pytest.mark.parametrize(
    ("marked", "outcome", "worth"),
    [
        ("x = █\ny = 2\n", sure(0.2), True),
        ("x = █\ny = 2\n", sure(0.9), False),
        ("x = █\ny = 2\n", Suggestion("compute(1)"), False),
        ("x = █\ny = 2\n", Rejected("repetition", "It repeats itself."), True),
        ("x = █\n  \n", sure(0.2), False),
        ("x = █", Rejected("repetition", "It repeats itself."), False),
    ],
)
def test_it_is_worth_it_where_the_model_is_unsure_and_something_follows(
    context_at, marked, outcome, worth
):
    assert is_worth_weighing(outcome, context_at(marked)) is worth


def asked(context):
    return ask_to_continue(context, Mode.SINGLE_LINE, 30)


def test_a_suggestion_is_weighed_between_what_is_there(context_at):
    context = context_at("x = █\ny = 2\n")
    prompt = asked(context)
    assert prompt.prompt.text + weighed_text(sure(0.2), prompt, context) == (
        "x = compute(1)\ny = 2\n"
    )


def test_what_it_replaces_is_not_weighed_with_it(context_at):
    context = context_at("print(█)\ny = 2\n")
    replacing = Suggestion("x)", replace_after=1)
    assert asked(context).prompt.text + weighed_text(replacing, asked(context), context) == (
        "print(x)\ny = 2\n"
    )


def test_of_a_long_text_only_the_beginning_is_weighed(context_at):
    context = context_at("x = █\n" + "y = 2\n" * 100)
    text = weighed_text(sure(0.2), asked(context), context)
    assert len(text) == len(asked(context).cut) + len("compute(1)") + AFTER_CHARS


def test_what_the_model_was_taken_to_have_said_is_behind_the_prompt(context_at):
    context = context_at("    retu█rn total\n\nnext = 1\n")
    prompt = asked(context)
    while prompt.fallback is not None:
        prompt = prompt.fallback
    assert prompt.assumed == "rn"
    assert weighed_text(Suggestion("rn x"), prompt, context).startswith(" x")
    assert weighed_text(Suggestion("other"), prompt, context) is None


@pytest.mark.parametrize(
    ("text", "replaced", "line"),
    [
        ("a = 1\nb = 2", 0, "a = 1"),
        ("a = 1  \nb = 2", 0, "a = 1"),
        ("a = 1", 0, "a = 1"),
        ("for a in b:\n    c()", 0, "for a in b:"),
        ("\nb = 2", 0, None),
        ("(1,\n2)", 1, None),
        ("a = [\n    2,\n]", 0, None),
        ("a =\n    2", 0, None),
    ],
)
def test_a_first_line_is_a_suggestion_too_where_it_is_one_by_itself(
    context_at, text, replaced, line
):
    found = first_line(Suggestion(text, replaced), context_at("def f():\n█\nprint(1)\n"))
    open_ended = context_at("def f():\n█\n\nprint(1)\n")
    assert first_line(Suggestion(text, replaced), open_ended) is None
    assert found == (None if line is None else Suggestion(line))


@pytest.mark.parametrize("text", ["x = foo(", "x", "", "a longer text ("])
def test_candidates_are_told_of_from_the_same_token_on(text):
    raw, end = parted(RawPrompt(kind="raw", text=text))
    assert raw.text + end == text
    assert raw.text or not text
    messages = [ChatMessage(role=Role.user, content="?")]
    chat, end = parted(ChatPrompt(kind="chat", messages=messages, answer_start=text))
    assert chat.answer_start + end == text
    assert end == text[-4:]


def test_what_came_behind_the_answers_end_does_not_turn():
    stretches, text = said(("a", 0.9), ("b", 0.5))
    behind = Stretch(2, 3, 1, math.log(0.1))
    assert {turning.at for turning in turnings([*stretches, behind], text, 0)} == {0, 1}
