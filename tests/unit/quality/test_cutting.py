"""Holes are cut from code, always the same ones."""

import random

import pytest
from phi_sidecar.completion.language import language_of
from phi_sidecar.completion.situation import Situation
from quality.cutting import LEAST_CHARS, MOST_LINES, Source, cut, is_wanted
from quality.holes import Hole, Kind

CODE = '''"""What it is for."""

import os


def first(values):
    """Return the first of them."""
    # Nothing else.
    for value in values:
        if value:
            return value
    return None
'''

SOURCE = Source("group", "source", "python", CODE, start=CODE.index("    # Nothing"), remarks=0.0)


@pytest.mark.parametrize("kind", Kind)
def test_a_hole_and_what_is_around_it_are_the_text(kind):
    holes = list(cut(SOURCE, kind))
    assert holes
    for hole in holes:
        assert hole.before + hole.text + hole.after == CODE
        assert hole.filled(hole.text) == CODE
        assert len("".join(hole.text.split())) >= LEAST_CHARS


@pytest.mark.parametrize("kind", Kind)
def test_the_same_holes_are_cut_every_time(kind):
    random.seed(1)
    once = [hole.id for hole in cut(SOURCE, kind)]
    random.seed(2)
    assert [hole.id for hole in cut(SOURCE, kind)] == once
    assert len(set(once)) == len(once)


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_cut_before_the_part_that_may_be_cut(kind):
    assert all(len(hole.before) >= SOURCE.start for hole in cut(SOURCE, kind))


def test_a_single_line_is_cut_from_behind_its_indentation_to_its_end():
    holes = {hole.text: hole for hole in cut(SOURCE, Kind.SINGLE_LINE)}
    hole = holes["return value"]
    assert hole.before.endswith("if value:\n            ")
    assert hole.after == "\n    return None\n"
    assert (hole.line, hole.column) == (10, 12)


def wanted(source):
    """Return the texts of the single lines that are chosen."""
    return {hole.text for hole in cut(source, Kind.SINGLE_LINE) if is_wanted(source, hole)}


def test_comments_are_left_whole_where_no_test_would_miss_them():
    assert "# Nothing else." not in wanted(SOURCE)
    assert "return value" in wanted(SOURCE)


def test_comments_and_docstrings_are_cut_where_they_are_wanted():
    source = Source("group", "source", "python", CODE, remarks=1.0)
    assert {"# Nothing else.", '"""Return the first of them."""'} < wanted(source)


def test_a_string_that_is_used_is_code():
    source = Source("group", "source", "python", 'x = [\n    "one",\n]\n', remarks=0.0)
    assert '"one",' in wanted(source)


def test_the_rest_of_a_line_begins_within_it():
    for hole in cut(SOURCE, Kind.LINE_REST):
        assert hole.before.rpartition("\n")[2].strip()
        assert hole.after.startswith("\n")
        assert "\n" not in hole.text


def test_several_lines_are_no_more_than_a_person_would_read():
    spans = [hole.text.count("\n") + 1 for hole in cut(SOURCE, Kind.MULTI_LINE)]
    assert min(spans) == 2
    assert max(spans) <= MOST_LINES


@pytest.mark.parametrize("text", ["", "\n\n", "x", "ab\n"])
def test_a_text_with_nothing_to_cut_has_no_holes(text):
    for kind in Kind:
        assert list(cut(Source("group", "source", "python", text), kind)) == []


def test_the_situation_is_what_the_product_sees():
    before, text, after = ["def f():\n    x = 1\n    ", "return x", "\n\ny = 2\n"]
    hole = Hole("group", "source", "python", Kind.SINGLE_LINE, before, text, after)
    assert hole.situation is Situation.BLOCK_LINE


def test_holes_of_one_source_belong_to_the_same_half():
    halves = {hole.first_half for kind in Kind for hole in cut(SOURCE, kind)}
    assert len(halves) == 1
    others = {
        Hole("g", f"s{n}", "python", Kind.SINGLE_LINE, "", "x", "").first_half for n in range(9)
    }
    assert others == {True, False}


def test_a_half_of_the_tasks_fits_what_the_other_reports():
    def half(number):
        return Hole("humaneval", f"HumanEval/{number}", "python", Kind.SINGLE_LINE, "", "x", "")

    assert [half(number).first_half for number in (0, 2, 4, 86, 160, 162)] == [
        *(True, False, True),
        *(False, True, False),
    ]


def test_every_language_of_the_sources_is_known():
    assert language_of("cpp").line_comments == ("//",)
