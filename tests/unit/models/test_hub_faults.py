"""What people are told when a hub fails them, and what is kept."""

import os
import subprocess
import sys

import pytest
import shelves
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.store import ModelState


async def test_a_hub_that_says_nothing_any_more_is_given_up(shelf, hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "1")
    hub.faults.hangs[shelves.LARGE] = 0
    with pytest.raises(PreparationFailed, match="the hub did not answer"):
        await shelf.prepare()


async def test_wrong_bytes_are_noticed_and_fetched_again(shelf, hub):
    hub.faults.wrong[shelves.LARGE] = [os.urandom(len(shelves.WEIGHTS))]
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS


@pytest.mark.parametrize("length", [10, len(shelves.WEIGHTS), 4 * len(shelves.WEIGHTS)])
async def test_bytes_that_stay_wrong_are_refused_and_what_is_right_is_kept(shelf, hub, length):
    hub.faults.wrong[shelves.LARGE] = [os.urandom(length) for _ in range(6)]
    with pytest.raises(PreparationFailed, match=f"{shelves.LARGE} came twice, .* hash differs"):
        await shelf.prepare()
    assert shelf.find() is None
    assert not shelf.folder.exists()
    assert shelves.files_in(shelf.downloads) == ["whole/config.json", "whole/empty.json"]
    hub.faults.wrong.clear()
    hub.requests.clear()
    await shelf.prepare()
    assert hub.asked_for("config.json") == []


async def test_small_files_are_checked_as_well(shelf, hub):
    hub.faults.wrong["config.json"] = [b'{"model_type": "ihp3"}'] * 6
    with pytest.raises(PreparationFailed, match=r"config\.json came twice"):
        await shelf.prepare()


async def test_a_beginning_that_was_spoilt_on_the_disk_is_thrown_away(shelf, hub):
    hub.faults.drops[shelves.LARGE] = [700_000] + [0] * 20
    with pytest.raises(PreparationFailed):
        await shelf.prepare()
    (part,) = (shelf.downloads / "parts").iterdir()
    part.write_bytes(bytes(700_000))
    hub.faults.drops.clear()
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS


@pytest.mark.parametrize("about", ["api", shelves.LARGE])
@pytest.mark.parametrize(
    ("status", "told"),
    [(429, "the hub asks for a pause"), (503, "the hub has trouble of its own")],
)
async def test_a_hub_that_is_busy_for_a_moment_is_asked_again(shelf, hub, about, status, told):
    hub.faults.statuses[about] = [status, status, 200]
    hub.faults.retry_after_s = 0.01
    await shelf.prepare()
    assert f"Downloading Tiny: {told}, trying again" in shelf.steps()


@pytest.mark.parametrize("about", ["api", shelves.LARGE])
@pytest.mark.parametrize(
    ("status", "told", "remedy"),
    [
        (429, "answers no more requests", "in some minutes"),
        (500, "trouble of its own", "Try again later"),
        (403, "refused access", "HF_TOKEN"),
        (418, "answered with 418", "HF_ENDPOINT"),
    ],
)
async def test_a_hub_that_refuses_is_told_with_what_to_do(shelf, hub, about, status, told, remedy):
    hub.faults.statuses[about] = [status]
    with pytest.raises(PreparationFailed, match=told) as failed:
        await shelf.prepare()
    assert remedy in failed.value.remedy
    assert shelf.find() is None
    assert shelf.store.state(shelf.model, shelf.build) is ModelState.MISSING


async def test_a_private_repository_is_fetched_with_the_person_s_token_which_goes_nowhere_else(
    shelf, hub, monkeypatch
):
    hub.token = "hf_secret"
    with pytest.raises(PreparationFailed, match="no repository someone/tiny-ov, or does not show"):
        await shelf.prepare()
    hub.requests.clear()
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    await shelf.prepare()
    sent = {(r.host, r.authorization) for r in hub.requests}
    assert sent == {("127.0.0.1", "Bearer hf_secret"), ("localhost", None)}


async def test_a_gated_repository_asks_for_its_terms_and_is_fetched_once_they_are_accepted(
    shelf, hub, monkeypatch, tmp_path
):
    hub.accepted = "hf_secret"
    with pytest.raises(PreparationFailed, match="asks for its terms to be accepted") as refused:
        await shelf.prepare()
    assert "HF_TOKEN" in refused.value.remedy
    # As the hub's own sign-in keeps it.
    (tmp_path / "hf-home").mkdir(exist_ok=True)
    (tmp_path / "hf-home" / "token").write_text("hf_secret", encoding="utf-8")
    await shelf.prepare()
    assert shelf.find() is not None


async def test_a_revision_that_is_gone_is_told(paths, hub, commit):
    shelf = shelves.Shelf(paths, shelves.model_from("0" * 40))
    with pytest.raises(PreparationFailed, match="no longer has the revision 0000"):
        await shelf.prepare()


async def test_a_repository_without_the_expected_files_is_told(paths, hub, commit):
    shelf = shelves.Shelf(paths, shelves.model_from(commit, "cpu"))
    with pytest.raises(PreparationFailed, match="none of the expected files in its folder cpu"):
        await shelf.prepare()


async def test_a_sign_in_page_of_the_network_is_taken_for_what_it_is(shelf, hub):
    hub.faults.page = True
    with pytest.raises(PreparationFailed, match="not a model hub") as failed:
        await shelf.prepare()
    assert "Sign in to the network" in failed.value.remedy


async def test_without_a_connection_it_says_so(shelf, hub):
    hub.close()
    with pytest.raises(PreparationFailed, match="the hub could not be reached"):
        await shelf.prepare()


async def test_a_proxy_that_refuses_is_named(shelf, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    monkeypatch.setenv("HTTPS_PROXY", hub.url)
    with pytest.raises(PreparationFailed, match="the proxy refused the connection"):
        await shelf.prepare()


async def test_the_person_s_proxy_is_used(shelf, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    await shelf.prepare()
    assert {request.host for request in hub.requests} == {"hub.invalid", "localhost"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no device that is always full")
async def test_a_disk_that_fills_up_is_told_and_nothing_half_is_seen(shelf, hub, commit):
    sha256, _ = hub.repositories[shelves.NAME].hash(shelves.LARGE)
    part = shelf.downloads / "parts" / f"{shelves.LARGE}.{sha256[:12]}"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(PreparationFailed, match="the disk is full") as failed:
        await shelf.prepare()
    assert "Free some room" in failed.value.remedy
    assert not shelf.folder.exists()
    part.unlink()
    await shelf.prepare()


async def test_too_little_room_is_told_before_a_byte_is_fetched(shelf, hub):
    hub.faults.announced[shelves.LARGE] = 10**15
    with pytest.raises(PreparationFailed, match=r"The disk is too full: 1,000,000,0.* free\.$"):
        await shelf.prepare()
    assert [request.about for request in hub.requests] == ["api"]


def test_nothing_but_the_agent_loads_the_hub_s_client():
    check = "import phi_sidecar.models.store, sys; print('huggingface_hub' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "False"


def test_the_hub_s_client_works_without_yaml():
    check = (
        "import sys; sys.modules['yaml'] = None\n"
        "from phi_sidecar.models.hub import work\n"
        "print(sys.modules['yaml'].__name__)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout.strip() == "yaml", ended.stderr


async def test_without_the_hub_s_client_it_says_how_to_get_it(shelf, hub, tmp_path, monkeypatch):
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError(name='huggingface_hub')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PreparationFailed, match="client library is missing") as failed:
        await shelf.prepare()
    assert "phi-sidecar[hub]" in failed.value.remedy
