"""Where to suggest, how much, and how soon."""

import pytest
from phi_sidecar.completion.policy import (
    answer_tokens,
    chars_per_token,
    choose_mode,
    prompt_budget,
    unsuitable_place,
    usefulness,
)
from phi_sidecar.completion.rhythm import (
    LONGEST_PAUSE_MS,
    SHORTEST_PAUSE_MS,
    TypingRhythm,
    pause_ms,
)
from phi_sidecar.completion.suggestion import Mode


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
    assert reason in unsuitable_place(context_at(text + "█", language), invoked=True)


@pytest.mark.parametrize("text", ["print█name", "print(█name)", "value = █1", "value = █_x"])
def test_a_word_right_of_the_cursor_is_never_split(text, context_at):
    for invoked in (False, True):
        assert "word" in unsuitable_place(context_at(text), invoked=invoked)


@pytest.mark.parametrize("text", ["x = █ + 1", "print(█, end='')", "x = █.strip()"])
def test_code_on_the_rest_of_the_line_is_left_alone_unless_asked(text, context_at):
    assert "follows" in unsuitable_place(context_at(text))
    assert unsuitable_place(context_at(text), invoked=True) is None


@pytest.mark.parametrize("text", ["return 1;█", "if (x) {\n}█", "f(() => {\n});█"])
def test_nothing_is_added_to_what_is_finished_unless_asked(text, context_at):
    assert "finished" in unsuitable_place(context_at(text, "typescript"))
    assert unsuitable_place(context_at(text, "typescript"), invoked=True) is None


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


def test_a_prompt_is_no_longer_than_is_read_in_time_and_fits():
    assert prompt_budget(8_000).prefix_tokens == 1_024
    assert prompt_budget(8_000, prefill_tokens_per_s=1_000).prefix_tokens == 700
    assert prompt_budget(8_000, prefill_tokens_per_s=10).prefix_tokens == 192
    assert prompt_budget(512).prefix_tokens == 384
    assert prompt_budget(8_000, chars_per_token=2.0).prefix_chars == 2_048


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


def test_the_pause_follows_the_typing_speed():
    fast = pause_ms(typed(*[80.0] * 10), latency_ms=0)
    slow = pause_ms(typed(*[250.0] * 10), latency_ms=0)
    assert slow == pytest.approx(fast * 250 / 80)


def test_a_slow_answer_is_asked_for_sooner():
    rhythm = typed(*[300.0] * 10)
    assert pause_ms(rhythm, latency_ms=100) == pytest.approx(pause_ms(rhythm, latency_ms=0) - 100)


def test_the_pause_stays_within_its_bounds():
    assert pause_ms(typed(*[10.0] * 10), latency_ms=5_000) == SHORTEST_PAUSE_MS
    assert pause_ms(typed(*[1_400.0] * 10), latency_ms=0) == LONGEST_PAUSE_MS


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
