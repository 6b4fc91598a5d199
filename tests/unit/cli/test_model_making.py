"""Importing and converting from the command line."""

import importlib.util
import json
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "model_folders", Path(__file__).parent.with_name("models") / "model_folders.py"
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)


@pytest.fixture
def own(make_house):
    """A house of a test's own, with nothing in it."""
    return make_house()


def test_a_folder_is_imported_listed_and_forgotten_and_stays_as_it_is(own, tmp_path):
    folder = folders.openvino(tmp_path / "my models" / "Phi 3")
    before = sorted(file.name for file in folder.iterdir())
    ended = own.run("models", "import", str(folder), "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["id"], told["format"], told["quantization"]) == ("phi-3", "openvino", "int4")
    assert "openvino-genai/NPU" in told["accelerators"]

    listed = json.loads(own.run("models", "list", "--json").stdout)
    (row,) = [row for row in listed if row["id"] == "phi-3"]
    assert (row["state"], row["build"]) == ("ready", "imported")

    ended = own.run("models", "remove", "phi-3", "--json")
    assert json.loads(ended.stdout) == {"id": "phi-3", "removed": True, "bytesFreed": 0}
    listed = json.loads(own.run("models", "list", "--json").stdout)
    assert "phi-3" not in [row["id"] for row in listed]
    assert sorted(file.name for file in folder.iterdir()) == before


def test_a_damaged_folder_is_refused_with_the_reason_and_what_to_do(own, tmp_path):
    folder = folders.openvino(tmp_path / "phi")
    (folder / "openvino_model.bin").unlink()
    ended = own.run("models", "import", str(folder))
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "phi-sidecar: openvino_model.bin is missing.",
        "Download or copy the model again, all of it.",
    ]


def test_what_an_original_is_not_converted_to_is_told_with_what_it_is(own, tmp_path):
    folder = folders.transformers(tmp_path / "phi")
    ended = own.run("models", "import", str(folder), "--name", "My Phi")
    assert "phi-sidecar models convert my-phi --to openvino-int4" in ended.stdout
    ended = own.run("models", "convert", "my-phi", "--to", "openvino-int3")
    assert ended.returncode == 1
    message, remedy = ended.stderr.splitlines()
    assert message == "phi-sidecar: My Phi is not converted to that."
    assert "openvino-int4-npu" in remedy


def test_a_form_that_comes_ready_made_is_not_converted(own):
    ended = own.run("models", "convert", "phi-3-mini-4k-instruct", "--to", "openvino-int4")
    assert ended.returncode == 1
    message, remedy = ended.stderr.splitlines()
    assert message.endswith("comes ready-made as openvino-int4.")
    assert "models prepare phi-3-mini-4k-instruct --build openvino-int4" in remedy
