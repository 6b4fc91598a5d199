"""Conversions with the real tools, and trials in the runtimes that will run what they make."""

import asyncio
import json
import os
import re

import psutil
import pytest
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.trying import Trials
from phi_sidecar.engine.installation import user_installation
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import Catalog, load_catalog
from phi_sidecar.models.conversion.conversions import CONVERSIONS
from phi_sidecar.models.conversion.converter import Converter
from phi_sidecar.models.formats import recognize
from phi_sidecar.models.imports import Imports
from phi_sidecar.models.store import ModelState, ModelStore
from phi_sidecar.paths import Paths
from phi_sidecar.progress import ignore

FORMS = (
    *("openvino-fp16", "openvino-int8", "openvino-int4", "openvino-int4-npu"),
    *("onnx-int4-cpu", "onnx-int4-dml"),
)


@pytest.fixture(scope="session")
def environments(environment_python):
    for name in ("convert", "openvino", "directml"):
        environment_python(name)
    return user_installation().environments


@pytest.fixture(scope="session")
def attempt(environments):
    return Trials(load_backends(), environments)


@pytest.fixture(scope="session")
def form_of(find_model):
    """Return a test model's folder, from within a running event loop."""

    async def find(*which):
        return await asyncio.to_thread(find_model, *which)

    return find


@pytest.fixture
def paths(tmp_path):
    # Folders with spaces, as people's names put them into paths on Windows.
    root = tmp_path / "a person's folders"
    return Paths(data=root / "data", cache=root / "cache", runtime=root / "run", logs=root / "logs")


@pytest.fixture
def imported(paths):
    """Return a model in a folder of the person's, and the store that makes its other forms."""

    async def bring(folder, convert):
        shipped = load_catalog()
        imports = Imports(paths.data / "imports.json", shipped.families, shipped.models)
        model = await imports.add(folder, "Mine")
        catalog = imports.join(Catalog(families=shipped.families, models={}))
        return model, ModelStore(paths, catalog, convert)

    return bring


def linked(folder, place):
    """Have a model's files at another place too, to add to them or to spoil one."""
    place.mkdir(parents=True)
    for file in folder.iterdir():
        os.link(file, place / file.name)
    return place


def replace(file, content):
    # What is linked has other names, which must keep what they have.
    file.unlink()
    file.write_bytes(content)


async def accept(found, accelerator, work, report):
    """Accept what random weights say."""


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_of_the_phi_3_layout_carries_on_a_text(form_of, attempt, form, tmp_path):
    found = recognize(await form_of("phi3-layout", form))
    conversion = CONVERSIONS[form]
    assert (found.format, found.quantization) == (conversion.makes, conversion.quantization)
    assert set(found.accelerators) == set(conversion.accelerators)
    await attempt(found, conversion.tried_on, tmp_path, ignore)


async def test_a_model_is_converted_tried_and_kept(form_of, environments, attempt, imported, paths):
    told = []
    original = linked(await form_of("phi3-layout"), paths.data / "Phi 3 (mine)")
    model, store = await imported(original, Converter(environments, attempt))
    build = model.build("onnx-int4-dml")
    folder = await store.prepare(model, build, told.append)
    assert recognize(folder).accelerators == build.accelerators
    assert store.state(model, build) is ModelState.READY
    assert await store.verify(model, build) is ModelState.READY
    assert not list(paths.cache.rglob("*.partial"))
    assert not (folder / "work").exists()
    needs, *steps = dict.fromkeys(step.step for step in told)
    converting = "Converting Mine to ONNX INT4 for DirectML"
    assert re.fullmatch(
        rf"{converting} takes about [\d,]+ MB of memory and [\d,]+ MB on disk", needs
    )
    converting += ": "
    assert steps == [
        "Groups of 128 weights do not divide this model's 576: groups of 64 are used.",
        f"{converting}reading the model",
        *(f"{converting}layer {number} of 30" for number in range(1, 31)),
        f"{converting}the last layer",
        f"{converting}writing the result",
        "Trying the result",
        "Checking Mine (int4)",
    ]


@pytest.mark.parametrize("form", ["openvino-fp16", "onnx-fp32-cpu"])
async def test_python_that_comes_with_a_model_is_not_run(
    form_of, environments, imported, paths, form
):
    original = linked(await form_of("tiny-phi3"), paths.data / "original")
    mark = paths.data / "it ran"
    for name in ("configuration_phi3", "modeling_phi3"):
        code = f"open({str(mark)!r}, 'w').close()\nraise SystemExit('the model runs code')\n"
        (original / f"{name}.py").write_text(code)
    config = json.loads((original / "config.json").read_text())
    # As the real Phi-3's.
    config["auto_map"] = {
        "AutoConfig": "configuration_phi3.Phi3Config",
        "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM",
    }
    replace(original / "config.json", json.dumps(config).encode())
    model, store = await imported(original, Converter(environments, accept))
    await store.prepare(model, model.build(form), ignore)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("form", "weights"),
    [("openvino-int8", "openvino_model.bin"), ("onnx-int4-dml", "model.onnx.data")],
)
async def test_a_result_with_damaged_weights_is_refused(form_of, attempt, tmp_path, form, weights):
    folder = linked(await form_of("phi3-layout", form), tmp_path / "damaged")
    content = bytearray((folder / weights).read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    replace(folder / weights, content)
    with pytest.raises(
        PreparationFailed, match="does not work: it answers with what makes no sense"
    ):
        await attempt(recognize(folder), CONVERSIONS[form].tried_on, tmp_path, ignore)


async def test_a_result_that_cannot_be_loaded_is_refused(form_of, attempt, tmp_path):
    folder = linked(await form_of("phi3-layout", "onnx-int4-dml"), tmp_path / "damaged")
    found = recognize(folder)
    replace(folder / "model.onnx", b"no graph")
    with pytest.raises(PreparationFailed, match="The model was made, but does not work: "):
        await attempt(found, "onnxruntime-genai/CPU", tmp_path, ignore)


async def test_a_cancelled_conversion_leaves_neither_process_nor_file(
    form_of, environments, imported, paths
):
    def cancel_once_the_tool_runs(step):
        if "layer 1 of" in step.step:
            assert tools()
            converting.cancel()

    def tools():
        # What ended but was not waited for yet has no command any more.
        mine = psutil.Process().children(recursive=True)
        return [child for child in mine if "onnxruntime_genai.models.builder" in _command(child)]

    model, store = await imported(await form_of("phi3-layout"), Converter(environments, accept))
    build = model.build("onnx-int4-dml")
    converting = asyncio.create_task(store.prepare(model, build, cancel_once_the_tool_runs))
    with pytest.raises(asyncio.CancelledError):
        await converting
    assert tools() == []
    left = [path.name for path in paths.cache.rglob("*") if path.suffix != ".lock"]
    assert left == ["models", model.id]


def _command(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []
