"""What is removed with a model, what is left over of others, and what stays because it is used."""

import dataclasses
import subprocess
import sys

import pytest
import shelves
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models import removal
from phi_sidecar.models.catalog import Catalog, FolderSource
from phi_sidecar.models.store import ModelState, ModelStore
from phi_sidecar.provision import place


@pytest.fixture(autouse=True)
def no_grace(monkeypatch):
    """Wait for no worker that might be about to leave."""
    monkeypatch.setattr(removal, "_LEAVING_S", 0.1)


@pytest.fixture
def loaded():
    """Start what looks, in the list of processes, like a worker with a model."""
    started = []

    def load(path):
        command = [sys.executable, "-c", "print(flush=True); input()", "--model", str(path)]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        worker.stdout.readline()
        started.append(worker)
        return worker

    yield load
    for worker in started:
        end(worker)


def end(worker):
    if worker.poll() is None:
        worker.communicate(b"\n")


def compile_something(shelf, backend="openvino-genai", size=1000):
    """Leave what a runtime makes of a model."""
    folder = shelf.store.compiled(shelf.model, shelf.build) / backend
    folder.mkdir(parents=True)
    (folder / "12345.blob").write_bytes(bytes(size))
    return folder


async def test_a_model_that_another_window_has_loaded_stays_with_all_that_is_its(shelf, loaded):
    folder = await shelf.prepare()
    compiled = compile_something(shelf)
    before = shelves.files_in(folder)
    worker = loaded(folder)
    with pytest.raises(PreparationFailed, match="it is being used") as refused:
        await shelf.store.remove(shelf.model)
    assert "Close the other windows" in refused.value.remedy
    assert shelves.files_in(folder) == before
    assert compiled.exists()
    assert shelf.find() == folder
    end(worker)
    await shelf.store.remove(shelf.model)
    assert shelf.store.state(shelf.model, shelf.build) is ModelState.MISSING


async def test_a_model_loaded_from_one_of_its_files_is_in_use_as_well(shelf, loaded):
    folder = await shelf.prepare()
    loaded(folder / shelves.LARGE)
    with pytest.raises(PreparationFailed, match="being used"):
        await shelf.store.remove(shelf.model, shelf.build)
    assert shelf.find() == folder


async def test_the_model_of_a_neighbouring_name_is_removed(shelf, loaded):
    folder = await shelf.prepare()
    loaded(folder.with_name(f"{folder.name}-npu"))
    await shelf.store.remove(shelf.model)
    assert not folder.exists()


def test_what_cannot_be_moved_leaves_all_the_others_where_they_were(tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "weights").write_bytes(b"1")
    move = removal._move

    def refuse(path, target):
        if path == second:
            raise PermissionError(13, "Access is denied")
        move(path, target)

    monkeypatch.setattr(removal, "_move", refuse)
    monkeypatch.setattr(removal.sys, "platform", "win32")
    with pytest.raises(PreparationFailed, match="being used"):
        removal.take_away("Tiny", [first, second, tmp_path / "none"])
    assert shelves.files_in(tmp_path) == ["first/weights", "second/weights"]


def test_what_cannot_be_moved_back_keeps_nothing_else_from_coming_back(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
        (folder / "weights").write_bytes(b"1")
    first, second, third = folders
    move = removal._move

    def refuse(path, target):
        if path == third or target == second:
            raise PermissionError(13, "Access is denied")
        move(path, target)

    monkeypatch.setattr(removal, "_move", refuse)
    with pytest.raises(PermissionError):
        removal.take_away("Tiny", folders)
    assert shelves.files_in(first) == shelves.files_in(third) == ["weights"]


def test_what_cannot_be_deleted_keeps_nothing_else_from_being_deleted(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    remove = place.remove

    def refuse(path):
        if path.name.startswith("first"):
            raise PermissionError(13, "Access is denied")
        remove(path)

    monkeypatch.setattr(place, "remove", refuse)
    with pytest.raises(PermissionError):
        removal.take_away("Tiny", folders)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith("first.")
    assert left.suffix == ".partial"


async def test_what_was_compiled_is_counted_with_a_model_and_removed_with_it(shelf):
    await shelf.prepare()
    (before,) = shelf.store.list()
    compiled = compile_something(shelf, size=5000)
    (after,) = shelf.store.list()
    assert after.bytes_on_disk == before.bytes_on_disk + 5000
    await shelf.store.remove(shelf.model, shelf.build)
    assert not compiled.exists()
    assert shelf.store.list()[0].bytes_on_disk == 0


async def test_what_was_compiled_of_a_person_s_own_folder_goes_when_it_is_forgotten(
    shelf, paths, tmp_path
):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "model.bin").write_bytes(bytes(10))
    build = dataclasses.replace(shelf.build, id="imported", source=FolderSource(theirs))
    model = dataclasses.replace(shelf.model, builds=(build,))
    shelf.model, shelf.build = model, build
    shelf.store = ModelStore(paths, Catalog(families={}, models={model.id: model}))
    compiled = compile_something(shelf)
    assert shelf.store.list()[0].bytes_on_disk == 1010
    await shelf.store.remove(model)
    assert not compiled.exists()
    assert shelves.files_in(theirs) == ["model.bin"]


async def test_files_that_are_made_anew_take_what_was_compiled_of_the_old_ones_along(shelf):
    folder = await shelf.prepare()
    compiled = compile_something(shelf)
    (folder / shelves.LARGE).write_bytes(b"")
    await shelf.prepare()
    assert not compiled.exists()


async def test_an_attempt_that_was_killed_is_counted_and_removed(shelf):
    await shelf.prepare()
    left = place.beside(shelf.folder)
    left.mkdir()
    (left / "half").write_bytes(bytes(7000))
    assert shelf.store.list()[0].bytes_on_disk > 1_500_000 + 7000
    await shelf.store.remove(shelf.model)
    compiled = place.beside(shelf.store.compiled(shelf.model, shelf.build))
    compiled.mkdir(parents=True)
    (compiled / "half").write_bytes(bytes(3000))
    assert await shelf.store.remove(shelf.model) == 3000
    assert not left.exists()
    assert not compiled.exists()


async def test_what_no_catalog_knows_any_more_is_told_and_goes_only_when_it_is_asked_for(
    shelf, paths
):
    folder = await shelf.prepare()
    half = paths.models / "tiny" / "int3.download" / "parts" / "weights"
    compiled = paths.cache / "compiled" / "tiny" / "int3" / "openvino-genai" / "1.blob"
    gone = paths.models / "older-model" / "int4" / "weights"
    for number, file in enumerate((half, compiled, gone), 1):
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes(number * 1000))
    (paths.models / "empty" / "int4").mkdir(parents=True)
    compile_something(shelf)

    left = {(each.model, each.build): each for each in shelf.store.leftovers()}
    assert {key: each.bytes for key, each in left.items()} == {
        ("tiny", "int3"): 3000,
        ("older-model", None): 3000,
    }
    await shelf.prepare()
    assert gone.exists()
    await shelf.store.remove_leftover(left["older-model", None])
    assert not gone.parent.parent.exists()
    assert half.exists()
    await shelf.store.remove(shelf.model)
    assert not half.exists()
    assert not compiled.exists()
    assert not folder.exists()
    assert shelf.store.leftovers() == []


async def test_what_is_left_of_a_model_that_is_loaded_stays(shelf, paths, loaded):
    weights = paths.models / "older-model" / "int4" / "weights"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"1")
    loaded(weights.parent)
    (left,) = shelf.store.leftovers()
    with pytest.raises(PreparationFailed, match="what is left of older-model failed: it is being"):
        await shelf.store.remove_leftover(left)
    assert weights.exists()


async def test_a_model_stays_while_what_is_left_of_an_older_build_of_it_is_loaded(
    shelf, paths, loaded
):
    folder = await shelf.prepare()
    weights = paths.models / "tiny" / "int3" / "weights"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"1")
    loaded(weights.parent)
    with pytest.raises(PreparationFailed, match="being used"):
        await shelf.store.remove(shelf.model)
    assert weights.exists()
    assert shelf.find() == folder
    # One build goes, whatever else is loaded.
    await shelf.store.remove(shelf.model, shelf.build)
    assert not folder.exists()
