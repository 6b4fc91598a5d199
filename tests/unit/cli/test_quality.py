"""`phi-sidecar bench --quality` compares the ways of asking, and remembers the better one."""

import json
import math
from argparse import Namespace
from types import SimpleNamespace

import pytest
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.cli import quality
from phi_sidecar.completion.confidence import NEEDED
from phi_sidecar.completion.strategies import WAYS
from phi_sidecar.generated.protocol import CompletionConfidence, ModelInfo
from phi_sidecar.models.ways import ChosenWays
from phi_sidecar.quality.comparison import Answer, Tried, advise
from phi_sidecar.quality.exercises import exercises

ECHO = ("--accelerator", "echo/echo")


@pytest.fixture(scope="module")
def shared(make_house):
    """A house where nothing is set up; the echo accelerator needs nothing."""
    return make_house()


@pytest.fixture(scope="module")
def measured(shared):
    ended = shared.run("bench", "--quality", "--json", *ECHO)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_every_way_is_tried_on_every_hole(measured):
    assert measured["accelerator"] == "echo/echo"
    assert measured["holes"] == len(exercises())
    assert [row["way"] for row in measured["rows"]] == ["default", *WAYS]
    for row in measured["rows"]:
        # What it writes of code is a word.
        assert row["right"] == 0
        assert 0 <= row["empty"] <= measured["holes"]
        assert row["medianMs"] > 0
    assert [row["level"] for row in measured["levels"]] == ["any", "likely", "sure"]
    assert measured["way"] == measured["recommended"] == "default"
    assert measured["used"] is None


def test_a_way_that_is_chosen_is_gone_from_then_on_until_it_is_taken_back(shared):
    def bench(*arguments):
        ended = shared.run("bench", "--quality", *arguments, *ECHO)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    assert "asked in the way: continuation" in bench("--use", "continuation")
    assert ChosenWays(shared.paths.ways).of("none", "none") == "continuation"
    told = json.loads(bench("--json", "--use", "default"))
    assert (told["way"], told["used"]) == ("continuation", "default")
    assert ChosenWays(shared.paths.ways).of("none", "none") is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--quality", "--use", "nonsense"), "'nonsense'"),
        (("--use", "continuation"), "--quality"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_measured(shared, arguments, told):
    ended = shared.run("bench", *arguments, *ECHO)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Filling" not in ended.stderr


def tried(name, right, of=40, confidence=None):
    return Tried(name, [Answer(f"s{n}", True, n < right, 12.0, confidence) for n in range(of)])


@pytest.fixture
def engine():
    active = SimpleNamespace(
        selection=Selection("openvino-genai/CPU"),
        info=ModelInfo(id="phi", name="Phi", quantization="int4", starter=False),
        loaded=SimpleNamespace(executing_device="CPU"),
    )
    return SimpleNamespace(active=active)


def told_of(engine, *ways, used=None):
    return quality.text(engine, quality.Compared(ways, advise(ways, "default"), "default", used))


def test_the_table_marks_the_way_of_now_and_tells_how_to_change_it(engine):
    lines = told_of(engine, tried("default", 10), tried("after-first", 30)).splitlines()
    assert "* default" in lines[3]
    assert lines[3].split() == ["*", "default", "10", "0", "12", "ms"]
    assert lines[-2].startswith("Recommended: after-first. It fills 30 of 40 holes rightly")
    assert "--use" in lines[-1]


def test_what_is_shown_with_each_setting_is_told_where_it_is_known(engine):
    assert "shown if" not in told_of(engine, tried("default", 10))
    told = told_of(engine, tried("default", 10, confidence=1.0)).splitlines()
    assert [line.split() for line in told[5:8]] == [
        [level.value, "10", "40"] for level in CompletionConfidence
    ]


def test_what_is_less_sure_than_a_setting_asks_for_is_not_shown():
    answers = [Answer("s", True, True, 1.0, confidence) for confidence in (0.2, 0.9, None)]
    left = Tried("way", answers).shown_at(0.5)
    assert (left.shown, left.right, left.empty) == (2, 2, 1)
    assert Tried("way", answers).shown_at(None).shown == 3
    assert all(needed is None or 0 <= needed < math.inf for needed in NEEDED.values())


def test_nothing_is_wrong_with_the_usual_arguments():
    for use in (None, "recommended", "default", *WAYS):
        assert quality.misuse_of(Namespace(quality=True, use=use)) is None
