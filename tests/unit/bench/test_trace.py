"""Recorded typing."""

from pathlib import Path

import pytest
from measuring.trace import Keystroke, Trace, apply, dump, load

TRACES = Path(__file__).parents[2] / "bench" / "traces"


def key(line: int, character: int, removed: int, inserted: str) -> Keystroke:
    return Keystroke(100, line, character, removed, inserted)


def test_a_key_takes_out_and_puts_in():
    assert apply("one\ntwo\n", key(1, 1, 2, "en")) == "one\nten\n"


def test_enter_moves_the_cursor_behind_the_indentation():
    enter = key(0, 3, 0, "\n    ")
    assert apply("if:pass", enter) == "if:\n    pass"
    assert enter.cursor == (1, 4)


def test_a_key_beyond_the_line_is_refused():
    with pytest.raises(ValueError, match="no 5 characters"):
        apply("four\n", key(0, 4, 1, ""))


def test_a_trace_is_kept_as_it_was():
    trace = Trace("a.py", "python", "x = 1\n", (key(0, 5, 0, "2"), key(0, 6, 1, "")))
    assert load(dump(trace)) == trace


@pytest.mark.parametrize("file", sorted(TRACES.glob("*.jsonl")), ids=lambda file: file.name)
def test_every_kept_trace_can_be_replayed_to_its_end(file):
    trace = load(file.read_text(encoding="utf-8"))
    text = trace.text
    for stroke in trace.keystrokes:
        text = apply(text, stroke)
    assert len(trace.keystrokes) > 100
    assert len(text) > len(trace.text)
    assert 20_000 < trace.duration_ms < 60_000
