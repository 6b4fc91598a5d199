"""Builds that are converted on this machine, and builds that the person brought."""

import dataclasses
import os

import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import (
    Build,
    Catalog,
    CatalogModel,
    ConversionSource,
    FolderSource,
    Format,
    HubSource,
    load_catalog,
)
from phi_sidecar.models.store import ModelState, ModelStore
from phi_sidecar.progress import ignore

ORIGINAL = {"config.json": b"{}", "model.safetensors": os.urandom(100_000)}


def build_of(id, source):
    return Build(id, Format.OPENVINO, "int4", ("int4",), ("openvino-genai/CPU",), source, 1)


@pytest.fixture
def model(hub):
    commit = hub.add("someone/tiny", ORIGINAL)
    original = HubSource("someone/tiny", commit, "", ("*.safetensors", "*.json"), 1, False)
    converted = ConversionSource(of="original", recipe="openvino-int4")
    builds = (build_of("converted", converted), build_of("original", original))
    family = load_catalog().families["phi3"]
    return CatalogModel("tiny", "Tiny", family, False, "MIT", 4096, builds)


class Converter:
    """Reverses the weights."""

    def __init__(self):
        self.runs = 0
        self.error = None

    async def __call__(self, model, build, original, target, report):
        self.runs += 1
        weights = (original / "model.safetensors").read_bytes()
        (target / "openvino_model.bin").write_bytes(weights[::-1])
        if self.error:
            raise self.error


@pytest.fixture
def convert():
    return Converter()


@pytest.fixture
def store(paths, model, convert):
    return ModelStore(paths, Catalog(families={}, models={"tiny": model}), convert)


def names_in(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))


async def test_the_original_is_fetched_and_converted_once(store, model, convert):
    converted, original = model.builds
    folder = await store.prepare(model, converted, ignore)
    weights = (folder / "openvino_model.bin").read_bytes()
    assert weights == ORIGINAL["model.safetensors"][::-1]
    assert store.find(model, original) is not None
    assert await store.prepare(model, converted, ignore) == folder
    assert convert.runs == 1


async def test_a_conversion_whose_original_is_there_downloads_nothing(store, model):
    _, original = model.builds
    before = {each.build.id: each.download_bytes for each in store.list()}
    assert before["converted"] == before["original"] > 0
    await store.prepare(model, original, ignore)
    after = {each.build.id: each.download_bytes for each in store.list()}
    assert after["converted"] == 0


async def test_what_was_made_is_recognized_and_checked_like_what_was_fetched(store, model):
    converted, _ = model.builds
    folder = await store.prepare(model, converted, ignore)
    assert await store.verify(model, converted) is ModelState.READY
    os.truncate(folder / "openvino_model.bin", 10)
    assert await store.verify(model, converted) is ModelState.DAMAGED
    assert store.find(model, converted) is None


async def test_a_damaged_conversion_is_made_again(store, model, convert):
    converted, _ = model.builds
    folder = await store.prepare(model, converted, ignore)
    os.truncate(folder / "openvino_model.bin", 10)
    await store.prepare(model, converted, ignore)
    assert convert.runs == 2
    assert await store.verify(model, converted) is ModelState.READY


async def test_a_conversion_that_fails_leaves_nothing_but_the_original(
    store, model, convert, paths
):
    convert.error = PreparationFailed("It speaks gibberish.")
    with pytest.raises(PreparationFailed, match="gibberish"):
        await store.prepare(model, model.builds[0], ignore)
    assert names_in(paths.models / "tiny") == [
        "converted.lock",
        "original",
        "original.lock",
        "original/checked.json",
        "original/config.json",
        "original/model.safetensors",
    ]


async def test_without_a_converter_it_says_so_before_anything_is_fetched(paths, model, hub):
    store = ModelStore(paths, Catalog(families={}, models={"tiny": model}))
    with pytest.raises(PreparationFailed, match="has to be converted"):
        await store.prepare(model, model.builds[0], ignore)
    assert hub.requests == []


async def test_removing_all_of_a_model_removes_every_build(store, model, paths):
    await store.prepare(model, model.builds[0], ignore)
    await store.remove(model)
    assert names_in(paths.models / "tiny") == ["converted.lock", "original.lock"]


@pytest.fixture
def imported(model, tmp_path):
    """A model in a folder of the person's own."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "model.bin").write_bytes(bytes(1234))
    return dataclasses.replace(model, builds=(build_of("imported", FolderSource(theirs)),))


async def test_a_folder_of_the_person_s_own_is_used_where_it_lies(store, imported):
    (build,) = imported.builds
    assert store.find(imported, build) == build.source.path
    assert await store.prepare(imported, build, ignore) == build.source.path


async def test_removing_never_touches_a_folder_of_the_person_s_own(store, imported):
    (build,) = imported.builds
    await store.remove(imported)
    assert names_in(build.source.path) == ["model.bin"]


async def test_a_folder_that_is_gone_is_missing_and_cannot_be_prepared(store, imported, tmp_path):
    (build,) = imported.builds
    build.source.path.rename(tmp_path / "elsewhere")
    assert store.state(imported, build) is ModelState.MISSING
    assert await store.verify(imported, build) is ModelState.MISSING
    with pytest.raises(PreparationFailed, match="is gone"):
        await store.prepare(imported, build, ignore)


async def test_a_folder_that_holds_no_model_any_more_is_damaged(store, imported):
    assert await store.verify(imported, imported.builds[0]) is ModelState.DAMAGED


def test_the_size_of_a_folder_of_the_person_s_own_is_listed(paths, imported):
    store = ModelStore(paths, Catalog(families={}, models={"tiny": imported}))
    (stored,) = store.list()
    assert (stored.bytes_on_disk, stored.download_bytes) == (1234, 0)
