import asyncio
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv

import psutil
import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.progress import ignore
from phi_sidecar.provision import place, process
from phi_sidecar.provision.environments import Environments, EnvironmentState
from phi_sidecar.provision.recipes import Recipe
from phi_sidecar.provision.target import python_tag

HEAVY, LIGHT = "heavy-1.0-py3-none-any.whl", "light-1.0-py3-none-any.whl"


def recipe(index, *pins, runtime="heavy"):
    return Recipe(
        name="tiny",
        title="the tiny runtime",
        runtime=runtime,
        lock="".join(pins),
        file_bytes=index.wheel_bytes,
    )


@pytest.fixture
def pins(index):
    return [index.add("heavy", heavy=True), index.add("light")]


@pytest.fixture
def environments(paths, index, pins):
    return Environments(paths, {"tiny": recipe(index, *pins)})


def leftovers(paths):
    """What is in the environments' folder besides its lock file."""
    return [
        entry
        for entry in paths.environments.iterdir()
        if entry.suffix != ".lock" and not (entry / "phi-sidecar.json").exists()
    ]


def kept_downloads(paths):
    return sorted(file.name for file in paths.downloads.glob("*/*") if file.is_file())


def start(*argv):
    return subprocess.Popen(argv, stdin=subprocess.PIPE)


async def until_whole(file, content):
    while not file.exists() or file.read_bytes() != content:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


def downloads_of(environments, paths):
    return paths.downloads / f"tiny-{environments.plan('tiny').key}"


def pip_processes():
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if any("pip" in part for part in child.cmdline())
    ]


async def test_an_environment_is_made_from_its_lock_and_nothing_else_is_left(environments, paths):
    assert environments.state("tiny") is EnvironmentState.MISSING
    python = await environments.prepare("tiny", ignore)

    assert environments.python("tiny") == python
    assert environments.state("tiny") is EnvironmentState.READY
    printed = await process.run(
        [str(python), "-c", "import heavy, light; print(light.VALUE)"], env=os.environ
    )
    assert printed.stdout == ("1",)
    assert leftovers(paths) == []
    assert kept_downloads(paths) == []


async def test_progress_counts_the_bytes_of_all_packages_and_never_goes_back(environments, index):
    told = []
    await environments.prepare("tiny", told.append)

    total = sum(index.wheel_bytes.values())
    downloading = [step for step in told if step.step == "Downloading the tiny runtime"]
    done = [step.bytes_done for step in downloading]
    assert {step.bytes_total for step in downloading} == {total}
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == total
    assert any(0 < count < total for count in done)


async def test_sizes_that_were_not_recorded_are_told_once_they_are_known(paths, index, pins):
    unsized = Recipe("tiny", "the tiny runtime", "heavy", pins[0], file_bytes={})
    told = []
    await Environments(paths, {"tiny": unsized}).prepare("tiny", told.append)

    downloading = [step for step in told if step.step.startswith("Downloading")]
    assert downloading[0].bytes_total is None
    assert downloading[-1].bytes_done == downloading[-1].bytes_total == len(index.wheels[HEAVY])


async def test_a_ready_environment_is_returned_without_a_word(environments, index):
    python = await environments.prepare("tiny", ignore)
    asked = index.fetched.total()
    told = []

    assert await environments.prepare("tiny", told.append) == python
    assert told == []
    assert index.fetched.total() == asked


async def test_cancelling_ends_every_process_and_keeps_only_whole_downloads(
    environments, index, paths
):
    index.held_back.add(HEAVY)
    preparing = asyncio.create_task(environments.prepare("tiny", ignore))
    await asyncio.to_thread(index.halfway.wait, 30)
    await until_whole(downloads_of(environments, paths) / LIGHT, index.wheels[LIGHT])
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing

    assert pip_processes() == []
    assert leftovers(paths) == []
    assert kept_downloads(paths) == [LIGHT]
    index.held_back.clear()
    await environments.prepare("tiny", ignore)
    assert index.fetched[LIGHT] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a kill that leaves children is POSIX's")
async def test_after_a_kill_whole_downloads_are_used_and_no_pip_goes_on(
    environments, index, paths, tmp_path, pins
):
    index.held_back.add(HEAVY)
    script = tmp_path / "prepare.py"
    script.write_text(
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from phi_sidecar.paths import Paths\n"
        "from phi_sidecar.progress import ignore\n"
        "from phi_sidecar.provision.environments import Environments\n"
        "from phi_sidecar.provision.recipes import Recipe\n"
        f"recipe = Recipe('tiny', 'the tiny runtime', 'heavy', {''.join(pins)!r},"
        f" {index.wheel_bytes!r})\n"
        f"paths = Paths(Path({str(paths.data)!r}), Path({str(paths.cache)!r}), Path(), Path())\n"
        "asyncio.run(Environments(paths, {'tiny': recipe}).prepare('tiny', ignore))\n",
        encoding="utf-8",
    )
    sidecar = start(sys.executable, str(script))
    await asyncio.to_thread(index.halfway.wait, 30)
    await until_whole(downloads_of(environments, paths) / LIGHT, index.wheels[LIGHT])
    children = psutil.Process(sidecar.pid).children(recursive=True)
    sidecar.send_signal(signal.SIGKILL)
    sidecar.communicate()
    index.release.set()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=10)
    assert alive == []

    index.held_back.clear()
    await environments.prepare("tiny", ignore)
    assert index.fetched[LIGHT] == 1
    assert leftovers(paths) == []


async def test_a_damaged_download_is_fetched_again(environments, index, paths):
    folder = downloads_of(environments, paths)
    folder.mkdir(parents=True)
    (folder / LIGHT).write_bytes(index.wheels[LIGHT][:-1])
    (folder / HEAVY).write_bytes(index.wheels[HEAVY])

    await environments.prepare("tiny", ignore)
    assert index.fetched == {LIGHT: 1}


async def test_leftovers_of_attempts_that_died_are_swept(environments, paths):
    dead = paths.environments / f"tiny-{environments.plan('tiny').key}.0123abcd.partial"
    (dead / "lib").mkdir(parents=True)
    await environments.prepare("tiny", ignore)
    assert leftovers(paths) == []


async def test_a_file_that_was_truncated_makes_it_broken_and_prepare_repairs_it(environments):
    python = await environments.prepare("tiny", ignore)
    (module,) = python.parents[1].rglob("heavy_data.bin")
    module.write_bytes(b"")

    assert environments.state("tiny") is EnvironmentState.BROKEN
    assert environments.python("tiny") is None
    assert await environments.prepare("tiny", ignore) == python
    assert environments.state("tiny") is EnvironmentState.READY


async def test_a_runtime_that_stopped_working_is_noticed_when_it_is_started(environments):
    python = await environments.prepare("tiny", ignore)
    assert await environments.verify("tiny") is None
    (module,) = python.parents[1].rglob("heavy.py")
    module.write_text("1 / 0   #\n", encoding="utf-8")
    shutil.rmtree(module.parent / "__pycache__", ignore_errors=True)

    assert "ZeroDivisionError" in await environments.verify("tiny")
    assert environments.state("tiny") is EnvironmentState.BROKEN


async def test_a_new_lock_makes_it_stale_and_replaces_it_when_prepared(paths, index, pins):
    old = Environments(paths, {"tiny": recipe(index, *pins)})
    old_python = await old.prepare("tiny", ignore)
    new = Environments(paths, {"tiny": recipe(index, pins[0])})

    assert new.state("tiny") is EnvironmentState.STALE
    assert new.python("tiny") is None
    new_python = await new.prepare("tiny", ignore)
    assert new_python.exists()
    assert not old_python.exists()


async def test_an_old_environment_that_a_worker_still_uses_stays(paths, index, pins):
    old = Environments(paths, {"tiny": recipe(index, *pins)})
    old_python = await old.prepare("tiny", ignore)
    with start(old_python, "-c", "input()") as worker:
        with pytest.raises(PreparationFailed, match="it is being used"):
            await old.remove("tiny")
        await Environments(paths, {"tiny": recipe(index, pins[0])}).prepare("tiny", ignore)
        assert old_python.exists()
        worker.communicate(b"\n")


async def test_removing_leaves_nothing(environments, paths):
    await environments.prepare("tiny", ignore)
    await environments.remove("tiny")
    assert environments.state("tiny") is EnvironmentState.MISSING
    assert [entry.name for entry in paths.environments.iterdir()] == ["tiny.lock"]


async def test_of_two_that_prepare_at_once_one_works_and_the_other_waits(
    paths, index, pins, environments
):
    other = Environments(paths, {"tiny": recipe(index, *pins)})
    first_told, second_told = [], []
    first, second = await asyncio.gather(
        environments.prepare("tiny", first_told.append), other.prepare("tiny", second_told.append)
    )

    assert first == second
    assert index.fetched == {HEAVY: 1, LIGHT: 1}
    assert [step.step for step in second_told] == [
        "Waiting for another window that installs the tiny runtime"
    ]


async def test_one_that_another_window_installs_is_not_removed(
    paths, index, environments, monkeypatch
):
    monkeypatch.setattr(place, "_SOON_S", 0.1)
    index.held_back.add(HEAVY)
    preparing = asyncio.create_task(environments.prepare("tiny", ignore))
    await asyncio.to_thread(index.halfway.wait, 30)
    with pytest.raises(PreparationFailed, match="it is being installed") as refused:
        await environments.remove("tiny")
    assert "cancel it" in refused.value.remedy
    index.release.set()
    assert (await preparing).exists()


async def test_a_cancel_of_a_removal_takes_effect_when_nothing_is_being_removed_any_more(
    environments, monkeypatch
):
    await environments.prepare("tiny", ignore)
    begun, go_on = threading.Event(), threading.Event()
    remove = place.remove

    def late(path):
        begun.set()
        go_on.wait(30)
        remove(path)

    monkeypatch.setattr(place, "remove", late)
    removing = asyncio.create_task(environments.remove("tiny"))
    await asyncio.to_thread(begun.wait, 30)
    removing.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    # The lock is held as long, so that nobody makes one in the same place.
    assert not removing.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await removing
    assert environments.state("tiny") is EnvironmentState.MISSING


async def test_a_waiting_one_takes_over_when_the_first_gives_up(paths, index, pins, environments):
    index.held_back.add(HEAVY)
    first = asyncio.create_task(environments.prepare("tiny", ignore))
    await asyncio.to_thread(index.halfway.wait, 30)
    second = asyncio.create_task(
        Environments(paths, {"tiny": recipe(index, *pins)}).prepare("tiny", ignore)
    )
    index.held_back.clear()
    first.cancel()
    assert (await second).exists()
    assert first.cancelled()


async def test_without_a_connection_it_says_so(environments, index, paths):
    index.close()
    with pytest.raises(PreparationFailed, match="could not be reached") as failure:
        await environments.prepare("tiny", ignore)
    assert "internet connection" in failure.value.remedy
    assert environments.state("tiny") is EnvironmentState.MISSING
    assert leftovers(paths) == []


async def test_a_package_that_is_not_the_pinned_one_is_refused(environments, index, paths):
    environments.plan("tiny")
    index.add("light", files={"light.py": b"VALUE = 'planted'\n"})
    with pytest.raises(PreparationFailed, match="hash differs"):
        await environments.prepare("tiny", ignore)
    assert environments.state("tiny") is EnvironmentState.MISSING
    assert LIGHT not in kept_downloads(paths)


async def test_a_package_without_a_build_for_this_machine_is_told(environments, index):
    environments.plan("tiny")
    del index.wheels[LIGHT]
    with pytest.raises(PreparationFailed, match="no build of a package for this Python"):
        await environments.prepare("tiny", ignore)


async def test_too_little_room_is_told_before_anything_is_fetched(environments, index, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(PreparationFailed, match=r"7 MB are needed in .*, 1 MB are free") as failure:
        await environments.prepare("tiny", ignore)
    assert failure.value.remedy == "Free 6 MB on that disk and try again."
    assert index.fetched == {}


async def test_a_disk_that_fills_up_on_the_way_is_told_and_downloads_are_kept(
    environments, index, paths, monkeypatch
):
    def full(self, folder):
        folder.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(venv.EnvBuilder, "create", full)
    with pytest.raises(PreparationFailed, match="the disk is full"):
        await environments.prepare("tiny", ignore)
    assert leftovers(paths) == []
    assert kept_downloads(paths) == [HEAVY, LIGHT]


async def test_a_python_without_venv_is_told(environments, paths, monkeypatch):
    monkeypatch.setitem(sys.modules, "venv", None)
    with pytest.raises(PreparationFailed, match="cannot make environments") as failure:
        await environments.prepare("tiny", ignore)
    assert "Install Python" in failure.value.remedy
    assert leftovers(paths) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write anywhere"
)
async def test_a_folder_that_may_not_be_written_is_told(environments, paths):
    paths.data.mkdir()
    paths.data.chmod(0o500)
    with pytest.raises(PreparationFailed, match="could not be written"):
        await environments.prepare("tiny", ignore)


async def test_a_runtime_that_does_not_start_is_told_and_not_put_in_place(paths, index):
    pin = index.add("heavy", files={"heavy.py": b"raise OSError('no such driver')\n"})
    environments = Environments(paths, {"tiny": recipe(index, pin)})
    with pytest.raises(PreparationFailed, match=r"does not start .*no such driver"):
        await environments.prepare("tiny", ignore)
    assert environments.state("tiny") is EnvironmentState.MISSING
    assert leftovers(paths) == []


async def test_a_person_s_own_pip_settings_do_not_lead_the_install_astray(
    environments, index, tmp_path, monkeypatch
):
    settings = tmp_path / "pip.ini"
    settings.write_text(
        f"[global]\nindex-url = {index.url}\nrequire-virtualenv = true\nquiet = 2\n"
        f"[install]\ntarget = {tmp_path / 'elsewhere'}\n",
        encoding="utf-8",
    )
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_PREFIX", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = []
    await environments.prepare("tiny", told.append)
    assert environments.state("tiny") is EnvironmentState.READY
    assert any(0 < (step.bytes_done or 0) < step.bytes_total for step in told if step.bytes_total)


async def test_an_environment_that_is_not_known_is_told(environments):
    with pytest.raises(PreparationFailed, match="no runtime environment called 'cuda'"):
        await environments.prepare("cuda", ignore)


async def test_looking_at_a_ready_environment_starts_no_process_and_is_quick(
    environments, monkeypatch
):
    await environments.prepare("tiny", ignore)
    monkeypatch.setattr(process, "run", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    started = time.perf_counter()
    assert environments.python("tiny") is not None
    assert time.perf_counter() - started < 0.1


async def test_a_row_tells_what_it_would_take_and_what_it_takes(environments, index, paths):
    total = sum(index.wheel_bytes.values())
    before = environments.describe("tiny")
    assert [(pin.name, pin.version) for pin in before.packages] == [
        ("heavy", "1.0"),
        ("light", "1.0"),
    ]
    assert before.state is EnvironmentState.MISSING
    assert before.download_bytes == total
    assert before.install_bytes == int(total * 3.5)
    assert (before.bytes_on_disk, before.obstacle) == (0, None)

    await environments.prepare("tiny", ignore)
    after = environments.describe("tiny")
    assert after.state is EnvironmentState.READY
    assert after.bytes_on_disk > total


async def test_what_an_interrupted_download_left_counts_and_is_removed(environments, index, paths):
    folder = downloads_of(environments, paths)
    folder.mkdir(parents=True)
    (folder / LIGHT).write_bytes(index.wheels[LIGHT])

    assert environments.describe("tiny").bytes_on_disk == len(index.wheels[LIGHT])
    assert await environments.remove("tiny") == len(index.wheels[LIGHT])
    assert kept_downloads(paths) == []


@pytest.fixture
def of_other_versions(paths):
    """What other versions of the product, and of Python, left of an environment."""
    implementation = sys.implementation.name
    for parent in (paths.environments, paths.downloads):
        for name in (f"tiny-{implementation}-398-older", f"tiny-{implementation}-399-other"):
            (parent / name).mkdir(parents=True)
            (parent / name / "file").write_bytes(bytes(1000))
    killed = paths.environments / f"tiny-{implementation}-398-older.0123.partial"
    killed.mkdir()
    (killed / "file").write_bytes(bytes(100))


@pytest.mark.usefixtures("of_other_versions")
async def test_what_other_versions_left_is_told_and_goes_with_the_environment(environments, paths):
    told = environments.describe("tiny")
    assert (told.bytes_on_disk, told.older_bytes) == (4100, 4000)
    assert await environments.remove("tiny") == 4100
    assert [entry.name for entry in paths.environments.iterdir()] == ["tiny.lock"]
    assert list(paths.downloads.iterdir()) == []


@pytest.mark.usefixtures("of_other_versions")
async def test_making_one_removes_what_an_older_lock_fetched_but_not_another_python_s(
    environments, paths
):
    own = paths.downloads / f"tiny-{python_tag()}-older"
    own.mkdir()
    (own / "file").write_bytes(bytes(1000))
    await environments.prepare("tiny", ignore)
    assert not own.exists()
    left = {folder.name for folder in paths.downloads.iterdir()}
    assert f"tiny-{sys.implementation.name}-399-other" in left


@pytest.mark.usefixtures("of_other_versions")
async def test_making_one_removes_what_killed_attempts_of_any_version_left(environments, paths):
    (paths.environments / f"tiny-{sys.implementation.name}-397-oldest.0123.partial").mkdir()
    await environments.prepare("tiny", ignore)
    assert list(paths.environments.glob("*.partial")) == []
    # What another Python made whole stays.
    assert (paths.environments / f"tiny-{sys.implementation.name}-399-other").exists()


async def test_removing_tells_how_much_room_it_made(environments):
    await environments.prepare("tiny", ignore)
    took = environments.describe("tiny").bytes_on_disk
    assert await environments.remove("tiny") == took
    assert environments.describe("tiny").bytes_on_disk == 0


async def test_while_one_is_made_everything_else_goes_on(environments):
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    turns_at = {}
    working = asyncio.create_task(others())
    await environments.prepare("tiny", lambda told: turns_at.setdefault(told.step, turns))
    working.cancel()
    at = [turns_at[f"{step} the tiny runtime"] for step in ("Downloading", "Installing", "Trying")]
    # In both pip runs, which takes a good part of a second: if they blocked, nobody had a turn.
    assert at[1] - at[0] > 10
    assert at[2] - at[1] > 10
