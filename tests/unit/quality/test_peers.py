"""What other assistants do with an answer."""

import pytest
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt
from quality.holes import Hole, Kind
from quality.peers import WAYS
from quality.peers.reading import (
    before_dedent,
    before_next_lines,
    before_repeats,
    before_unmatched_closer,
    last_lines,
    without_fence,
    without_overlap,
)
from quality.strategies import NAMES

HOLE = Hole(
    group="group",
    source="source.py",
    language="python",
    kind=Kind.SINGLE_LINE,
    before="def total(values):\n    result = 0\n    for value in values:\n        ",
    text="result += value",
    after="\n    return result\n",
)


@pytest.mark.parametrize("name", WAYS)
def test_every_way_shows_the_text_of_a_perfect_answer(name):
    way = WAYS[name]
    begun = "\n        " if name == "peer-cody" else ""
    assert way.read(HOLE, f"{begun}result += value\n").strip() == "result += value"


@pytest.mark.parametrize("name", WAYS)
def test_every_way_asks_with_what_stands_before_the_cursor(name):
    prompt = WAYS[name].ask(HOLE).prompt
    said = prompt.text if isinstance(prompt, RawPrompt) else str(prompt)
    assert "for value in values:" in said


@pytest.mark.parametrize("name", ["peer-continue", "peer-cody", "peer-lsp-ai"])
def test_a_chat_is_told_what_stands_after_the_cursor(name):
    prompt = WAYS[name].ask(HOLE).prompt
    assert isinstance(prompt, ChatPrompt)
    assert "return result" in prompt.messages[-1].content


def test_a_continuation_is_ended_after_its_time_only_once_it_has_a_line():
    enough = WAYS["peer-llama.vscode"].is_enough
    assert enough("one\ntwo", 64)
    assert not enough("one\ntwo", 63)
    assert not enough("one", 100)


def test_names_of_ways_are_not_taken_twice():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(
    ("read", "left"),
    [
        (without_fence("```python\nx = 1\n```\nThat is it."), "x = 1"),
        (without_fence("x = 1\n```"), "x = 1"),
        (without_overlap("a, b)", ")\nc"), "a, b"),
        (without_overlap("a, b", ")\nc"), "a, b"),
        (before_next_lines("a\nb\nc", "\n    b\n"), "a"),
        (before_next_lines("a\nlonger_name = 12", "\nlonger_name = 13", alike=True), "a"),
        (before_next_lines("a\nb", "\nc"), "a\nb"),
        (before_repeats("a\nb\nb\nb\nb"), "a\nb"),
        (before_repeats("a\nb\nb"), "a\nb\nb"),
        (before_unmatched_closer("f(x))"), "f(x)"),
        (before_unmatched_closer("[x for x in y]"), "[x for x in y]"),
        (before_dedent("a\n    b\nc", "    "), "a\n    b"),
        (last_lines("a\nb\nc", 2), "b\nc"),
    ],
)
def test_an_answer_is_cut_where_the_assistant_cuts_it(read, left):
    assert read == left
