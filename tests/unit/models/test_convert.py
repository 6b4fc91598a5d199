import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import (
    Build,
    CatalogModel,
    ConversionSource,
    Format,
    load_catalog,
)
from phi_sidecar.models.convert import Converter
from phi_sidecar.progress import ignore

_spec = importlib.util.spec_from_file_location(
    "model_folders", Path(__file__).with_name("model_folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

PLENTY = 1 << 50


class Environment:
    """A conversion environment in which the tools are missing: this very Python."""

    def __init__(self):
        self.asked = []
        self.python = Path(sys.executable)

    async def prepare(self, name, report):
        self.asked.append(name)
        return self.python


async def never(found, accelerator, work, report):
    raise AssertionError(accelerator)


def build_of(recipe):
    source = ConversionSource(of="original", recipe=recipe)
    return Build(recipe, Format.OPENVINO, "int4", ("int4",), (), source, 1)


@pytest.fixture
def model():
    family = load_catalog().families["phi3"]
    return CatalogModel("tiny", "Tiny", family, False, "MIT", 4096, (build_of("openvino-int4"),))


@pytest.fixture
def original(tmp_path):
    return folders.transformers(tmp_path / "original")


@pytest.fixture
def environment():
    return Environment()


@pytest.fixture
def convert(environment, model, original, tmp_path):
    async def convert(recipe="openvino-int4", free=PLENTY, report=ignore):
        converter = Converter(environment, never, lambda: free)
        await converter(model, build_of(recipe), original, tmp_path / "made", report)

    return convert


async def test_too_little_memory_is_told_before_anything_is_set_up(convert, environment, tmp_path):
    with pytest.raises(PreparationFailed, match=r"1,001 MB of memory, 500 MB are free") as failure:
        await convert(free=500_000_000)
    assert "ready-made" in failure.value.remedy
    assert environment.asked == []
    assert not (tmp_path / "made").exists()


async def test_too_little_room_is_told_before_anything_is_set_up(
    convert, environment, tmp_path, monkeypatch
):
    usage = shutil.disk_usage("/")._replace(free=5_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(PreparationFailed, match="The disk is too full"):
        await convert()
    assert environment.asked == []


async def test_a_damaged_original_is_refused_with_the_reason(convert, environment, original):
    (original / "model.safetensors").write_bytes(b"")
    with pytest.raises(PreparationFailed, match=r"to OpenVINO INT4 failed: model\.safetensors is"):
        await convert()
    assert environment.asked == []


async def test_models_of_other_families_are_not_converted(convert, original):
    config = json.loads((original / "config.json").read_text())
    (original / "config.json").write_text(json.dumps(config | {"model_type": "gemma3_text"}))
    with pytest.raises(PreparationFailed, match="of the kind 'gemma3_text'"):
        await convert()


async def test_a_conversion_that_nobody_knows_is_told_with_those_that_are_known(convert):
    with pytest.raises(PreparationFailed, match="no conversion called 'openvino-int3'") as failure:
        await convert("openvino-int3")
    assert "openvino-int4" in failure.value.remedy


async def test_a_tool_that_fails_is_told_by_its_last_words_and_its_leavings_go(convert, tmp_path):
    told = []
    with pytest.raises(
        PreparationFailed, match=r"Converting Tiny to OpenVINO INT4 failed: .*optimum"
    ):
        await convert(report=told.append)
    assert list((tmp_path / "made").iterdir()) == []
    assert told[0].step.startswith("Groups of 128 weights do not divide this model's 64")
    assert told[1].step == "Converting Tiny to OpenVINO INT4: reading the model"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Python is a shell script")
@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        ("kill -9 $$", "failed: memory ran out"),
        ("echo 'RuntimeError: std::bad_alloc' >&2; exit 1", "failed: memory ran out"),
        ("echo 'OSError: [Errno 28] No space left on device' >&2; exit 1", "the disk is full"),
        ("echo 'KeyError: oh no' >&2; exit 1", "failed: KeyError: oh no"),
        ("exit 0", r"what was made is not whole. .* holds no model"),
    ],
)
async def test_how_a_tool_ended_is_told(convert, environment, tmp_path, ends, reason):
    environment.python = tmp_path / "python"
    environment.python.write_text(f"#!/bin/sh\n{ends}\n")
    environment.python.chmod(0o755)
    with pytest.raises(PreparationFailed, match=reason):
        await convert()
