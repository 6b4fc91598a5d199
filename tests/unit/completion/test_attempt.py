"""Reading one answer as it streams."""

import random

import pytest
from phi_sidecar.completion.attempt import Attempt, Retry
from phi_sidecar.completion.policy import choose_mode
from phi_sidecar.completion.strategies import STRATEGIES
from phi_sidecar.completion.suggestion import Mode, Rejected, Suggestion
from phi_sidecar.generated.protocol import FinishReason
from phi_sidecar.models.catalog import CompletionStyle


def attempt_at(context, style=CompletionStyle.CONTINUATION, mode=None):
    return Attempt(context, STRATEGIES[style](context, mode or choose_mode(context), 40))


def answered(attempt, text, reason=FinishReason.stop):
    attempt.feed(text)
    return attempt.finish(reason)


def test_the_rest_of_a_line_is_complete_at_its_end(context_at):
    attempt = attempt_at(context_at("x = █\ny = 1"))
    assert not attempt.feed(" 41")
    assert attempt.feed(" + 1\nz")
    assert attempt.finish(FinishReason.cancelled) == Suggestion("41 + 1")


def test_the_cut_is_matched_over_several_pieces(context_at):
    attempt = attempt_at(context_at("def f(x):\n    █"))
    for piece in ("\n", "  ", "  re", "turn", " x"):
        assert not attempt.feed(piece)
    assert attempt.feed("\n\nd")
    assert attempt.finish(FinishReason.cancelled) == Suggestion("return x")


def test_a_word_begun_is_completed(context_at):
    assert answered(attempt_at(context_at("import os\nx = os.pa█")), "path.join(a)\n") == (
        Suggestion("th.join(a)")
    )


def test_an_answer_off_the_cut_stops_at_once_and_is_asked_once_more(context_at):
    context = context_at("number_list = [1]\nprint(num█")
    attempt = attempt_at(context)
    assert attempt.feed("x")
    outcome = attempt.finish(FinishReason.cancelled)
    assert isinstance(outcome, Retry)
    second = Attempt(context, outcome.prompt)
    assert answered(second, "[0])\n") == Suggestion("ber_list[0])")


def test_it_is_not_asked_a_third_time(context_at):
    context = context_at("def f(x):\n    █")
    outcome = answered(attempt_at(context), "\ndef")
    assert isinstance(outcome, Retry)
    last = answered(Attempt(context, outcome.prompt), "\n")
    assert isinstance(last, Rejected)
    assert last.filter == "cut"


@pytest.mark.parametrize("answer", ["", " ", "\n", "\n  "])
def test_an_answer_that_ends_within_the_cut_is_asked_once_more(answer, context_at):
    assert isinstance(answered(attempt_at(context_at("def f(x):\n    █")), answer), Retry)


def test_blank_lines_before_an_indented_one_do_not_matter(context_at):
    answer = "\n\n    return x\n"
    assert answered(attempt_at(context_at("def f(x):\n    █")), answer) == Suggestion("return x")


def test_blank_lines_at_the_outermost_level_do(context_at):
    assert isinstance(answered(attempt_at(context_at("import os\n█")), "\n\n\ndef f():"), Retry)


def test_a_line_that_the_model_would_not_go_on_with_gets_nothing(context_at):
    outcome = answered(attempt_at(context_at("x = f(1)█")), "\ny = 2\n")
    assert isinstance(outcome, Rejected)
    assert outcome.nothing_to_add


def test_a_block_ends_with_a_dedent(context_at):
    attempt = attempt_at(context_at("def f(x):\n    █"))
    assert not attempt.feed("\n    y = x\n    return y\n")
    assert attempt.feed("print")
    assert attempt.finish(FinishReason.cancelled) == Suggestion("y = x\n    return y")


def test_the_body_of_a_block_begins_on_the_next_line(context_at):
    attempt = attempt_at(context_at("def f(x):█\n\n\ny = 1"))
    attempt.feed("\n    return x\n\n\n")
    assert attempt.finish(FinishReason.cancelled) == Suggestion("\n    return x")


def test_going_round_in_circles_is_stopped(context_at):
    attempt = attempt_at(context_at("x = █"))
    fed = 0
    while not attempt.feed("str("):
        fed += 1
        assert fed < 20
    assert isinstance(attempt.finish(FinishReason.cancelled), Rejected)


def test_a_line_cut_off_by_the_limit_ends_well_or_is_dropped(context_at):
    context = context_at("x = █")
    assert answered(attempt_at(context), " f(a) + g(b", FinishReason.length) == Suggestion("f(a)")
    outcome = answered(attempt_at(context), " alpha + bet", FinishReason.length)
    assert isinstance(outcome, Rejected)
    assert outcome.filter == "unfinished"
    assert not outcome.nothing_to_add


def test_a_cancelled_answer_shows_nothing(context_at):
    outcome = answered(attempt_at(context_at("x = █")), " 1", FinishReason.cancelled)
    assert isinstance(outcome, Rejected)
    assert outcome.filter == "cancelled"


def test_a_rejection_says_none_of_the_text(context_at):
    for answer in ("", " secret_name(", "\n", " secret_name = secret_name ="):
        for reason in FinishReason:
            outcome = answered(attempt_at(context_at("x = █")), answer, reason)
            if isinstance(outcome, Rejected):
                assert "secret" not in outcome.detail


def test_an_instruct_answer_goes_on_from_its_start(context_at):
    context = context_at("import os\n\n\ndef f(x):\n    █\n")
    attempt = attempt_at(context, CompletionStyle.INSTRUCT)
    attempt.feed("\n    return x\n")
    assert attempt.finish(FinishReason.stop) == Suggestion("return x")


PLACES = [
    (
        "def f(x):\n    █\n\n\ny = 1\n",
        "python",
        "\n    if x:\n        return 1\n    return 2\n\n\ndef g",
    ),
    ("x = f(█)\n", "python", "a, b) + 1\nprint(x)\n"),
    ("readings = 1\nx = rea█\n", "python", " read(readings)\n"),
    (
        "function f() {\n  █\n}\n",
        "typescript",
        "\n  g(() => {\n    h();\n  });\n  return 1;\n}\n\nf();",
    ),
    ("steps:\n  █\n", "yaml", "\n  - uses: a\n    with:\n      b: c\n  - run: d\nother:\n"),
    ("<ul>\n  <li>█</li>\n", "html", "Eggs</li>\n  <li>Milk</li>"),
    ("# Title\n\nText █", "markdown", " with ümläuts 🙂🙃 and more, and more, and more\n\nEnd"),
    ("int f(void)\n{\n\t█\n}\n", "c", "\n\treturn 1;\n}\n"),
]


def split(text, pieces):
    marks = sorted(random.choices(range(len(text) + 1), k=pieces))
    return [text[start:end] for start, end in zip([0, *marks], [*marks, len(text)], strict=True)]


@pytest.mark.parametrize(("marked", "language", "answer"), PLACES)
@pytest.mark.parametrize("reason", [FinishReason.stop, FinishReason.length])
def test_it_does_not_matter_how_the_answer_comes_in_pieces(
    marked, language, answer, reason, context_at
):
    random.seed(7)
    context = context_at(marked, language)
    whole = answered(attempt_at(context), answer, reason)
    for _ in range(40):
        attempt = attempt_at(context)
        for piece in split(answer, random.randrange(12)):
            if attempt.feed(piece):
                break
        assert attempt.finish(reason) == whole


def test_nothing_that_a_model_can_say_breaks_it(context_at):
    random.seed(3)
    signs = ["\n", "    ", "\t", " ", "x", "return", "(", ")", "{", "}", "[", "]", '"', "'", "`"]
    signs += ["```", "#", "//", "/*", "é", "🙂", "\u2028", "\ud800", "<|end|>", ":", ";", ".", "\\"]
    for _ in range(1_500):
        marked, language, _ = random.choice(PLACES)
        context = context_at(marked, language)
        text = "".join(random.choices(signs, k=random.randrange(40)))
        ask = STRATEGIES[random.choice(list(CompletionStyle))]
        prompt = ask(context, choose_mode(context), 9)
        attempt = Attempt(context, prompt)
        attempt.feed(prompt.cut + text)
        outcome = attempt.finish(random.choice(list(FinishReason)))
        if isinstance(outcome, Suggestion):
            assert outcome.text.strip()
            assert outcome.text == outcome.text.rstrip()
            assert 0 <= outcome.replace_after <= len(context.line_after)
            if choose_mode(context) is Mode.SINGLE_LINE:
                assert "\n" not in outcome.text
