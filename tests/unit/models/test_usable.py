"""What a hub has is looked at like what a person imports, however right its hashes are."""

import dataclasses
import json

import model_folders as folders
import pytest
import shelves
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import Format
from phi_sidecar.models.store import ModelState


def shelf_of(paths, hub, folder, form, patterns=("*",)):
    """A store whose one build is what a folder holds, as the hub has it."""
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    model = shelves.model_from(hub.add(shelves.NAME, files))
    (build,) = model.builds
    source = dataclasses.replace(build.source, files=patterns)
    build = dataclasses.replace(build, format=form, source=source)
    return shelves.Shelf(paths, dataclasses.replace(model, builds=(build,)))


def with_custom_operators(folder):
    config = json.loads((folder / "genai_config.json").read_text())
    config["model"]["decoder"]["session_options"]["custom_ops_library"] = "ops.so"
    (folder / "genai_config.json").write_text(json.dumps(config))


def with_an_adapter(folder):
    (folder / "adapter_config.json").write_text("{}")


def pickled(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def without_tokenizer(folder):
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    ("make", "form", "spoil", "reason"),
    [
        (folders.onnx, Format.ONNX, with_custom_operators, "code of its own"),
        (folders.transformers, Format.TRANSFORMERS, with_an_adapter, "adapter"),
        (folders.transformers, Format.TRANSFORMERS, pickled, "pickled"),
        (folders.transformers, Format.TRANSFORMERS, without_tokenizer, "tokenizer is missing"),
        (folders.onnx, Format.OPENVINO, lambda _: None, "in the form onnx, not openvino"),
    ],
)
async def test_what_no_runtime_could_use_is_refused_with_the_reason_and_kept(
    paths, hub, tmp_path, make, form, spoil, reason
):
    folder = make(tmp_path / "model")
    spoil(folder)
    shelf = shelf_of(paths, hub, folder, form)
    with pytest.raises(PreparationFailed, match=f"cannot be used.*{reason}") as refused:
        await shelf.prepare()
    assert "kept until you remove the model" in refused.value.remedy
    assert shelf.store.state(shelf.model, shelf.build) is ModelState.MISSING
    (stored,) = shelf.store.list()
    assert stored.bytes_on_disk >= sum(file.stat().st_size for file in folder.iterdir())

    # It is refused again without another download.
    hub.requests.clear()
    with pytest.raises(PreparationFailed, match=reason):
        await shelf.prepare()
    assert {request.about for request in hub.requests} == {"api"}
    await shelf.store.remove(shelf.model)
    assert shelf.store.list()[0].bytes_on_disk == 0


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (folders.onnx, Format.ONNX),
        (folders.openvino, Format.OPENVINO),
        (folders.transformers, Format.TRANSFORMERS),
        (lambda folder: folders.gguf(folder / "x.gguf").parent, Format.GGUF),
    ],
)
async def test_every_form_that_can_be_used_is_accepted(paths, hub, tmp_path, make, form):
    shelf = shelf_of(paths, hub, make(tmp_path / "model"), form)
    await shelf.prepare()
    assert await shelf.verify() is ModelState.READY


@pytest.mark.parametrize("name", ["checked.json", "Checked.JSON"])
async def test_a_file_of_the_name_of_our_own_notes_is_not_fetched(paths, hub, tmp_path, name):
    folder = folders.openvino(tmp_path / "model")
    (folder / name).write_text('{"somebody": "else\'s"}')
    shelf = shelf_of(paths, hub, folder, Format.OPENVINO)
    made = await shelf.prepare()
    assert hub.asked_for(name) == []
    assert shelf.find() == made
    assert await shelf.verify() is ModelState.READY
