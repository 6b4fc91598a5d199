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


def read(attempt, tokens):
    """Feed token by token; returns how many were needed, or None if all were not enough."""
    for count, token in enumerate(tokens, 1):
        if attempt.feed(token, count):
            return count
    return None


@pytest.mark.parametrize(
    ("document", "language", "tokens", "needed", "text"),
    [
        # The rest of the line is reached.
        ("total(█, rate)", "python", ["price", ",", " rate", ")", " *", " 2", "\n"], 4, "price"),
        ("if x == █ and y:", "python", [" 1", " and", " y", ":", " pass", "\n"], 4, "1"),
        ("const x = [█, last];", "typescript", ["a", ",", " last", "];", " b", "\n"], 4, "a"),
        # What is open before the cursor is closed, where more of the line is there.
        ("f(█).strip()", "python", ["a", ",", " b", ")", ".lower", "()", "\n"], 4, "a, b"),
        ("f(█).strip()", "python", ["len(a", ")", ")", ".lower", "()", "\n"], 3, "len(a)"),
        # A bracket that nothing opened.
        ("x = █\ny = 1", "python", [" f(a", ")", ")", " + ", "g(", "\n"], 3, "f(a)"),
        ("let v = vec![█];\n}", "rust", ["1", ", 2", "];", "\n"], 4, "1, 2"),
    ],
)
def test_a_line_ends_at_the_token_that_completes_it(
    document, language, tokens, needed, text, context_at
):
    attempt = attempt_at(context_at(document, language), mode=Mode.SINGLE_LINE)
    assert read(attempt, tokens) == needed
    assert attempt.finish(FinishReason.cancelled) == Suggestion(text)


@pytest.mark.parametrize(
    ("document", "language", "tokens", "needed", "text"),
    [
        # The next line is there already.
        (
            "def f(a):\n    █\n    return total\n",
            "python",
            ["\n    total", " =", " a", "\n", "    return", " total", "\n", "\n", "def"],
            7,
            "total = a",
        ),
        (
            "function f() {\n  const a = 1;\n  █\n  return a + b;\n}",
            "typescript",
            ["\n ", " const", " b = 2;", "\n", "  return", " a + b;", "\n", "}"],
            4,
            "const b = 2;",
        ),
        # The scope is closed.
        (
            "func f() int {\n\tx := 1\n\t█\n}",
            "go",
            ["\n\t", "return", " x", "\n", "}", "\n\nfunc", " g()"],
            4,
            "return x",
        ),
    ],
)
def test_a_block_ends_at_the_token_that_completes_it(
    document, language, tokens, needed, text, context_at
):
    attempt = attempt_at(context_at(document, language), mode=Mode.MULTI_LINE)
    assert read(attempt, tokens) == needed
    assert attempt.finish(FinishReason.cancelled) == Suggestion(text)


@pytest.mark.parametrize(
    ("document", "tokens", "text", "replaced"),
    [
        ("f(█)", ["x", ")", " + ", "1", "\n"], "x) + 1", 1),
        ("print(█)", ["len(x", ")", ", ", "y", "\n"], "len(x), y", 0),
        ("total(█, len(x))", ["sum(", "x", ")", ", y", "\n"], "sum(x), y", 0),
    ],
)
def test_a_closer_that_belongs_to_the_answer_ends_nothing(
    document, tokens, text, replaced, context_at
):
    attempt = attempt_at(context_at(document), mode=Mode.SINGLE_LINE)
    assert read(attempt, tokens) == len(tokens)
    assert attempt.finish(FinishReason.cancelled) == Suggestion(text, replaced)


def test_what_the_answer_would_insert_is_known_on_the_way(context_at):
    attempt = attempt_at(context_at("import os\nname = os.pa█"))
    assert attempt.so_far == ""
    attempt.feed("p")
    assert attempt.so_far == ""
    attempt.feed("ath.j")
    assert attempt.so_far == "th.j"
    assert attempt.answer == "path.j"


def test_what_each_filter_changed_is_told(context_at):
    told = []
    attempt = attempt_at(context_at("x = [f(█)]"), mode=Mode.SINGLE_LINE)
    attempt.feed("a)]  \n")
    outcome = attempt.finish(
        FinishReason.stop, lambda name, before, after: told.append((name, before.text, after))
    )
    assert outcome == Suggestion("a")
    assert told
    assert told[0][1] == "a)]  "
    assert all(before != after.text for _, before, after in told)
