"""The tables say what the records hold."""

import pytest
from quality import tables
from quality.records import Record


@pytest.fixture
def record():
    """Build a record of which only what matters is told."""

    def build(id="1", **told):
        usual = {
            "group": "humaneval",
            "source": f"source {id}",
            "kind": "single-line",
            "situation": "middle of a line",
            "first_half": True,
            "before": "",
            "hole": "x",
            "after": "",
            "shown": "x",
            "replace_after": 0,
            "outcome": "suggested",
            "detail": None,
            "mode": "singleLine",
            "asked": ("",),
            "answer": "x",
            "finish_reason": "stop",
            "changed_by": (),
            "dropped_by": None,
            "draft": "x",
            "draft_right": True,
            "verdict": "passed",
            "first_line_verdict": "passed",
            "exact": True,
            "first_line_exact": True,
            "similarity": 1.0,
            "typed_refusal": None,
            "total_ms": 100.0,
            "ttft_ms": 10.0,
            "tpot_ms": 10.0,
            "prompt_tokens": 100,
            "cached_tokens": 0,
            "completion_tokens": 9,
        }
        return Record(**{**usual, "id": id, **told})

    return build


def cells(table, name):
    """Return the cells of the row of a way, by their heads."""
    heads, _, *rows = ([cell.strip() for cell in line.split("|")] for line in table.split("\n"))
    (row,) = (row for row in rows if name in row)
    return dict(zip(heads, row, strict=True))


def test_what_is_shown_and_what_is_right_are_shares_of_all_holes(record):
    silent = {"shown": "", "verdict": "failed", "first_line_verdict": "failed", "exact": False}
    records = [record("1"), record("2", **silent), record("3", verdict="failed"), record("4")]
    records[3] = record("4", typed_refusal="Code follows the cursor on its line.")
    row = cells(tables.overview({"ours": records}, by=lambda _: "all"), "ours")
    assert row["n"] == "4"
    assert row["shown %"] == "75.0"
    assert row["places %"] == "75.0"
    assert row["right %"] == "50.0"
    assert row["right of shown %"] == "66.7"
    assert row["first line right %"] == "75.0"


def test_where_there_are_no_tests_right_is_what_was_there(record):
    told = {"verdict": None, "first_line_verdict": None}
    records = [record("1", **told), record("2", exact=False, **told)]
    row = cells(tables.overview({"ours": records}, by=lambda _: "all"), "ours")
    assert row["right %"] == "50.0"
    assert row["first line right %"] == ""


def test_latency_is_of_the_holes_that_the_model_was_asked_about(record):
    records = [record("1"), record("2", total_ms=300.0), record("3", asked=(), total_ms=0.1)]
    row = cells(tables.overview({"ours": records}, by=lambda _: "all"), "ours")
    assert row["p50 ms"] == "200"


def test_each_filter_is_counted_with_what_became_of_it(record):
    records = [
        record("1", changed_by=("unfinished",), draft_right=False),
        record("2", changed_by=("unfinished",), dropped_by="too_short", verdict="failed"),
        record("3"),
        record("4"),
    ]
    table = tables.filters({"ours": records})
    assert cells(table, "unfinished")["changed %"] == "50.0"
    assert cells(table, "unfinished")["made right"] == "1"
    assert cells(table, "unfinished")["made wrong"] == "1"
    assert cells(table, "too_short")["left nothing %"] == "25.0"
    assert cells(table, "too_short")["made wrong"] == "1"


def test_runs_are_compared_over_the_holes_that_both_have(record):
    before = [record(str(n), verdict="failed") for n in range(30)]
    after = [record(str(n)) for n in range(10, 50)]
    assert len(tables.pairs(before, after)) == 20
    rows = tables.comparison({"a": before, "b": after}, "a").split("\n")
    assert "100.0 (100.0 to 100.0)" in rows[2]
    assert "| 20 " in rows[2]
    assert "no chance" in rows[2]
