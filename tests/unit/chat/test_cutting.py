import itertools

import pytest
from phi_sidecar.chat.cutting import (
    ENOUGH,
    Counted,
    LargestFit,
    Lines,
    estimated_tokens,
    shares,
)


def text_of(lines):
    return "".join(f"line {number}\n" for number in range(lines))


def search(sizes, tokens_of, budget):
    """Drive a search to its end; returns what it found and how often it asked."""
    found, asked = LargestFit(sizes, tokens_of(len(sizes) - 1), budget), 0
    while (guess := found.guess) is not None:
        assert 0 < guess < len(sizes) - 1
        found.tell(guess, tokens_of(guess))
        asked += 1
    return *found.best, asked


def test_a_text_is_cut_from_its_beginning_without_a_focus():
    cut = Lines(text_of(100)).keep(10, Counted(300, 30, exact=True))
    assert (cut.fit.first_line, cut.fit.end_line, cut.fit.lines) == (0, 10, 100)
    assert cut.text == text_of(10)
    assert (cut.lines_before, cut.lines_after) == (0, 90)


def test_a_text_is_kept_around_its_focus_mostly_below_it():
    cut = Lines(text_of(100), focus_line=50).keep(10, Counted(300, 30, exact=True))
    assert (cut.fit.first_line, cut.fit.end_line) == (47, 57)
    assert (cut.lines_before, cut.lines_after) == (47, 43)


@pytest.mark.parametrize("focus", [0, 1, 50, 98, 99, 400])
def test_every_stretch_lies_in_the_text_and_in_the_next_longer_one(focus):
    lines = Lines(text_of(100), focus_line=focus)
    stretches = [lines.stretch(count) for count in range(1, 101)]
    for count, (first, end) in enumerate(stretches, 1):
        assert end - first == count
        assert 0 <= first <= min(focus, 99) < end <= 100
    for (first, end), (next_first, next_end) in itertools.pairwise(stretches):
        assert next_first <= first
        assert end <= next_end
    assert lines.sizes[1:] == [len(lines.text(count)) for count in range(1, 101)]


def test_lines_end_where_editors_end_them():
    lines = Lines("a\x0cb\r\nc\rd\u2028e\n")
    assert lines.lines == ["a\x0cb\r\n", "c\r", "d\u2028e\n"]
    assert lines.whole(9, exact=True).text == "a\x0cb\nc\nd\u2028e\n"


def test_half_a_character_is_kept_from_the_tokenizer():
    assert Lines("x = '\ud83d'\n").text(1) == "x = '\ufffd'\n"


def test_an_empty_text_is_whole():
    cut = Lines("", focus_line=3).whole(0, exact=True)
    assert (cut.text, cut.fit.lines, cut.fit.first_line, cut.fit.end_line) == ("", 0, 0, 0)


def test_the_beginning_of_a_line_is_kept_where_none_fits_whole():
    cut = Lines("short\n" + "\U0001f600" * 50 + "\n", focus_line=1).keep_characters(
        7, Counted(100, 14, exact=True)
    )
    assert cut.text == "\U0001f600" * 7
    assert cut.left_of_line == 44
    assert (cut.fit.first_line, cut.fit.end_line) == (1, 2)


@pytest.mark.parametrize("budget", [1, 7, 100, 333, 999])
@pytest.mark.parametrize("tokens_per_line", [1, 3, 10])
def test_the_search_finds_a_stretch_that_fits_and_nearly_fills_the_budget(budget, tokens_per_line):
    sizes = [count * 40 for count in range(1_001)]

    def tokens_of(count):
        return count * tokens_per_line

    count, tokens, asked = search(sizes, tokens_of, budget)
    assert tokens == tokens_of(count) <= budget
    assert tokens >= budget * ENOUGH or tokens_of(count + 1) > budget
    assert asked <= 6


def test_the_search_also_ends_where_tokens_are_spread_unevenly():
    # Half of the text is as dense as base64, half nearly free.
    sizes = [count * 40 for count in range(1_001)]

    def tokens_of(count):
        return min(count, 500) * 30 + max(0, count - 500)

    for budget in (10, 40, 3_000, 14_990, 15_100):
        count, tokens, asked = search(sizes, tokens_of, budget)
        assert tokens <= budget
        assert tokens >= budget * ENOUGH or tokens_of(count + 1) > budget
        assert asked <= 16


def test_the_search_says_where_not_even_one_line_fits():
    assert search([0, 4_000, 8_000], lambda count: count * 1_000, 900) == (0, 0, 1)
    assert search([0, 4_000], lambda count: count * 1_000, 900) == (0, 0, 0)


def test_short_attachments_stay_whole_and_long_ones_share_the_rest():
    assert shares([10, 20], 100) == [10, 20]
    assert shares([1_000, 10, 500], 100) == [45, 10, 45]
    assert shares([30, 1_000], 100) == [30, 70]
    assert shares([], 100) == []
    assert sum(shares([7_000] * 3, 100)) <= 100


def test_an_estimate_counts_what_is_not_ascii_for_more():
    assert estimated_tokens("") == 0
    assert estimated_tokens("a" * 400) == 100
    assert estimated_tokens("\u6771\u4eac" * 100) == 150
    assert estimated_tokens("x\ud83d") == 1
