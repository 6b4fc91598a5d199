"""The tables say what the records hold."""

from quality import tables


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
    assert row["empty %"] == "25.0"
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
    row = cells(tables.comparison({"a": before, "b": after}, "a"), "b")
    assert row["n"] == "20"
    assert row["points more than a"] == "100.0 (100.0 to 100.0)"
    assert row["times as many"] == "inf (inf to inf)"
    assert row["this"] == "is no chance"


def test_how_many_times_as_many_are_right_is_told_with_its_interval(record):
    before = [record(str(n), verdict="passed" if n % 4 == 0 else "failed") for n in range(80)]
    after = [record(str(n), verdict="passed" if n % 2 == 0 else "failed") for n in range(80)]
    row = cells(tables.comparison({"a": before, "b": after}, "a"), "b")
    assert row["times as many"].startswith("2.00 (1.")


def test_the_best_of_some_ways_is_the_one_with_most_right(record):
    runs = {
        "a": [record("1"), record("2", verdict="failed")],
        "b": [record("1"), record("2")],
        "c": [record("1", verdict="failed")],
    }
    assert tables.best(runs, ["a", "c", "d"]) == "a"
    assert tables.best(runs, ["d"]) is None


def test_a_run_that_was_ended_has_no_share_of_a_place_it_did_not_come_to(record):
    runs = {"a": [record("1"), record("2", situation="import")], "b": [record("1")]}
    assert cells(tables.by_situation(runs), "import")["b"] == ""


def test_the_best_way_at_each_kind_of_place_is_marked(record):
    runs = {
        "a": [record("1"), record("2", situation="import", verdict="failed")],
        "b": [record("1", verdict="failed"), record("2", situation="import")],
    }
    table = tables.by_situation(runs)
    assert cells(table, "import") == {
        **{"": "", "where the cursor stands": "import", "n": "1"},
        **{"a": "0.0", "b": "**100.0**"},
    }
