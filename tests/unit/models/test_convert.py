import dataclasses
import json
import shutil
import sys
from pathlib import Path

import model_folders as folders
import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import (
    Build,
    CatalogModel,
    ConversionSource,
    Format,
    load_catalog,
)
from phi_sidecar.models.conversion.converter import Converter
from phi_sidecar.models.making import Wanted
from phi_sidecar.progress import ignore

PLENTY = 1 << 50


@dataclasses.dataclass(frozen=True)
class Plan:
    download_bytes: int
    install_bytes: int


PLANS = {"convert": Plan(300_000_000, 900_000_000), "openvino": Plan(50_000_000, 100_000_000)}


class Environment:
    """A conversion environment in which the tools are missing: this very Python."""

    def __init__(self):
        self.asked = []
        self.interpreter = Path(sys.executable)

        self.ready = set()

    def python(self, name):
        return self.interpreter if name in self.ready else None

    def plan(self, name):
        return PLANS[name]

    async def prepare(self, name, report):
        self.asked.append(name)
        self.ready.add(name)
        return self.interpreter


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
    environment.interpreter = tmp_path / "python"
    environment.interpreter.write_text(f"#!/bin/sh\n{ends}\n")
    environment.interpreter.chmod(0o755)
    with pytest.raises(PreparationFailed, match=reason):
        await convert()


@pytest.fixture
def get_ready(environment, model, original, tmp_path):
    async def get_ready(there=True, original_bytes=7_000_000_000, free=PLENTY):
        told = []
        converter = Converter(environment, never, lambda: free, lambda _: "openvino")
        place = tmp_path / "made"
        found = original if there else None
        wanted = Wanted(model, build_of("openvino-int4"), place, found, original_bytes)
        await converter.get_ready(wanted, told.append)
        return [step.step for step in told]

    return get_ready


@pytest.fixture
def room(monkeypatch):
    """Decide how much room the disk has."""

    def room(free):
        usage = shutil.disk_usage("/")._replace(free=free)
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    return room


async def test_what_a_conversion_and_its_trial_run_in_is_made_before_it_starts(
    get_ready, environment, room
):
    room(PLENTY)
    (told,) = await get_ready()
    assert environment.asked == ["convert", "openvino"]
    assert told == (
        "Converting Tiny to OpenVINO INT4 takes about a download of 350 MB,"
        " 1,001 MB of memory and 1,041 MB on disk"
    )
    assert await get_ready() == [told.replace("a download of 350 MB, ", "").replace("1,041", "41")]


async def test_what_is_still_to_be_fetched_of_the_original_is_told_with_the_rest(get_ready, room):
    room(PLENTY)
    (told,) = await get_ready(there=False)
    # 3.5 billion parameters of 2 bytes while converting, and the tools' own gigabyte.
    assert "a download of 7,350 MB, 8,000 MB of memory and 18," in told


async def test_memory_and_room_are_looked_at_before_gigabytes_are_fetched(
    get_ready, environment, room
):
    room(PLENTY)
    with pytest.raises(PreparationFailed, match=r"8,000 MB of memory, 5,000 MB are free"):
        await get_ready(there=False, free=5_000_000_000)
    room(9_000_000_000)
    with pytest.raises(PreparationFailed, match="The disk is too full"):
        await get_ready(there=False)
    assert environment.asked == []


async def test_what_the_tools_take_is_told_until_they_are_here(environment):
    converter = Converter(environment, never, lambda: 0, lambda _: "openvino")
    build = build_of("openvino-int4")
    assert converter.download_bytes(build, ()) == 350_000_000
    assert converter.download_bytes(build, ["openvino"]) == 300_000_000
    environment.ready = set(PLANS)
    assert converter.download_bytes(build, ()) == 0
