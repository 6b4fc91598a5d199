"""Phi-3 itself, fetched from a model hub on this machine and run by the runtime that it is for.

The files are those of the starter's weights in Phi-3's architecture: what they say is not tested.
"""

import asyncio

import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import load_catalog

STARTER = "openvino-genai/CPU"
ONNX = "onnxruntime-genai/CPU"
PHI_3 = "phi-3-mini-4k-instruct"
BUILD = "onnx-int4-cpu"
WEIGHTS = "model.onnx.data"

SLOW = 25_000_000
"""Bytes per second: the weights take some four seconds."""
HARDLY = 200_000


@pytest.fixture
def new_home(make_house, provisioned):
    """A home with the runtimes and the starter, and no other model."""
    house = make_house(share=provisioned, own_models=True)
    yield house
    house.end_workers()


@pytest.fixture
def phi_3(hub, onnx, phi3_layout):
    """What the hub has of Phi-3: the catalog's revision, in the catalog's subfolder."""
    source = load_catalog().models[PHI_3].build(BUILD).source
    files = {
        f"{source.subfolder}/{file.name}": file
        for file in phi3_layout[BUILD].iterdir()
        if file.is_file()
    }
    hub.add(source.repository, {**files, "README.md": b"# Phi-3"}, source.revision)
    hub.bytes = sum(file.stat().st_size for file in files.values())
    hub.weights = f"{source.subfolder}/{WEIGHTS}"
    return hub


@pytest.fixture
async def window(open_editor, new_home, phi_3):
    """A window in which the starter answers, and to which the hub is open."""
    return await open_editor(new_home, env=phi_3.env | {"HF_HOME": str(new_home.root / "hf")})


def steps(editor, token):
    """What a progress said, step by step."""
    told = [value for named, value in editor.work if named == token]
    assert (told[0]["kind"], told[-1]["kind"]) == ("begin", "end")
    return [value["message"] for value in told if value["kind"] == "report"]


async def build_of(editor):
    """What there is of the model that is prepared here."""
    result = await editor.ask(m.PHI_LIST_MODELS, p.ListModelsParams()).result()
    (model,) = (model for model in result.models if model.id == PHI_3)
    (build,) = (build for build in model.builds if build.id == BUILD)
    return build


async def test_phi_3_is_fetched_while_the_starter_answers_and_then_answers_itself(
    window, phi_3, eventually
):
    phi_3.faults.rate = SLOW
    params = p.SelectAcceleratorParams(accelerator=ONNX, model=PHI_3, work_done_token="switch")
    switch = window.ask(m.PHI_SELECT_ACCELERATOR, params)
    await eventually(lambda: phi_3.sent_bytes > 10_000_000)
    # However long the starter takes on a busy machine, it is not done before.
    phi_3.faults.rate = HARDLY
    uri = window.open("def add(a, b):\n    return ")
    chat = window.chat("Write a story about a ship.", tokens=60, token="chat")
    suggested = await window.complete(uri, 1, 11).result()
    assert suggested.items[0].text == "a + b"
    answer = await chat.result()
    assert answer.accelerator == STARTER
    assert answer.text == window.text_of("chat")
    assert not switch.done
    assert (await window.status()).progress.bytes_total == phi_3.bytes
    phi_3.faults.rate = SLOW

    status = await switch.result()
    assert (status.phase, status.accelerator) == (p.Phase.ready, ONNX)
    assert (status.model.id, status.model.quantization) == (PHI_3, "int4")
    assert status.executing_device == "CPU"
    assert "A suggestion waits while an answer is written." in status.limits
    said = steps(window, "switch")
    downloads = [line for line in said if line.startswith("Downloading Phi-3 mini 4k instruct")]
    assert len(downloads) > 3
    assert f" of {round(phi_3.bytes / 1e6)} MB" in downloads[-1]
    assert said[-2:] == ["Loading the model", "Warming up"]

    answer = await window.chat("What is a list in Python?", tokens=12).result()
    assert (answer.accelerator, answer.metrics.executing_device) == (ONNX, "CPU")
    assert "list" in answer.text
    uri = window.open("def mul(a, b):\n    return ", "file:///work/other.py")
    assert (await window.complete(uri, 1, 11).result()).trace_id
    assert phi_3.sent_bytes < phi_3.bytes + 1_000_000
    assert not phi_3.asked_for("README.md")

    params = p.SelectAcceleratorParams(accelerator=STARTER, model="starter")
    status = await window.ask(m.PHI_SELECT_ACCELERATOR, params).result()
    assert (status.accelerator, status.model.id, status.limits) == (STARTER, "starter", [])
    assert (await window.chat("Hello", tokens=5).result()).accelerator == STARTER


async def test_a_fetch_that_is_cancelled_goes_on_where_it_was_and_switches_nothing(
    window, new_home, phi_3, eventually
):
    before = (await window.status()).model
    phi_3.faults.hangs[phi_3.weights] = 40_000_000
    params = p.PrepareModelParams(model=PHI_3, accelerator=ONNX, work_done_token="fetch")
    asked = window.ask(m.PHI_PREPARE_MODEL, params)
    await eventually(phi_3.faults.hanging.is_set)
    await eventually(lambda: any("40 of" in value.get("message", "") for _, value in window.work))
    asked.cancel()
    assert (await asked.error()).code == -32800
    build = await build_of(window)
    assert (build.state, build.bytes_on_disk > 40_000_000) == (p.ModelState.missing, True)
    assert (await window.chat("Hello", tokens=5).result()).accelerator == STARTER

    phi_3.faults.hangs.clear()
    phi_3.faults.released.set()
    result = await window.ask(m.PHI_PREPARE_MODEL, params).result()
    assert (result.build.id, result.build.state) == (BUILD, p.ModelState.ready)
    assert result.build.bytes_on_disk >= phi_3.bytes
    # Twice only the small files, and what was on its way when it was cancelled.
    assert phi_3.sent_bytes < phi_3.bytes + 8_000_000
    ranges = [r.range for r in phi_3.asked_for(phi_3.weights) if r.range]
    assert ranges
    assert all(asked_range != "bytes=0-" for asked_range in ranges)
    status = await window.status()
    assert (status.accelerator, status.model, status.progress) == (STARTER, before, None)
    assert not new_home.paths.selection.exists()


async def test_where_the_hub_is_not_to_be_reached_it_is_said_and_the_starter_stays(window, phi_3):
    phi_3.close()
    params = p.SelectAcceleratorParams(accelerator=ONNX, model=PHI_3)
    error, suggested = await asyncio.gather(
        window.ask(m.PHI_SELECT_ACCELERATOR, params).error(),
        window.chat("Hello", tokens=5).result(),
    )
    assert error.code == p.ErrorCode.preparation_failed
    assert "CPU (OpenVINO) keeps answering" in error.message
    assert error.data["remedy"]
    assert suggested.accelerator == STARTER
    status = await window.status()
    assert (status.phase, status.accelerator, status.progress) == (p.Phase.ready, STARTER, None)
