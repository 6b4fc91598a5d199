"""What an editor is told of the models, and may have done to them."""

import shutil

import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"


async def listed(editor):
    result = await editor.ask(m.PHI_LIST_MODELS, p.ListModelsParams()).result()
    return {model.id: model for model in result.models}


async def test_every_model_is_listed_with_what_there_is_of_it(editor):
    models = await listed(editor)
    starter = models.pop("starter")
    assert (starter.selected, starter.starter) == (True, True)
    assert starter.name == "SmolLM2 135M Instruct (starter)"
    (build,) = starter.builds
    assert (build.state, build.origin) == (p.ModelState.ready, p.ModelOrigin.package)
    assert build.bytes_on_disk > 90_000_000
    assert build.last_used > 1_700_000_000
    assert models
    for model in models.values():
        assert not model.selected
        assert {build.state for build in model.builds} == {p.ModelState.missing}
        assert all(
            accelerator.count("/") == 1 for b in model.builds for accelerator in b.accelerators
        )


async def test_a_model_that_is_there_is_prepared_at_once(editor):
    params = p.PrepareModelParams(model="starter", work_done_token="fetch")
    result = await editor.ask(m.PHI_PREPARE_MODEL, params).result()
    assert result.build.state is p.ModelState.ready
    kinds = [value["kind"] for token, value in editor.work if token == "fetch"]
    assert (kinds[0], kinds[-1]) == ("begin", "end")


async def test_what_is_not_known_is_refused(editor):
    for method, params, told in (
        (m.PHI_PREPARE_MODEL, p.PrepareModelParams(model="nonsense"), "no model called"),
        (
            m.PHI_PREPARE_MODEL,
            p.PrepareModelParams(model="starter", quantization="fp99"),
            "not as fp99",
        ),
        (
            m.PHI_PREPARE_MODEL,
            p.PrepareModelParams(model="starter", accelerator="echo/echo"),
            "needs no model",
        ),
        (m.PHI_REMOVE_MODEL, p.RemoveModelParams(model="nonsense"), "no model called"),
        (m.PHI_REMOVE_MODEL, p.RemoveModelParams(model="starter", build="no"), "no build called"),
    ):
        error = await editor.ask(method, params).error()
        assert told in error.message
        assert error.data["remedy"]


async def test_a_switch_to_what_is_not_known_leaves_the_old_model(editor):
    for wrong in ({"model": "nonsense"}, {"quantization": "fp99"}):
        params = p.SelectAcceleratorParams(accelerator=STARTER, **wrong)
        error = await editor.ask(m.PHI_SELECT_ACCELERATOR, params).error()
        assert next(iter(wrong.values())) in error.message
    assert (await editor.status()).phase is p.Phase.ready


async def test_a_quantization_is_chosen_with_the_accelerator_and_kept(editor, home):
    params = p.SelectAcceleratorParams(accelerator=STARTER, model="starter", quantization="q4_1")
    status = await editor.ask(m.PHI_SELECT_ACCELERATOR, params).result()
    assert status.model.quantization == "q4_1"
    assert '"q4_1"' in home.paths.selection.read_text("utf-8")


async def test_the_model_that_answers_is_not_removed(editor):
    error = await editor.ask(m.PHI_REMOVE_MODEL, p.RemoveModelParams(model="starter")).error()
    assert "answers now" in error.message
    assert (await listed(editor))["starter"].builds[0].state is p.ModelState.ready


async def test_each_accelerator_says_what_it_would_run_and_fetch(editor):
    result = await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()
    rows = {row.id: row for row in result.accelerators}
    starter = rows[STARTER]
    assert (starter.model, starter.model_id) == ("SmolLM2 135M Instruct (starter)", "starter")
    assert (starter.quantization, starter.quantizations) == ("q4_1", ["q4_1"])
    assert starter.download_bytes == 0
    assert rows["echo/echo"].model is None


@pytest.fixture
def house_with_its_own_starter(make_house, provisioned):
    """A home whose files are nobody else's, so that they can be removed."""
    house = make_house(share=provisioned, own_models=True)
    (house.paths.models / "starter").unlink()
    shutil.copytree(provisioned.models / "starter", house.paths.models / "starter")
    yield house
    house.end_workers()


async def test_a_model_that_a_window_uses_is_not_removed_from_a_command_line(
    house_with_its_own_starter, open_editor
):
    house = house_with_its_own_starter
    editor = await open_editor(house)
    refused = house.run("models", "remove", "starter")
    assert refused.returncode == 1
    message, remedy = refused.stderr.splitlines()
    assert message.endswith("failed: it is being used. Nothing was removed.")
    assert "Close the other windows" in remedy
    assert (await listed(editor))["starter"].builds[0].state is p.ModelState.ready

    params = p.SelectAcceleratorParams(accelerator="echo/echo")
    await editor.ask(m.PHI_SELECT_ACCELERATOR, params).result()
    removed = house.run("models", "remove", "starter")
    assert removed.returncode == 0, removed.stderr
    assert removed.stdout.endswith("MB freed\n")
    assert (await listed(editor))["starter"].builds[0].state is p.ModelState.missing
