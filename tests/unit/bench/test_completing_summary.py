"""What a comparison of systems comes to."""

import pytest
from completing.alone import Alone
from completing.comparison import Block, Measured, real_traces
from completing.player import Stroke
from completing.strokes import lines
from completing.summary import appeared_ms, section, waited_ms
from completing.systems import Answer, Spent
from measuring.report import as_json

OURS, WITHOUT, SLOW, FAST = "Phi Sidecar", "without", "llama.cpp slow", "llama.cpp fast"


STAGES = {"0": {"pause": 20.0, "decode": 25.0}, "1": {"decode": 90.0}}


def stroke(index, answered_ms, *, through=False, id=""):
    answer = None if answered_ms is None else Answer("text", "suggested", id=id)
    return Stroke(
        index, 1, taken=False, late_ms=0.0, through=through, answer=answer,
        answered_ms=answered_ms, visible=answered_ms is not None,
    )  # fmt: skip


def block(system, waits_ms, cpu_s, *, number=0, stages=None):
    strokes = [stroke(index, ms, id=str(index)) for index, ms in enumerate(waits_ms)]
    return Block(system, number, "a.py", strokes, Spent(cpu_s, 120), stages or {})


@pytest.fixture
def measured():
    return Measured(
        [OURS, WITHOUT], [SLOW, FAST], threads=2, peer="1.0",
        blocks=[
            block(OURS, [50.0] * 30, 9.0, stages=STAGES),
            block(WITHOUT, [60.0] * 30, 6.0),
            block(SLOW, [400.0] * 30, 8.0),
            block(FAST, [200.0] * 30, 12.0),
        ],
        alone=Alone(
            cold_ms={OURS: [600.0] * 3, SLOW: [6_000.0] * 3, FAST: [3_000.0] * 3},
            token_ms={OURS: [9.0] * 3, SLOW: [10.0] * 3, FAST: [6.0] * 3},
        ),
    )  # fmt: skip


def row(section, place, name):
    return next(row for row in section.tables[place].rows if row[0] == name)[1:]


def test_every_system_has_a_column(measured):
    told = section(measured)
    assert told.tables[0].columns == ("", OURS, WITHOUT, SLOW, FAST)
    new = row(told, 0, "new suggestion, from the key, p50")
    assert new == ("50 ms", "60 ms", "400 ms", "200 ms")
    assert row(told, 0, "processor time per new suggestion") == (
        "0.30 s", "0.20 s", "0.27 s", "0.40 s",
    )  # fmt: skip
    assert row(told, 0, "prompt tokens computed")[0] == "120"


def test_each_aim_is_held_against_the_peer_that_is_best_at_it(measured):
    told = section(measured)
    assert [(aim.measured, aim.limit, aim.met) for aim in told.aims] == [
        (0.25, 0.5, True),
        (0.25, 0.5, True),
        (pytest.approx(0.75), 1.0, True),
        (0.2, 0.5, True),
        (1.5, 1.0, False),
    ]
    assert row(told, 1, "new suggestion p50") == ("50 ms", "200 ms", "0.25", "0.25 … 0.25", "0.50")


def test_a_peer_that_hardly_ever_suggests_is_not_the_fast_one(measured):
    measured.blocks[3] = block(FAST, [1.0], 12.0)
    assert row(section(measured), 1, "new suggestion p50")[1] == "400 ms"


def test_where_every_peer_hardly_ever_suggests_the_one_with_the_most_counts(measured):
    measured.blocks[2:] = [block(SLOW, [400.0] * 3, 8.0), block(FAST, [200.0] * 2, 8.0)]
    assert row(section(measured), 1, "new suggestion p50")[1] == "400 ms"


def test_processor_time_is_compared_without_look_ahead(measured):
    told = section(measured)
    assert row(told, 1, "processor time per new suggestion, no look-ahead")[0] == "0.20 s"


def test_where_the_time_goes_is_told_for_what_is_known_of_it(measured):
    told = section(measured)
    assert [cells[:2] for cells in told.tables[2].rows] == [
        ("pause", "20 ms"), ("decode", "25 ms"), ("everything else, both ways", "5 ms"),
    ]  # fmt: skip


def test_what_is_typed_along_is_no_new_suggestion_and_takes_no_time():
    blocks = [
        Block(OURS, 0, "a.py", [stroke(0, 80.0), stroke(1, 3.0, through=True)], Spent(1.0, 1), {})
    ]
    assert appeared_ms(blocks, OURS) == {("a.py", 0): [80.0]}
    assert waited_ms(blocks, OURS) == {("a.py", 0): [80.0, 0.0]}


def test_without_a_peer_there_are_figures_and_aims_that_were_not_measured():
    blocks = [block(OURS, [50.0], 1.0), block(WITHOUT, [50.0], 1.0)]
    alone = Measured([OURS, WITHOUT], [], threads=2, without_peer="no compiler", blocks=blocks)
    told = section(alone)
    assert len(told.tables) == 1
    assert [aim.met for aim in told.aims] == [None] * 5
    assert "Without llama.cpp: no compiler." in told.note


def test_a_system_that_showed_nothing_has_dashes_and_no_ratio(measured):
    measured.blocks[0] = block(OURS, [None] * 30, 1.0)
    told = section(measured)
    assert row(told, 0, "new suggestion, from the key, p50")[0] == "-"
    assert told.aims[0].met is None
    assert row(told, 1, "new suggestion p50")[0] == "-"


def test_unknown_prompts_are_told_beside_the_tokens(measured):
    measured.blocks.append(Block(OURS, 1, "a.py", [], Spent(0.0, 5, untold=2), {}))
    told = section(measured)
    assert row(told, 0, "prompt tokens computed")[0] == "125"
    assert row(told, 0, "requests of which that is not told")[0] == "2"


def test_scripts_get_every_figure_as_a_number(measured):
    told = as_json({}, [section(measured)])["sections"]["completion"]
    figures = {figure["name"]: figure for figure in told["figures"]}
    assert figures[f"{FAST}: new suggestion, from the key, p50"]["median"] == 200.0
    assert figures[f"{WITHOUT}: processor time"]["median"] == 6.0
    ratio = figures["new suggestion p50, of the faster peer's, 95 % interval"]
    assert (ratio["median"], ratio["min"], ratio["max"]) == (0.25, 0.25, 0.25)


def test_what_came_of_every_key_is_one_line_each(measured):
    written = list(lines(measured.blocks))
    assert len(written) == 120
    assert '"stagesMs": {"pause": 20.0, "decode": 25.0}' in written[0]


def test_the_traces_of_real_files_are_three_hundred_keys_in_three_languages():
    traces = real_traces()
    assert sum(len(trace.keystrokes) for trace in traces) == 300
    assert {trace.language for trace in traces} == {"python", "typescript", "javascript"}
    assert all(12_000 < trace.duration_ms < 25_000 for trace in traces)
