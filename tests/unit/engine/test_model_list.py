"""The list of models, of a machine whose memory a test sets."""

import threading
from types import SimpleNamespace

import psutil
import pytest
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import library, model_list
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.engine.model_list import list_models
from phi_sidecar.errors import PreparationFailed, UnknownModel
from phi_sidecar.machine.devices import Machine, Memory, Processor, System
from phi_sidecar.provision import place

GB = 1_000_000_000
CPU = Selection("openvino-genai/CPU", "starter")
PHI_3 = "phi-3-mini-4k-instruct"


@pytest.fixture
def installation(paths, monkeypatch):
    installation = installation_in(paths, load_backends())
    processor = Processor("a processor", "x86_64", False, (), 8, 8)
    memory = Memory(16 * GB, 16 * GB)
    machine = Machine(System.LINUX, processor, memory, gpus=(), npus=())

    async def told():
        return machine

    monkeypatch.setattr(installation.inventory, "machine", told)
    free = SimpleNamespace(available=8 * GB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(model_list, "may_be_reached", lambda: True)
    return installation


def build_of(result, model, build):
    row = next(row for row in result.models if row.id == model)
    return next(one for one in row.builds if one.id == build)


def lay(path, bytes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0" * bytes)


async def test_the_starter_is_selected_and_phi_3_recommended_and_offered(installation):
    result = await list_models(installation, CPU, None)
    assert [row.id for row in result.models if row.selected] == ["starter"]
    ((id, why),) = [(row.id, row.recommendation) for row in result.models if row.recommended]
    assert (id, why.endswith("fits this PC.")) == (PHI_3, True)
    build = build_of(result, PHI_3, "openvino-int4")
    assert (result.offer.model, result.offer.quantization) == (PHI_3, "int4")
    assert result.offer.download_bytes == build.download_bytes


async def test_a_build_needs_as_much_memory_as_its_accelerator_is_said_to_need(installation):
    for accelerator in ("openvino-genai/CPU", "onnxruntime-genai/CPU"):
        selection = Selection(accelerator, PHI_3)
        chosen = installation.model_of(selection)
        _, takes = await installation.needs(accelerator, chosen)
        result = await list_models(installation, selection, None)
        assert build_of(result, PHI_3, chosen.build.id).memory_bytes == takes.bytes
    # What does not run on the one in use is told for the first that it is for.
    original = build_of(result, PHI_3, "original")
    npu = installation.model_of(Selection("intel-npu/NPU", PHI_3))
    assert npu.build.id == original.id
    assert original.memory_bytes == (await installation.needs("intel-npu/NPU", npu))[1].bytes


async def test_what_the_model_that_answers_gives_back_counts_for_the_offer(
    installation, monkeypatch
):
    starter = installation.model_of(CPU)
    phi_3 = installation.model_of(Selection(CPU.accelerator, PHI_3))
    _, needs = await installation.needs(CPU.accelerator, phi_3)
    _, gives_back = await installation.needs(CPU.accelerator, starter)
    free = needs.bytes + model_list.room.RESERVE_BYTES - gives_back.bytes
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert (await list_models(installation, CPU, None)).offer is None
    assert (await list_models(installation, CPU, starter)).offer is not None
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free - 1))
    assert (await list_models(installation, CPU, starter)).offer is None


async def test_nothing_is_recommended_or_offered_for_what_runs_no_model(installation):
    result = await list_models(installation, Selection("echo/echo", "starter"), None)
    assert result.offer is None
    assert not any(row.recommended for row in result.models)


async def test_what_another_process_fetches_is_under_way_and_not_offered(installation):
    lock = installation.paths.models / PHI_3 / "openvino-int4.lock"
    lock.parent.mkdir(parents=True)
    async with place.held(lock, lambda: None):
        result = await list_models(installation, CPU, None)
        assert build_of(result, PHI_3, "openvino-int4").under_way
        assert not build_of(result, PHI_3, "openvino-int8").under_way
        assert result.offer is None
    result = await list_models(installation, CPU, None)
    assert not build_of(result, PHI_3, "openvino-int4").under_way
    assert result.offer is not None


async def test_only_what_a_download_has_left_counts_as_arrived(installation):
    models = installation.paths.models / PHI_3
    lay(models / "openvino-int4.download" / "parts" / "model.bin", 3_000)
    lay(installation.paths.cache / "compiled" / PHI_3 / "openvino-int4" / "blob", 500)
    lay(models / "original.download" / "parts" / "model.safetensors", 70)
    result = await list_models(installation, CPU, None)
    int4 = build_of(result, PHI_3, "openvino-int4")
    assert (int4.arrived_bytes, int4.bytes_on_disk) == (3_000, 3_500)
    assert result.offer.download_bytes == int4.download_bytes - 3_000
    # A conversion goes on from what there is of its original.
    assert build_of(result, PHI_3, "onnx-fp16-dml").arrived_bytes == 70


async def test_what_nobody_knows_any_more_is_listed_and_removed(installation):
    models = installation.paths.models
    lay(models / "older-model" / "int4" / "weights", 2_000)
    lay(models / PHI_3 / "int3" / "weights", 100)
    lay(models / PHI_3 / "openvino-int8.download" / "part", 10)

    async def left():
        result = await list_models(installation, CPU, None)
        return {(each.model, each.build, each.bytes) for each in result.leftovers}

    assert await left() == {("older-model", None, 2_000), (PHI_3, "int3", 100)}
    assert await library.remove_model(installation, PHI_3, "int3", None) == 100
    assert await library.remove_model(installation, "older-model", None, None) == 2_000
    assert await left() == set()
    assert (models / PHI_3 / "openvino-int8.download" / "part").exists()
    with pytest.raises(UnknownModel):
        await library.remove_model(installation, "older-model", None, None)


async def test_removing_a_model_frees_what_is_left_over_of_it_as_well(installation):
    lay(installation.paths.models / PHI_3 / "int3" / "weights", 100)
    lay(installation.paths.models / PHI_3 / "openvino-int8.download" / "part", 10)
    assert await library.remove_model(installation, PHI_3, None, None) == 110


async def test_looking_for_what_is_left_over_holds_nobody_up(installation, monkeypatch):
    lay(installation.paths.models / "older-model" / "int4" / "weights", 100)
    look, looked_in = library.leftovers_of, []

    def note(installation):
        looked_in.append(threading.current_thread())
        return look(installation)

    monkeypatch.setattr(library, "leftovers_of", note)
    assert await library.remove_model(installation, "older-model", None, None) == 100
    assert threading.main_thread() not in looked_in
    assert looked_in


async def test_a_model_that_was_forgotten_while_it_was_made_ready_is_said(
    installation, monkeypatch
):
    async def prepare(*_):
        return None

    async def nothing(*_):
        return []

    monkeypatch.setattr(library, "prepare", prepare)
    monkeypatch.setattr(library, "builds_of", nothing)
    with pytest.raises(PreparationFailed, match="was forgotten") as told:
        await library.prepare_model(installation, CPU, lambda _: None)
    assert told.value.remedy.startswith("Import it again")
