"""The figures as they are told."""

import json

import pytest
from measuring.figures import Aim, Figure, Section, Table, repeated
from measuring.report import as_json, as_markdown, as_table

MACHINE = {"processor": "A processor", "cores": "2 cores"}


@pytest.fixture
def sections() -> list[Section]:
    return [
        Section(
            "startup",
            "initialize answered",
            [repeated("ours", [300.0, 310.0, 305.5]), Figure("share", "%", value=12.5, of=8)],
            [Aim("over a bare server", 62.0, 100.0, "ms"), Aim("too slow", 8.0, 5.0, "ms")],
            note="One core each.",
        ),
        Section(
            "activation",
            "Activation",
            aims=[Aim("activation", None, 50.0, "ms")],
            missing="no package is built",
        ),
    ]


def test_the_table_aligns_and_names_the_machine(sections):
    assert as_table(MACHINE, sections) == "\n".join(
        [
            "A processor · 2 cores",
            "",
            "initialize answered",
            "         median  least … most  n",
            "  ours   306 ms     300 … 310  3",
            "  share  12.5 %             -  8",
            "  One core each.",
            "",
            "Activation",
            "  not measured: no package is built",
            "",
            "Aims",
            "                      measured     aim         ratio",
            "  over a bare server     62 ms  100 ms       0.62 ok",
            "  too slow                8 ms    5 ms     1.60 over",
            "  activation                 -   50 ms  not measured",
        ]
    )


def test_markdown_is_a_table_per_section(sections):
    told = as_markdown(MACHINE, sections).split("\n")
    assert "| ours | 306 ms | 300 … 310 | 3 |" in told
    assert "| too slow | 8 ms | 5 ms | 1.60 over |" in told
    assert "Not measured: no package is built" in told
    assert all(row.count("|") == 5 for row in told if row.startswith("|"))


def test_json_is_one_object_with_plain_numbers(sections):
    told = json.loads(json.dumps(as_json(MACHINE, sections)))
    assert told["machine"] == MACHINE
    ours, share = told["sections"]["startup"]["figures"]
    assert ours == {
        "name": "ours", "unit": "ms", "median": 305.5, "min": 300.0, "max": 310.0, "n": 3,
    }  # fmt: skip
    assert share == {"name": "share", "unit": "%", "median": 12.5, "n": 8}
    assert told["sections"]["activation"]["missing"] == "no package is built"
    assert [aim["met"] for aim in told["aims"]] == [True, False, None]


@pytest.fixture
def side_by_side() -> list[Section]:
    table = Table(
        ("backend", "load, s", "TPOT, ms"), [("one", "1.0", "9"), ("another", "12.5", "")]
    )
    return [Section("backends", "Every backend", tables=[table], note="On the processor.")]


def test_what_is_read_side_by_side_is_one_table(side_by_side):
    assert as_table(MACHINE, side_by_side).splitlines()[2:] == [
        "Every backend",
        "  backend  load, s  TPOT, ms",
        "  one          1.0         9",
        "  another     12.5",
        "  On the processor.",
    ]
    assert as_markdown(MACHINE, side_by_side).splitlines()[4:8] == [
        "| backend | load, s | TPOT, ms |",
        "|---|--:|--:|",
        "| one | 1.0 | 9 |",
        "| another | 12.5 |  |",
    ]
    told = as_json(MACHINE, side_by_side)["sections"]["backends"]
    assert told["tables"][0][0] == {"backend": "one", "load, s": "1.0", "TPOT, ms": "9"}


def test_tables_of_one_section_are_told_apart():
    tables = [Table(("system", "p50"), [("ours", "1 ms")]), Table(("ratio", ""), [("p50", "0.5")])]
    sections = [Section("completion", "Typing", tables=tables)]
    assert as_markdown(MACHINE, sections).splitlines()[4:] == [
        "| system | p50 |",
        "|---|--:|",
        "| ours | 1 ms |",
        "",
        "| ratio |  |",
        "|---|--:|",
        "| p50 | 0.5 |",
    ]
    assert as_table(MACHINE, sections).splitlines()[3:] == [
        "  system   p50",
        "  ours    1 ms",
        "",
        "  ratio",
        "  p50    0.5",
    ]
