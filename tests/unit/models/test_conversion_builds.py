"""Builds that are converted on this machine, and builds that the person brought."""

import asyncio
import dataclasses
import os
import threading

import model_folders as folders
import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models import makers
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
from phi_sidecar.provision import place

TOOLS = {"convert": 300, "openvino": 50}


def build_of(id, source, form=Format.OPENVINO):
    return Build(id, form, "int4", ("int4",), ("openvino-genai/CPU",), source, 1)


@pytest.fixture
def files(tmp_path):
    folder = folders.transformers(tmp_path / "repository")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def model(hub, files):
    commit = hub.add("someone/tiny", files)
    original = HubSource("someone/tiny", commit, "", ("*.safetensors", "*.json"), 1, False)
    converted = ConversionSource(of="original", recipe="openvino-int4")
    builds = (build_of("converted", converted), build_of("original", original, Format.TRANSFORMERS))
    family = load_catalog().families["phi3"]
    return CatalogModel("tiny", "Tiny", family, False, "MIT", 4096, builds)


class Converter:
    """Reverses the weights."""

    def __init__(self):
        self.runs = 0
        self.error = None
        self.no_tools = None
        self.at_first = None
        self.meanwhile = None
        self.wanted = []

    def download_bytes(self, build, counted):
        return sum(size for name, size in TOOLS.items() if name not in counted)

    async def get_ready(self, wanted, report):
        self.wanted.append(wanted)
        if self.at_first:
            await self.at_first()
        if self.no_tools:
            raise self.no_tools

    async def __call__(self, model, build, original, target, report):
        self.runs += 1
        weights = (original / "model.safetensors").read_bytes()
        (target / "openvino_model.bin").write_bytes(weights[::-1])
        if self.meanwhile:
            self.meanwhile()
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


async def test_the_original_is_fetched_and_converted_once(store, model, convert, files):
    converted, original = model.builds
    folder = await store.prepare(model, converted, ignore)
    weights = (folder / "openvino_model.bin").read_bytes()
    assert weights == files["model.safetensors"][::-1]
    assert store.find(model, original) is not None
    assert await store.prepare(model, converted, ignore) == folder
    assert convert.runs == 1


async def test_a_conversion_whose_original_is_there_downloads_no_more_than_its_tools(store, model):
    _, original = model.builds
    before = {each.build.id: each.download_bytes for each in store.list()}
    assert before["converted"] == before["original"] + sum(TOOLS.values())
    await store.prepare(model, original, ignore)
    after = {each.build.id: each.download_bytes for each in store.list()}
    assert after["converted"] == sum(TOOLS.values())


def test_tools_that_are_counted_elsewhere_are_not_counted_twice(store, model):
    converted, original = model.builds
    told = store.download_bytes(model, converted, ["openvino"])
    assert told == original.source.bytes + TOOLS["convert"]


async def test_tools_that_cannot_be_had_are_told_before_anything_is_fetched(
    store, model, convert, hub
):
    convert.no_tools = PreparationFailed("There is no torch for this Python.")
    converted, original = model.builds
    with pytest.raises(PreparationFailed, match="no torch"):
        await store.prepare(model, converted, ignore)
    assert hub.requests == []
    (wanted,) = convert.wanted
    assert (wanted.original, wanted.original_bytes) == (None, original.source.bytes)
    assert wanted.place.parent.name == "tiny"


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
        "original/tokenizer.json",
        "original/tokenizer_config.json",
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


async def test_what_is_being_converted_is_not_removed(store, model, convert, monkeypatch):
    monkeypatch.setattr(place, "_SOON_S", 0.1)
    converted = model.build("converted")

    async def remove_meanwhile():
        with pytest.raises(PreparationFailed, match="is being fetched or converted") as refused:
            await store.remove(model)
        assert "cancel it" in refused.value.remedy

    convert.at_first = remove_meanwhile
    async with asyncio.timeout(30):
        await store.prepare(model, converted, ignore)
    assert convert.wanted
    assert store.state(model, converted) is ModelState.READY
    await store.remove(model)
    assert store.state(model, converted) is ModelState.MISSING


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


@pytest.fixture
def brought(model, tmp_path):
    """An original in a folder of the person's own, and what it is converted to."""
    theirs = folders.transformers(tmp_path / "theirs")
    converted, _ = model.builds
    converted = dataclasses.replace(converted, source=ConversionSource("imported", "openvino-int4"))
    original = build_of("imported", FolderSource(theirs), Format.TRANSFORMERS)
    return dataclasses.replace(model, builds=(converted, original))


@pytest.fixture
def their_store(paths, brought, convert):
    return ModelStore(paths, Catalog(families={}, models={"tiny": brought}), convert)


def change(folder):
    """Put other weights of the same size into a folder, as a finer training does."""
    weights = folder / "model.safetensors"
    changed = weights.read_bytes()[:-4] + b"\1\2\3\4"
    weights.write_bytes(changed)
    facts = weights.stat()
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1_000_000_000))
    return changed


async def test_a_conversion_of_weights_that_have_changed_is_outdated_and_made_anew(
    their_store, brought, convert
):
    converted, original = brought.builds
    await their_store.prepare(brought, converted, ignore)
    weights = change(original.source.path)
    assert their_store.find(brought, converted) is None
    assert await their_store.verify(brought, converted) is ModelState.DAMAGED
    outdated = {each.build.id: each.outdated for each in their_store.list()}
    assert outdated == {"converted": True, "imported": False}

    told = []
    folder = await their_store.prepare(brought, converted, told.append)
    assert (folder / "openvino_model.bin").read_bytes() == weights[::-1]
    assert "What Tiny (int4) was made from has changed" in [step.step for step in told]
    assert their_store.find(brought, converted) == folder
    assert not any(each.outdated for each in their_store.list())


async def test_an_original_that_changes_while_it_is_converted_makes_the_result_outdated(
    their_store, brought, convert
):
    converted, original = brought.builds
    convert.meanwhile = lambda: change(original.source.path)
    await their_store.prepare(brought, converted, ignore)
    assert their_store.find(brought, converted) is None


async def test_a_conversion_is_used_also_where_its_original_is_not_connected(
    their_store, brought, tmp_path
):
    converted, original = brought.builds
    folder = await their_store.prepare(brought, converted, ignore)
    original.source.path.rename(tmp_path / "elsewhere")
    assert their_store.find(brought, converted) == folder
    assert await their_store.verify(brought, converted) is ModelState.READY
    (tmp_path / "elsewhere").rename(original.source.path)
    assert their_store.find(brought, converted) == folder
    change(original.source.path)
    assert their_store.find(brought, converted) is None


async def test_a_conversion_whose_original_is_gone_is_refused_before_its_tools_are_fetched(
    their_store, brought, convert
):
    converted, original = brought.builds
    original.source.path.rename(original.source.path.with_name("elsewhere"))
    with pytest.raises(PreparationFailed, match="Tiny is gone: there is nothing at") as refused:
        await their_store.prepare(brought, converted, ignore)
    assert "Bring the folder back" in refused.value.remedy
    assert convert.wanted == []


async def test_a_folder_that_cannot_be_looked_at_is_listed_as_missing(
    paths, brought, convert, tmp_path
):
    converted, original = brought.builds
    # The system refuses so long a name, as it refuses a drive that is locked.
    unreachable = dataclasses.replace(original, source=FolderSource(tmp_path / ("name" * 100)))
    model = dataclasses.replace(brought, builds=(converted, unreachable))
    store = ModelStore(paths, Catalog(families={}, models={"tiny": model}), convert)
    listed = {each.build.id: (each.state, each.bytes_on_disk) for each in store.list()}
    assert listed["imported"] == (ModelState.MISSING, 0)
    assert await store.verify(model, unreachable) is ModelState.MISSING


async def test_a_folder_on_a_drive_that_answers_late_holds_nobody_up(
    paths, brought, convert, monkeypatch
):
    asked, answer = threading.Event(), threading.Event()

    class Late(ModelStore):
        def find(self, model, build):
            asked.set()
            answer.wait(30)
            return super().find(model, build)

    store = Late(paths, Catalog(families={}, models={"tiny": brought}), convert)
    preparing = asyncio.create_task(store.prepare(brought, brought.builds[1], ignore))
    # It would not come to this if the event loop waited for the drive.
    await asyncio.to_thread(asked.wait, 30)
    assert not preparing.done()
    answer.set()
    assert await preparing == brought.builds[1].source.path


async def test_a_cancel_while_the_result_is_hashed_removes_it_only_when_its_files_are_closed(
    store, model, monkeypatch, paths
):
    hashing, go_on, removed = threading.Event(), threading.Event(), threading.Event()
    remove = place.remove

    def hashed(file, stop):
        hashing.set()
        go_on.wait(30)
        return "0"

    def note(path):
        if path.name.startswith("converted.") and path.suffix == ".partial":
            removed.set()
        remove(path)

    preparing = asyncio.create_task(store.prepare(model, model.builds[0], ignore))
    monkeypatch.setattr(makers, "sha256_of", hashed)
    monkeypatch.setattr(place, "remove", note)
    await asyncio.to_thread(hashing.wait, 30)
    preparing.cancel()
    assert not await asyncio.to_thread(removed.wait, 0.2)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert removed.is_set()
    assert not list((paths.models / "tiny").glob("converted.*.partial"))
