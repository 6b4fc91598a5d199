"""Where to suggest, how much, and how soon."""

import pytest
from phi_sidecar.completion.context import PromptBudget
from phi_sidecar.completion.policy import (
    Wish,
    answer_tokens,
    chars_per_token,
    choose_mode,
    line_is_done,
    next_indent,
    prompt_budget,
    prompt_tokens,
    unsuitable_place,
    usefulness,
)
from phi_sidecar.completion.rhythm import (
    AT_ONCE_MS,
    LONGEST_PAUSE_MS,
    SHORTEST_PAUSE_MS,
    TypingRhythm,
    pause_ms,
)
from phi_sidecar.completion.suggestion import Mode

ASKED = Wish(invoked=True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("import os\nx = f(█)", "python"),
        ("import os\nx = f(█);", "c"),
        ("import os\nx = [f(█)]  ", "python"),
        ('import os\nx = "█"', "python"),
        ("if x█:", "python"),
        ("app.get('/', (req) => { res.█ });", "javascript"),
        ("error({ text: '█' });", "javascript"),
        ('re.sub("█", "x", title)', "python"),
        ("<title>█</title>", "html"),
        ("if (x) {\n  a();\n}\n█", "c"),
        ("import os\nfor (let i = 0; █", "javascript"),
        ("for (int i = 0; i < n;█)", "c"),
        ("def f():\n    return 1\n\n\n█", "python"),
    ],
)
def test_a_suggestion_may_come_here(text, language, context_at):
    assert unsuitable_place(context_at(text, language)) is None


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", "python", "nothing before"),
        ("\n\n  ", "python", "nothing before"),
    ],
)
def test_an_empty_beginning_gives_nothing_to_go_by(text, language, reason, context_at):
    assert reason in unsuitable_place(context_at(text + "█", language), ASKED)


@pytest.mark.parametrize("text", ["print█name", "print(█name)", "value = █1", "value = █_x"])
def test_a_word_right_of_the_cursor_is_never_split(text, context_at):
    for wish in (Wish(), ASKED):
        assert "word" in unsuitable_place(context_at(text), wish)


@pytest.mark.parametrize("text", ["x = █ + 1", "print(█, end='')", "x = █.strip()"])
def test_code_on_the_rest_of_the_line_is_left_alone_unless_asked(text, context_at):
    assert "follows" in unsuitable_place(context_at(text))
    assert unsuitable_place(context_at(text), ASKED) is None


@pytest.mark.parametrize("text", ["return 1;█", "if (x) {\n}█", "f(() => {\n});█"])
def test_nothing_is_added_to_what_is_finished_unless_asked(text, context_at):
    assert "finished" in unsuitable_place(context_at(text, "typescript"))
    assert unsuitable_place(context_at(text, "typescript"), ASKED) is None


@pytest.mark.parametrize(
    ("text", "language", "mode"),
    [
        ("def f():\n    █", "python", Mode.MULTI_LINE),
        ("def f():█", "python", Mode.MULTI_LINE),
        ("def f():\n    x = 1\n    █", "python", Mode.MULTI_LINE),
        ("import os\n# count words\n█", "python", Mode.MULTI_LINE),
        ("def f():\n    x = █", "python", Mode.SINGLE_LINE),
        ("import os\n█", "python", Mode.SINGLE_LINE),
        ("function f() {█}", "typescript", Mode.SINGLE_LINE),
        ("function f() {\n  █\n}", "typescript", Mode.MULTI_LINE),
        ("x = f(█)", "python", Mode.SINGLE_LINE),
        ("def f():\n    # why█", "python", Mode.SINGLE_LINE),
        ('def f():\n    """Say█', "python", Mode.SINGLE_LINE),
        ("runs-on: █", "yaml", Mode.SINGLE_LINE),
        ("steps:\n  █", "yaml", Mode.MULTI_LINE),
        ("1. one\n   █", "markdown", Mode.SINGLE_LINE),
        ("<ul>\n  █\n</ul>", "html", Mode.MULTI_LINE),
        ("<ul>\n  <li>█</li>\n</ul>", "html", Mode.SINGLE_LINE),
        ("<ul>\n</ul>\n  █", "html", Mode.SINGLE_LINE),
        ("<p>\n  <br>\n  <!-- █", "html", Mode.SINGLE_LINE),
    ],
)
def test_one_line_in_a_line_and_several_where_a_block_is_open(text, language, mode, context_at):
    assert choose_mode(context_at(text, language)) is mode


def test_a_slow_device_is_asked_for_one_line_only(context_at):
    context = context_at("def f():\n    █")
    assert choose_mode(context, tpot_ms=20) is Mode.MULTI_LINE
    assert choose_mode(context, tpot_ms=150) is Mode.SINGLE_LINE


def test_an_answer_takes_no_more_tokens_than_come_in_time():
    assert answer_tokens(Mode.SINGLE_LINE) == answer_tokens(Mode.SINGLE_LINE, 10)
    assert answer_tokens(Mode.SINGLE_LINE, 100) == 15
    assert answer_tokens(Mode.MULTI_LINE, 50) == 50
    assert answer_tokens(Mode.MULTI_LINE, 1_000) == 8


def test_an_answer_takes_no_more_tokens_than_the_person_allows():
    assert answer_tokens(Mode.MULTI_LINE, most=400) == 400
    assert answer_tokens(Mode.MULTI_LINE, 10, most=400) == 250
    assert answer_tokens(Mode.MULTI_LINE, 1_000, most=3) == 3
    assert answer_tokens(Mode.SINGLE_LINE, most=400) == answer_tokens(Mode.SINGLE_LINE)


def test_a_prompt_is_no_longer_than_fits():
    assert prompt_budget(8_000) == PromptBudget.of(1_024)
    assert prompt_budget(8_000, 512) == PromptBudget.of(512)
    assert prompt_budget(512, 1_024) == PromptBudget.of(384)
    assert prompt_budget(8_000, 512, chars_per_token=2.0) == PromptBudget.of(512, 2.0)


@pytest.mark.parametrize(("per_s", "tokens"), [(2_000, 1_024), (600, 768), (200, 256), (10, 192)])
def test_a_slow_device_is_given_short_prompts(per_s, tokens):
    assert prompt_tokens(per_s) == tokens


def test_where_nothing_is_reused_prompts_are_shorter_since_each_is_read_from_its_beginning():
    assert prompt_tokens(2_000, reused=False) == 768
    assert prompt_tokens(600, reused=False) == 192


def test_before_the_speed_is_known_prompts_are_as_long_as_they_were():
    assert prompt_tokens(None) == 1_024
    assert prompt_tokens(None, before=384) == 384


def test_a_prompt_keeps_its_length_while_the_speed_is_about_the_same():
    for per_s in (420, 500, 630):
        assert prompt_tokens(per_s, before=512) == 512
    assert prompt_tokens(250, before=512) == 256
    assert prompt_tokens(700, before=512) == 1_024
    assert prompt_tokens(10_000, before=1_024) == 1_024


@pytest.mark.parametrize("text", ["x = 1\n# why█", "def f():\n    # wh█"])
def test_comments_are_left_alone_where_the_person_wants_that(text, context_at):
    assert unsuitable_place(context_at(text)) is None
    assert "comments" in unsuitable_place(context_at(text), Wish(in_comments=False))
    assert unsuitable_place(context_at(text), Wish(invoked=True, in_comments=False)) is None


@pytest.mark.parametrize("text", ['x = "wh█"', 'def f():\n    """Say wh█'])
def test_strings_are_left_alone_where_the_person_wants_that(text, context_at):
    assert unsuitable_place(context_at(text)) is None
    assert "strings" in unsuitable_place(context_at(text), Wish(in_strings=False))
    assert unsuitable_place(context_at(text), Wish(invoked=True, in_strings=False)) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("def f(a):\n    return a + b█", "python"),
        ("def f(a):█", "python"),
        ("x = f(1)█\ny = 2", "python"),
        ("const x = f(1);█", "typescript"),
        ("if (x) {█\n}", "typescript"),
        ("x = 'a'█", "python"),
    ],
)
def test_enter_comes_next_behind_a_whole_line(text, language, context_at):
    assert line_is_done(context_at(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("x = f(█", "python"),
        ("x = f(a█", "python"),
        ("x = f(a█)", "python"),
        ("x = █", "python"),
        ("x =█", "python"),
        ("f(a,█", "python"),
        ("def f():\n    █", "python"),
        ("# some words█", "python"),
        ("x = 'abc█", "python"),
        ("Some words█", "markdown"),
    ],
)
def test_enter_does_not_come_next_where_a_line_goes_on(text, language, context_at):
    assert not line_is_done(context_at(text, language))


@pytest.mark.parametrize(
    ("text", "language", "indent"),
    [
        ("def f(a):\n    x = 1█", "python", "    "),
        ("def f(a):█", "python", "    "),
        ("def f(a):\n    return a█", "python", ""),
        ("class A:\n    def f(a):\n        return a█", "python", "    "),
        ("function f() {\n\tif (a) {█\n\t}\n}", "typescript", "\t\t"),
        ("function f() {\n\treturn a;█\n}", "typescript", "\t"),
    ],
)
def test_the_next_line_is_expected_where_an_editor_begins_it(text, language, indent, context_at):
    assert next_indent(context_at(text, language)) == indent


def test_a_suggestion_is_most_welcome_where_something_was_begun(context_at):
    begun = usefulness(context_at("x = f(█"))
    word = usefulness(context_at("x = fo█"))
    comment = usefulness(context_at("# fo█"))
    assert begun > word > comment


def typed(*intervals_ms):
    rhythm = TypingRhythm().after_keystroke(1_000.0)
    at_ms = 1_000.0
    for interval in intervals_ms:
        at_ms += interval
        rhythm = rhythm.after_keystroke(at_ms)
    return rhythm


def test_where_an_answer_comes_before_the_next_key_it_is_asked_for_at_once():
    rhythm = typed(*[200.0] * 10)
    assert pause_ms(rhythm, latency_ms=100, usefulness=0.7) == AT_ONCE_MS
    assert pause_ms(rhythm, latency_ms=170, usefulness=0.7) > AT_ONCE_MS
    assert pause_ms(rhythm, latency_ms=100, usefulness=0.2) > AT_ONCE_MS


def test_the_pause_follows_the_typing_speed():
    fast = pause_ms(typed(*[80.0] * 10), latency_ms=0, usefulness=0.2)
    slow = pause_ms(typed(*[250.0] * 10), latency_ms=0, usefulness=0.2)
    assert slow == pytest.approx(fast * 250 / 80)


def test_a_slow_answer_is_asked_for_sooner():
    rhythm = typed(*[300.0] * 10)
    soon, sooner = (pause_ms(rhythm, latency_ms, 0.2) for latency_ms in (100, 200))
    assert sooner == pytest.approx(soon - 100)


def test_the_pause_stays_within_its_bounds():
    assert pause_ms(typed(*[10.0] * 10), latency_ms=5_000) == SHORTEST_PAUSE_MS
    assert pause_ms(typed(*[1_400.0] * 10), latency_ms=0, usefulness=0.2) == LONGEST_PAUSE_MS


def test_a_welcome_suggestion_is_asked_for_sooner():
    rhythm = typed(*[200.0] * 10)
    assert pause_ms(rhythm, 0, usefulness=1.0) < pause_ms(rhythm, 0, usefulness=0.0)


def test_a_pause_for_thought_does_not_count_as_typing():
    assert typed(100.0, 100.0, 100.0, 60_000.0, 100.0).interval_ms == 100.0


def test_a_clock_that_goes_backwards_does_no_harm():
    rhythm = typed(100.0, 100.0, 100.0, -5_000.0, 100.0)
    assert rhythm.interval_ms == 100.0


def test_only_the_latest_keystrokes_count():
    assert typed(*[1_000.0] * 50, *[100.0] * 20).interval_ms == 100.0


def test_text_outside_of_ascii_is_taken_to_have_more_tokens():
    assert chars_per_token("def add(a, b):\n    return a + b\n") == 3.0
    assert chars_per_token("# Größe und Länge, süß") == 1.5
    assert chars_per_token("\U0001f600" * 50 + "x") == 0.5
    assert chars_per_token("") == 3.0
