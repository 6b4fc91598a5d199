"""The way in which a model is asked for code is remembered where one was chosen."""

import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.ways import ChosenWays


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "ways.json"


def test_what_was_chosen_is_known_to_every_window(file):
    ChosenWays(file).choose("phi", "int4", "continuation")
    ChosenWays(file).choose("phi", "int8", "instruct")
    assert ChosenWays(file).of("phi", "int4") == "continuation"
    assert ChosenWays(file).of("phi", "int8") == "instruct"
    assert ChosenWays(file).of("starter", "int4") is None


def test_a_choice_can_be_changed_and_taken_back(file):
    ways = ChosenWays(file)
    ways.choose("phi", "int4", "continuation")
    ways.choose("phi", "int4", "after-first")
    assert ways.of("phi", "int4") == "after-first"
    ways.choose("phi", "int4", None)
    assert ways.of("phi", "int4") is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"ways": 1}', '{"ways": [1]}', '{"ways": [{"model": 1}]}', "\x00"]
)
def test_a_file_that_cannot_be_understood_counts_as_empty(file, content):
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    assert ChosenWays(file).of("phi", "int4") is None
    ChosenWays(file).choose("phi", "int4", "instruct")
    assert ChosenWays(file).of("phi", "int4") == "instruct"


def test_nothing_is_left_beside_the_file(file):
    ChosenWays(file).choose("phi", "int4", "instruct")
    assert {entry.name for entry in file.parent.iterdir()} <= {"ways.json", "ways.lock"}


def test_what_cannot_be_remembered_is_said(tmp_path):
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(PreparationFailed) as raised:
        ChosenWays(tmp_path / "data" / "ways.json").choose("phi", "int4", "instruct")
    assert "data" in raised.value.remedy
