import asyncio
import json
import shutil

import model_folders as folders
import pytest
from phi_sidecar.models.catalog import ConversionSource, FolderSource, load_catalog
from phi_sidecar.models.conversion.conversions import CONVERSIONS
from phi_sidecar.models.formats import NotUsable
from phi_sidecar.models.imports import Imports
from phi_sidecar.models.store import ModelState, ModelStore


@pytest.fixture
def shipped():
    return load_catalog()


@pytest.fixture
def open_imports(paths, shipped):
    """The imports as another window of the same user would see them."""
    return lambda: Imports(paths.data / "imports.json", shipped.families, shipped.models)


@pytest.fixture
def imports(open_imports):
    return open_imports()


async def test_an_imported_folder_is_listed_from_then_on_in_every_window(
    imports, open_imports, tmp_path, shipped
):
    folder = folders.openvino(tmp_path / "My Phi 3")
    catalog = open_imports().join(shipped)
    before = list(catalog.models)
    model = await imports.add(folder)
    assert (model.id, model.name, model.family.id) == ("my-phi-3", "My Phi 3", "phi3")
    assert model.builds[0].source == FolderSource(folder)
    assert list(catalog.models) == [*before, "my-phi-3"]
    assert catalog.models["my-phi-3"] == model
    chosen = catalog.choose("my-phi-3", "openvino-genai", "NPU")
    assert chosen is not None
    assert chosen.quantization == "int4"


async def test_an_original_can_be_converted_to_every_form(imports, tmp_path):
    model = await imports.add(folders.transformers(tmp_path / "model"), "Phi")
    made = {
        build.id: build.source
        for build in model.builds
        if isinstance(build.source, ConversionSource)
    }
    assert made == {name: ConversionSource("imported", name) for name in CONVERSIONS}
    assert model.quantizations_on("openvino-genai", "NPU") == ("int4", "int8", "fp16")


async def test_other_kinds_of_models_are_asked_as_chat_models_and_not_converted(imports, tmp_path):
    model = await imports.add(
        folders.transformers(tmp_path / "model", config={"model_type": "llama"})
    )
    assert (model.family.id, model.family.completion) == ("llama", "instruct")
    assert len(model.builds) == 1


async def test_a_model_in_the_hub_s_cache_has_its_own_name_not_its_commit_s(imports, tmp_path):
    cached = tmp_path / "models--microsoft--Phi-3-mini-4k-instruct" / "snapshots" / "0a67737cc96d"
    model = await imports.add(folders.transformers(cached))
    assert (model.id, model.name) == ("phi-3-mini-4k-instruct-2", "Phi-3-mini-4k-instruct")


async def test_two_of_the_same_name_have_different_ids(imports, tmp_path):
    first = await imports.add(folders.openvino(tmp_path / "a" / "phi"))
    second = await imports.add(folders.onnx(tmp_path / "b" / "phi"))
    starter = await imports.add(folders.gguf(tmp_path / "x.gguf"), "Starter")
    assert [first.id, second.id, starter.id] == ["phi", "phi-2", "starter-2"]


async def test_a_folder_that_is_imported_again_is_looked_at_anew_and_keeps_its_id(
    imports, tmp_path
):
    folder = folders.openvino(tmp_path / "phi")
    await imports.add(folder, "Mine")
    shutil.rmtree(folder)
    folders.onnx(folder, provider="dml")
    (told,) = [await imports.add(folder)]
    assert (told.id, told.name) == ("mine", "Mine")
    assert told.builds[0].accelerators == ("onnxruntime-genai/DML",)
    assert imports.models() == [told]


async def test_windows_that_import_at_once_lose_nothing(open_imports, tmp_path):
    made = [folders.onnx(tmp_path / f"model-{number}") for number in range(5)]
    await asyncio.gather(*(open_imports().add(folder) for folder in made))
    assert {model.id for model in open_imports().models()} == {f"model-{n}" for n in range(5)}


async def test_a_damaged_folder_is_refused_and_nothing_is_remembered(imports, tmp_path, paths):
    folder = folders.openvino(tmp_path / "phi")
    (folder / "openvino_model.bin").unlink()
    with pytest.raises(NotUsable, match=r"openvino_model\.bin is missing"):
        await imports.add(folder)
    assert imports.models() == []
    assert not paths.data.exists()


async def test_forgetting_leaves_the_folder_as_it_is(imports, tmp_path):
    folder = folders.openvino(tmp_path / "phi")
    before = sorted(file.name for file in folder.iterdir())
    model = await imports.add(folder)
    assert await imports.forget(model.id)
    assert imports.models() == []
    assert sorted(file.name for file in folder.iterdir()) == before
    assert not await imports.forget(model.id)


async def test_a_folder_that_is_gone_stays_listed_as_missing(imports, tmp_path, paths, shipped):
    folder = folders.openvino(tmp_path / "phi")
    model = await imports.add(folder)
    store = ModelStore(paths, imports.join(shipped))
    (build,) = model.builds
    assert store.state(model, build) is ModelState.READY
    shutil.rmtree(folder)
    (row,) = [each for each in store.list() if each.model.id == model.id]
    assert (row.state, row.bytes_on_disk) == (ModelState.MISSING, 0)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"models": {}}', "\0", "[" * 9999])
async def test_a_list_that_cannot_be_understood_is_kept_aside(imports, paths, tmp_path, content):
    paths.data.mkdir()
    (paths.data / "imports.json").write_text(content)
    assert imports.models() == []
    (aside,) = paths.data.glob("imports.unreadable-*.json")
    assert aside.read_text() == content
    model = await imports.add(folders.onnx(tmp_path / "phi"))
    assert imports.models() == [model]


async def test_the_list_tells_no_more_than_what_is_needed(imports, paths, tmp_path):
    folder = folders.onnx(tmp_path / "phi")
    await imports.add(folder)
    (entry,) = json.loads((paths.data / "imports.json").read_text())["models"]
    assert entry == {
        "id": "phi",
        "name": "phi",
        "path": str(folder),
        "format": "onnx",
        "modelType": "phi3",
        "contextWindow": 4096,
        "quantization": "int4",
        "quantizations": ["int4"],
        "accelerators": ["onnxruntime-genai/CPU"],
        "weightBytes": entry["weightBytes"],
        "kvBytesPerToken": 256,
    }


async def test_an_entry_that_is_bad_takes_no_other_along_and_is_told_and_kept(
    imports, open_imports, paths, tmp_path
):
    model = await imports.add(folders.onnx(tmp_path / "phi"))
    file = paths.data / "imports.json"
    bad = [{"id": "theirs", "format": "of-a-later-version"}, "nonsense"]
    file.write_text(
        json.dumps({"models": [bad[0], *json.loads(file.read_text())["models"], bad[1]]})
    )
    for known in (imports, open_imports()):
        assert known.models() == [model]
        assert known.unreadable() == [
            f"Entry {number} of {file} cannot be read; it is kept." for number in (1, 3)
        ]
    other = await imports.add(folders.openvino(tmp_path / "other"), "Theirs")
    assert other.id == "theirs-2"
    assert await imports.forget(model.id)
    entries = json.loads(file.read_text())["models"]
    assert [entry for entry in entries if entry in bad] == bad
    assert open_imports().models() == [other]
    assert list(paths.data.glob("imports.unreadable-*.json")) == []


async def test_a_list_that_did_not_change_is_not_parsed_again(imports, tmp_path, monkeypatch):
    await imports.add(folders.onnx(tmp_path / "phi"))
    first = imports.models()
    monkeypatch.setattr(json, "loads", None)
    assert imports.models() == first
