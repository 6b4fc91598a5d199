"""Fetching a model from a hub: with the real client, from a hub on this machine."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
import shelves
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.hub.job import Job, write_job
from phi_sidecar.models.store import ModelState
from phi_sidecar.provision import place
from phi_sidecar.provision.interpreter import module_command, own_python


async def until_half_of_it_is_there(hub, shelf):
    """Wait until the hub says nothing any more and some of what it said is on the disk."""
    await asyncio.to_thread(hub.faults.hanging.wait, 30)
    await asyncio.to_thread(shelf.wait_for_a_part)


async def test_a_model_is_fetched_checked_and_found(shelf, hub, commit):
    folder = await shelf.prepare()
    assert shelves.files_in(folder) == ["checked.json", *shelves.WANTED]
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert shelf.find() == folder
    assert await shelf.verify() is ModelState.READY
    assert json.loads((folder / "checked.json").read_text())["revision"] == commit
    assert not shelf.downloads.exists()


async def test_what_is_there_is_returned_without_asking_anybody(shelf, hub):
    await shelf.prepare()
    hub.requests.clear()
    shelf.told.clear()
    await shelf.prepare()
    assert hub.requests == []
    assert shelf.told == []


async def test_progress_tells_all_the_bytes_and_ends_at_the_whole(shelf):
    await shelf.prepare()
    total = sum(len(shelves.FILES[name]) for name in shelves.WANTED)
    assert shelf.steps() == ["Downloading Tiny"]
    assert {step.bytes_total for step in shelf.told} == {total}
    assert shelf.told[0].bytes_done == 0
    assert shelf.told[-1].bytes_done == total


async def test_a_slow_hub_tells_how_long_it_will_take(shelf, hub):
    hub.faults.rate = 700_000
    await shelf.prepare()
    told = [step.seconds_left for step in shelf.told if step.seconds_left is not None]
    assert told
    assert all(0 <= seconds < 60 for seconds in told)


async def test_only_the_folder_of_the_build_is_fetched(paths, hub):
    shelf = shelves.Shelf(paths, shelves.model_from(hub.add(shelves.NAME, shelves.FILES), "other"))
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.MODEL[shelves.LARGE]
    assert shelves.files_in(folder) == ["checked.json", *shelves.WANTED]


async def test_a_connection_that_breaks_is_taken_up_where_it_broke(shelf, hub):
    hub.faults.drops[shelves.LARGE] = [400_000, 500_000]
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    asked = [r.range for r in hub.asked_for(shelves.LARGE) if r.host == "localhost"]
    assert asked == [None, "bytes=400000-", "bytes=900000-"]
    assert "Downloading Tiny: the connection broke off, trying again" in shelf.steps()


async def test_a_hub_that_breaks_off_again_and_again_is_given_up_and_what_came_is_kept(shelf, hub):
    hub.faults.drops[shelves.LARGE] = [300_000] + [0] * 20
    with pytest.raises(PreparationFailed, match="could not be reached") as told:
        await shelf.prepare()
    assert "what was downloaded is kept" in told.value.remedy
    assert shelf.find() is None
    assert not shelf.folder.exists()
    hub.faults.drops.clear()
    await shelf.prepare()
    assert hub.asked_for(shelves.LARGE)[-1].range == "bytes=300000-"


async def test_cancelling_in_the_middle_of_a_file_ends_it_and_keeps_what_came(shelf, hub):
    hub.faults.hangs[shelves.LARGE] = 1_000_000
    preparing = asyncio.create_task(shelf.prepare())
    await until_half_of_it_is_there(hub, shelf)
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert [p for p in psutil.Process().children(recursive=True) if p.status() != "zombie"] == []
    assert not shelf.folder.exists()

    hub.faults.hangs.clear()
    await shelf.prepare()
    assert hub.asked_for(shelves.LARGE)[-1].range is not None
    assert await shelf.verify() is ModelState.READY


async def test_a_download_that_was_killed_goes_on_where_it_was(shelf, hub):
    hub.faults.hangs[shelves.LARGE] = 1_000_000
    preparing = asyncio.create_task(shelf.prepare())
    await until_half_of_it_is_there(hub, shelf)
    for process in psutil.Process().children(recursive=True):
        process.kill()
    with pytest.raises(PreparationFailed, match="Fetching Tiny failed"):
        await preparing
    hub.faults.hangs.clear()
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert hub.asked_for(shelves.LARGE)[-1].range is not None


async def test_a_hub_that_cannot_continue_a_file_sends_it_anew(shelf, hub):
    hub.faults.drops[shelves.LARGE] = [700_000]
    hub.faults.ignore_ranges = True
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS


async def test_of_a_damaged_model_only_the_damaged_file_is_fetched_again(shelf, hub):
    folder = await shelf.prepare()
    os.truncate(folder / shelves.LARGE, 1000)
    assert shelf.find() is None
    hub.requests.clear()
    assert await shelf.prepare() == folder
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert {request.about for request in hub.requests} == {"api", shelves.LARGE}
    assert "The file of Tiny is damaged; fetching it again" in shelf.steps()


async def test_a_flipped_bit_is_found_by_reading_the_whole(shelf, hub):
    folder = await shelf.prepare()
    facts = (folder / shelves.LARGE).stat()
    (folder / shelves.LARGE).write_bytes(bytes([shelves.WEIGHTS[0] ^ 1]) + shelves.WEIGHTS[1:])
    os.utime(folder / shelves.LARGE, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert shelf.find() == folder
    assert await shelf.verify() is ModelState.DAMAGED
    assert shelf.find() is None


async def test_what_main_stood_for_at_first_is_what_is_repaired(paths, hub):
    first = hub.add(shelves.NAME, shelves.FILES)
    shelf = shelves.Shelf(paths, shelves.model_from("main"))
    folder = await shelf.prepare()
    hub.add(shelves.NAME, shelves.FILES | {shelves.LARGE: os.urandom(1_500_000)}, commit="2" * 40)
    os.truncate(folder / shelves.LARGE, 1000)
    await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert json.loads((folder / "checked.json").read_text())["revision"] == first


async def test_of_another_commit_only_what_changed_is_fetched(paths, hub):
    await shelves.Shelf(paths, shelves.model_from(hub.add(shelves.NAME, shelves.FILES))).prepare()
    other = shelves.FILES | {"config.json": shelves.OTHER_CONFIG}
    changed = hub.add(shelves.NAME, other, commit="2" * 40)
    hub.requests.clear()
    shelf = shelves.Shelf(paths, shelves.model_from(changed))
    assert shelf.find() is None
    folder = await shelf.prepare()
    assert (folder / "config.json").read_bytes() == shelves.OTHER_CONFIG
    assert {request.about for request in hub.requests} == {"api", "config.json"}
    assert "What Tiny was made from has changed" in shelf.steps()


async def test_removing_leaves_nothing_also_of_what_is_half_fetched(shelf, hub, paths):
    hub.faults.statuses[shelves.LARGE] = [500]
    with pytest.raises(PreparationFailed):
        await shelf.prepare()
    (stored,) = shelf.store.list()
    assert stored.bytes_on_disk > 0
    await shelf.store.remove(shelf.model, shelf.build)
    assert shelves.files_in(paths.cache) == ["models/tiny/openvino-int4.lock"]


async def test_two_windows_fetch_it_once(paths, hub, commit):
    model = shelves.model_from(commit)
    one, other = shelves.Shelf(paths, model), shelves.Shelf(paths, model)
    first, second = await asyncio.gather(one.prepare(), other.prepare())
    assert first == second
    assert len([r for r in hub.asked_for(shelves.LARGE) if r.host == "localhost"]) == 1
    assert "Waiting for another window that fetches Tiny" in one.steps() + other.steps()


async def test_a_window_that_waits_goes_on_where_one_that_gave_up_was(paths, hub, commit):
    model = shelves.model_from(commit)
    one, other = shelves.Shelf(paths, model), shelves.Shelf(paths, model)
    hub.faults.hangs[shelves.LARGE] = 1_000_000
    first = asyncio.create_task(one.prepare())
    await until_half_of_it_is_there(hub, one)
    second = asyncio.create_task(other.prepare())
    while not other.told:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    hub.faults.hangs.clear()
    first.cancel()
    folder = await second
    assert first.cancelled()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert hub.asked_for(shelves.LARGE)[-1].range is not None


async def test_a_model_that_another_window_fetches_is_not_removed(paths, hub, commit, monkeypatch):
    monkeypatch.setattr(place, "_SOON_S", 0.1)
    model = shelves.model_from(commit)
    one, other = shelves.Shelf(paths, model), shelves.Shelf(paths, model)
    hub.faults.hangs[shelves.LARGE] = 1_000_000
    fetching = asyncio.create_task(one.prepare())
    await until_half_of_it_is_there(hub, one)
    with pytest.raises(PreparationFailed, match="it is being fetched"):
        await other.store.remove(model)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert await other.store.remove(model) > 0
    assert not one.downloads.exists()


def test_an_agent_that_nobody_listens_to_any_more_ends(hub, commit, tmp_path):
    hub.faults.rate = 200_000
    job = Job(shelves.NAME, commit, "", ("*.bin",), str(tmp_path / "downloads"))
    command = module_command(own_python(), "phi_sidecar.models.hub.agent", write_job(job))
    with subprocess.Popen(command.argv, env=command.env, stdout=subprocess.PIPE) as agent:
        agent.stdout.readline()
        agent.stdout.close()
        assert agent.wait(60) != 0
    assert not (tmp_path / "downloads" / "whole").exists()


def test_the_hub_of_these_tests_is_a_program_as_well(tmp_path):
    (tmp_path / "someone" / "tiny").mkdir(parents=True)
    (tmp_path / "someone" / "tiny" / "config.json").write_bytes(b"{}")
    program = [sys.executable, str(Path(__file__).with_name("hub_server.py")), str(tmp_path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as hub:
        url = json.loads(hub.stdout.readline())["url"]
        pinned = f"{url}/someone/tiny/resolve/{'1' * 40}/config.json"
        with urllib.request.urlopen(pinned, timeout=30) as answer:
            assert answer.read() == b"{}"
            assert answer.headers["X-Repo-Commit"] == "1" * 40
        hub.stdin.close()
        assert hub.wait(30) == 0
