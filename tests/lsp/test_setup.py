"""The first set-up through the server: what goes wrong is said, and choosing again mends it."""

import asyncio
import shutil
import subprocess
import sys

import pytest
from filelock import FileLock
from lsprotocol import types as lsp
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"
CLOSED_PORT = "http://127.0.0.1:9/simple"


@pytest.fixture
def unplugged(empty_house):
    """A house without a network, and how to plug it in again: through its owner's pip settings."""
    config = empty_house.root / "pip.conf"
    config.write_text(f"[global]\nindex-url = {CLOSED_PORT}\nretries = 0\n", encoding="utf-8")
    env = {"PIP_CONFIG_FILE": str(config), "PIP_FIND_LINKS": ""}

    def plug_in():
        config.write_text("", encoding="utf-8")

    return empty_house, env, plug_in


async def test_without_a_network_the_first_set_up_says_so_and_choosing_again_mends_it(
    open_editor, unplugged
):
    house, env, plug_in = unplugged
    editor = await open_editor(house, env=env, ready=False)
    status = await editor.phase(p.Phase.unavailable)
    assert "could not be reached" in status.reason
    assert "internet" in status.remedy
    assert status.progress is None
    error = await editor.chat("Hello").error()
    assert error.code == p.ErrorCode.not_ready
    assert error.data["remedy"] == status.remedy
    # Still without: the same answer, and the server lives.
    error = await editor.select(STARTER).error()
    assert error.code == p.ErrorCode.preparation_failed
    # What needs no network can be chosen meanwhile.
    assert (await editor.select("echo/echo").result()).phase is p.Phase.ready
    plug_in()
    status = await editor.select(STARTER, token="setup").result(timeout_s=300)
    assert status.phase is p.Phase.ready
    assert status.model.starter
    told = [value.get("message", "") for token, value in editor.work if token == "setup"]
    assert any("Downloading" in message and "MB" in message for message in told)
    answer = await editor.chat("What is the capital of Japan?").result()
    assert "Tokyo" in answer.text


async def test_the_set_up_shows_in_the_editor_and_can_be_cancelled_there(
    open_editor, empty_house, eventually
):
    lock = empty_house.paths.environments / "openvino.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        editor = await open_editor(empty_house, ready=False)
        await eventually(lambda: any(value["kind"] == "begin" for _, value in editor.work))
        token, begin = next((t, v) for t, v in editor.work if v["kind"] == "begin")
        assert begin["cancellable"]
        editor.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token=token))
        status = await editor.phase(p.Phase.unavailable)
        assert "cancelled" in status.reason
        assert status.remedy
        assert editor.work[-1] == (token, {"kind": "end"})


async def own_copy(house, provisioned):
    """Replace the linked models of a house by a copy, which a test may damage."""
    house.paths.models.unlink() if sys.platform != "win32" else house.paths.models.rmdir()
    await asyncio.to_thread(shutil.copytree, provisioned.models, house.paths.models)
    (weights,) = house.paths.models.rglob("*.gguf")
    return weights


async def test_a_starter_whose_bytes_changed_is_noticed_and_fetched_again(
    open_editor, house, provisioned
):
    weights = await own_copy(house, provisioned)
    sound = weights.read_bytes()
    at = len(sound) // 2
    flipped = bytes(byte ^ 0xFF for byte in sound[at : at + 4096])
    weights.write_bytes(sound[:at] + flipped + sound[at + 4096 :])
    editor = await open_editor(house)
    assert weights.read_bytes() == sound
    steps = [status.progress.step for status in editor.statuses if status.progress]
    assert any("damaged" in step for step in steps)
    assert "Tokyo" in (await editor.chat("What is the capital of Japan?").result()).text


async def test_a_truncated_starter_that_cannot_be_fetched_is_told(open_editor, house, provisioned):
    weights = await own_copy(house, provisioned)
    weights.write_bytes(weights.read_bytes()[:1_000_000])
    env = {"PIP_INDEX_URL": CLOSED_PORT, "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": ""}
    editor = await open_editor(house, env=env, ready=False)
    status = await editor.phase(p.Phase.unavailable)
    assert "SmolLM2 135M Instruct (starter) failed" in status.reason
    assert "could not be reached" in status.reason
    assert status.remedy
    assert await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()


@pytest.fixture
def full_disk(tmp_path):
    """A disk of 20 MB, to which a user's data and cache go."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this user cannot mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


async def test_on_a_full_disk_the_first_set_up_says_how_much_is_missing(
    open_editor, empty_house, full_disk, provisioned
):
    env = {"XDG_DATA_HOME": str(full_disk / "data"), "XDG_CACHE_HOME": str(full_disk / "cache")}
    editor = await open_editor(empty_house, env=env, ready=False)
    status = await editor.phase(p.Phase.unavailable)
    assert "too full" in status.reason
    assert "are free" in status.reason
    assert "Free" in status.remedy
    assert (await editor.chat("Hello").error()).code == p.ErrorCode.not_ready
    # The room is there now: here, because what was to be fetched is there.
    environments = full_disk / "data" / "phi-sidecar" / "environments"
    shutil.rmtree(environments, ignore_errors=True)
    environments.parent.mkdir(parents=True, exist_ok=True)
    environments.symlink_to(provisioned.environments)
    models = full_disk / "cache" / "phi-sidecar" / "models"
    shutil.rmtree(models, ignore_errors=True)
    models.parent.mkdir(parents=True, exist_ok=True)
    models.symlink_to(provisioned.models)
    assert (await editor.select(STARTER).result()).phase is p.Phase.ready
