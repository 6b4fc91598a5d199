import os

import pytest
from phi_sidecar.accelerators.selection import ReadSelection, Selection, SelectionFile
from phi_sidecar.errors import PreparationFailed


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "selection.json"


def test_without_a_choice_the_default_is_in_force(file):
    assert SelectionFile(file).read() == ReadSelection(
        Selection(accelerator="openvino-genai/CPU", model="starter"), problem=None
    )


def test_a_choice_is_kept_for_every_window(file):
    chosen = Selection(accelerator="echo/echo", model="starter")
    SelectionFile(file).write(chosen)
    assert SelectionFile(file).read() == ReadSelection(chosen)
    assert [entry.name for entry in file.parent.iterdir()] == ["selection.json"]


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"accelerator": 1, "model": "x"}', b"\xff\xfe", b"[" * 99_999]
)
def test_a_file_that_cannot_be_understood_is_kept_aside_and_the_default_is_in_force(file, text):
    file.parent.mkdir()
    file.write_bytes(text)
    read = SelectionFile(file).read()
    assert read.selection == Selection()
    assert "kept as" in read.problem
    (aside,) = file.parent.iterdir()
    assert aside.name in read.problem
    assert aside.read_bytes() == text


def test_what_another_window_writes_is_noticed(file):
    ours, theirs = SelectionFile(file), SelectionFile(file)
    assert not ours.changed()
    theirs.write(Selection(accelerator="echo/echo"))
    assert ours.changed()
    assert not theirs.changed()
    ours.read()
    assert not ours.changed()


def test_a_refused_write_is_told_and_what_was_there_stays(file, monkeypatch):
    kept = SelectionFile(file)
    kept.write(Selection(accelerator="echo/echo"))

    def refuse(self, target):
        raise PermissionError(13, os.strerror(13), str(target))

    monkeypatch.setattr(type(file), "replace", refuse)
    with pytest.raises(PreparationFailed, match="could not be written"):
        kept.write(Selection())
    monkeypatch.undo()
    assert kept.read().selection.accelerator == "echo/echo"
    assert [entry.name for entry in file.parent.iterdir()] == ["selection.json"]
