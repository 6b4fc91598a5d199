"""What an editor is told of the runtimes' environments, and may have done to them."""

from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p


async def listed(editor):
    result = await editor.ask(m.PHI_LIST_ENVIRONMENTS, p.ListEnvironmentsParams()).result()
    return {each.name: each for each in result.environments}


async def test_every_runtime_is_listed_with_what_installing_it_takes(open_editor, make_house):
    editor = await open_editor(make_house(), ready=False)
    environments = await listed(editor)
    assert set(environments) == {"openvino", "directml", "npu", "convert"}
    for each in environments.values():
        assert each.state is p.EnvironmentState.missing
        assert {package.version for package in each.packages}
        assert each.download_bytes > 10_000_000
        assert each.install_bytes > each.download_bytes


async def test_one_that_is_there_is_ready_and_prepared_at_once(editor):
    environments = await listed(editor)
    assert environments["openvino"].state is p.EnvironmentState.ready
    assert environments["openvino"].bytes_on_disk > 100_000_000
    params = p.PrepareEnvironmentParams(name="openvino", work_done_token="install")
    result = await editor.ask(m.PHI_PREPARE_ENVIRONMENT, params).result()
    assert result.environment == environments["openvino"]
    kinds = [value["kind"] for token, value in editor.work if token == "install"]
    assert (kinds[0], kinds[-1]) == ("begin", "end")


async def test_one_that_is_not_known_is_refused(editor):
    for method, params in (
        (m.PHI_PREPARE_ENVIRONMENT, p.PrepareEnvironmentParams(name="nonsense")),
        (m.PHI_REMOVE_ENVIRONMENT, p.RemoveEnvironmentParams(name="nonsense")),
    ):
        error = await editor.ask(method, params).error()
        assert "nonsense" in error.message
        assert "openvino" in error.data["remedy"]


async def test_one_that_a_worker_runs_in_is_not_removed(editor):
    params = p.RemoveEnvironmentParams(name="openvino")
    error = await editor.ask(m.PHI_REMOVE_ENVIRONMENT, params).error()
    assert "being used" in error.message
    assert (await listed(editor))["openvino"].state is p.EnvironmentState.ready
    assert (await editor.chat("Hello").result()).text
