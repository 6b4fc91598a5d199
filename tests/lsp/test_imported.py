"""Models in the person's own folders: listed, run where they lie, forgotten, never written to."""

import shutil

import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"
ONNX = "onnxruntime-genai/CPU"
OPTIMUM = "openvino-optimum/CPU"
NPU_LIBRARY = "intel-npu/NPU"
QUESTION = "What is a list in Python?"


def bring(editor, folder, name=None):
    return editor.ask(m.PHI_IMPORT_MODEL, p.ImportModelParams(folder=str(folder), name=name))


def switch(editor, accelerator, model):
    params = p.SelectAcceleratorParams(accelerator=accelerator, model=model)
    return editor.ask(m.PHI_SELECT_ACCELERATOR, params)


def remove(editor, model):
    return editor.ask(m.PHI_REMOVE_MODEL, p.RemoveModelParams(model=model))


async def listed(editor):
    result = await editor.ask(m.PHI_LIST_MODELS, p.ListModelsParams()).result()
    return {model.id: model for model in result.models}


def content(folder):
    facts = {file.name: file.stat() for file in folder.iterdir()}
    return {name: (fact.st_size, fact.st_mtime_ns) for name, fact in facts.items()}


async def test_an_imported_folder_is_run_by_every_runtime_that_reads_it_and_then_forgotten(
    open_editor, house, copy_of, phi3_layout, onnx
):
    ir = copy_of(phi3_layout["openvino-int4"], "my phi 3")
    graph = copy_of(phi3_layout["onnx-int4-cpu"], "graph")
    before = content(ir) | content(graph)
    editor = await open_editor(house)
    model = (await bring(editor, ir).result()).model
    assert (model.id, model.name) == ("my-phi-3", "my phi 3")
    (build,) = model.builds
    assert (build.state, build.origin) == (p.ModelState.ready, p.ModelOrigin.folder)
    assert (build.format, build.quantization) == ("openvino", "int4")
    assert (build.location, build.download_bytes) == (str(ir), 0)
    assert (await bring(editor, graph, "Phi as a graph").result()).model.id == "phi-as-a-graph"

    for accelerator, id, name in (
        (STARTER, "my-phi-3", "my phi 3"),
        (ONNX, "phi-as-a-graph", "Phi as a graph"),
        (OPTIMUM, "my-phi-3", "my phi 3"),
    ):
        status = await switch(editor, accelerator, id).result()
        assert (status.accelerator, status.model.name) == (accelerator, name)
        assert (status.model.quantization, status.executing_device) == ("int4", "CPU")
        answer = await editor.chat(QUESTION, tokens=12).result()
        assert "list" in answer.text, accelerator
        assert answer.metrics.executing_device == "CPU"

    error = await remove(editor, "my-phi-3").error()
    assert "answers now" in error.message
    await switch(editor, STARTER, "starter").result()
    for id in ("my-phi-3", "phi-as-a-graph"):
        await remove(editor, id).result()
    assert set(await listed(editor)) & {"my-phi-3", "phi-as-a-graph"} == set()
    assert content(ir) | content(graph) == before


async def test_the_npu_library_is_never_said_to_run_on_an_npu_that_is_not_there(
    open_editor, house, phi3_layout, npu_library
):
    editor = await open_editor(house)
    model = (await bring(editor, phi3_layout["transformers"], "The original").result()).model
    (imported,) = (build for build in model.builds if build.origin is p.ModelOrigin.folder)
    assert imported.accelerators == [NPU_LIBRARY]
    assert (imported.quantizations, imported.state) == (
        ["int8", "fp16", "int4"],
        p.ModelState.ready,
    )
    rows = await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()
    (row,) = (row for row in rows.accelerators if row.id == NPU_LIBRARY)
    if row.usable:
        pytest.skip("this machine has an NPU")
    error = await switch(editor, NPU_LIBRARY, model.id).error()
    assert error.code == p.ErrorCode.accelerator_unusable
    assert row.reason in error.message

    # What another window of a machine that had one left selected.
    house.paths.selection.write_text(
        f'{{"accelerator": "{NPU_LIBRARY}", "model": "{model.id}", "quantization": "fp16"}}'
    )
    refused = await open_editor(house, ready=False)
    status = await refused.phase(p.Phase.unavailable)
    assert "NPU" in status.reason
    assert status.remedy
    assert status.executing_device is None

    options = {"PHI_SIDECAR_BACKEND_OPTIONS": '{"FALLBACK": "CPU"}'}
    fallen_back = await open_editor(house, env=options)
    status = await fallen_back.status()
    assert (status.accelerator, status.model.quantization) == (NPU_LIBRARY, "fp16")
    assert status.executing_device == "CPU (the library's own fallback)"
    answer = await fallen_back.chat(QUESTION, tokens=12).result()
    assert "list" in answer.text
    assert answer.metrics.executing_device == status.executing_device


async def test_a_damaged_folder_is_refused_with_the_reason(editor, copy_of, phi3_layout, tmp_path):
    before = set(await listed(editor))
    no_weights = copy_of(phi3_layout["openvino-int4"], "no weights")
    (no_weights / "openvino_model.bin").unlink()
    cut = copy_of(phi3_layout["openvino-int4"], "cut")
    (cut / "openvino_model.xml").unlink()
    (cut / "openvino_model.xml").write_text("<net><layers>")
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    for folder, told in (
        (no_weights, "openvino_model.bin"),
        (cut, "openvino_model.xml is cut short"),
        (nothing, "holds no model"),
        (tmp_path / "gone", "There is nothing at"),
    ):
        error = await bring(editor, folder).error()
        assert told in error.message
        assert error.data["remedy"]
    assert set(await listed(editor)) == before


async def test_a_folder_that_is_deleted_is_listed_as_missing_and_the_old_model_stays(
    open_editor, house, copy_of, phi3_layout
):
    folder = copy_of(phi3_layout["openvino-int4"], "short lived")
    editor = await open_editor(house)
    model = (await bring(editor, folder).result()).model
    shutil.rmtree(folder)
    (build,) = (await listed(editor))[model.id].builds
    assert (build.state, build.bytes_on_disk) == (p.ModelState.missing, 0)
    assert build.location == str(folder)
    error = await switch(editor, STARTER, model.id).error()
    assert "short lived is gone: there is nothing at" in error.message
    assert "CPU (OpenVINO) keeps answering" in error.message
    assert "Bring the folder back" in error.data["remedy"]
    assert (await editor.chat("Hello", tokens=5).result()).text
    # Also where it was the selected one.
    house.paths.selection.write_text(f'{{"accelerator": "{STARTER}", "model": "{model.id}"}}')
    later = await open_editor(house, ready=False)
    status = await later.phase(p.Phase.unavailable)
    assert "is gone" in status.reason
    assert status.remedy
    assert (await switch(later, STARTER, "starter").result()).phase is p.Phase.ready
