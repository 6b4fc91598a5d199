"""Measuring accelerators beside the one that answers, with real workers."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"
OPTIMUM = "openvino-optimum/CPU"
QUICK, SLOW = "paced/quick", "paced/slow"
CANCELLED = -32800


@pytest.fixture
def paced(tmp_path):
    """Environment variables that bring the backend whose devices have a pace of their own."""
    packages = tmp_path / "packages"
    info = packages / "paced-1.0.dist-info"
    info.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("paced_backend.py"), packages)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paced\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[phi_sidecar.backends]\npaced = paced_backend:Paced\n")
    return {"PYTHONPATH": str(packages)}


@pytest.fixture
async def editor(open_editor, home, paced):
    """A window on which the starter answers, and where no paced accelerator ever ran."""
    home.paths.speeds.unlink(missing_ok=True)
    return await open_editor(env=paced)


@pytest.fixture
def none_is_left(home, alive, eventually):
    """Wait until no worker of this test is left, and much less than workers linger.

    One that the test before shared with a window lingers at its own pace.
    """
    there_before = set(home.workers)

    async def wait(house=home, backend="paced_backend"):
        def left():
            own = [one for one in house.workers if one not in there_before]
            return [one for one in own if alive(one) and backend in str(one.cmdline())]

        # By itself a worker would leave after 30 s.
        await eventually(lambda: not left(), timeout_s=20)

    return wait


def measure(editor, *accelerators, token=None):
    params = p.MeasureAcceleratorsParams(
        accelerators=list(accelerators) or None, work_done_token=token
    )
    return editor.ask(m.PHI_MEASURE_ACCELERATORS, params)


def steps(editor, token):
    """What was told, each step once."""
    told = [value["message"] for t, value in editor.work if t == token and "message" in value]
    return list(dict.fromkeys(told))


async def listed_speeds(editor):
    result = await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()
    return {row.id: row.tokens_per_second for row in result.accelerators}


async def test_each_is_measured_in_its_turn_and_its_speed_is_listed(
    editor, open_editor, paced, none_is_left
):
    result = await measure(editor, STARTER, SLOW, QUICK, token="t").result()
    starter, slow, quick = result.measurements
    assert [one.id for one in result.measurements] == [STARTER, SLOW, QUICK]
    assert all(one.reason is None and one.prompt_tokens > 50 for one in result.measurements)
    # Each token takes them 2 and 10 ms, and what it takes to hand it out.
    assert slow.tokens_per_second <= 100 < quick.tokens_per_second <= 500
    assert starter.model
    assert starter.quantization == "q4_1"
    assert starter.ttft_ms > 0
    assert starter.prompt_tokens_per_second > 0
    # What answers without a model of ours is no choice for a machine.
    assert result.best == STARTER
    told = {one.id: one.tokens_per_second for one in result.measurements}
    other = await open_editor(env=paced)
    assert told.items() <= (await listed_speeds(other)).items()
    told_steps = steps(editor, "t")
    assert "Paced (slow) (2 of 3): Loading the model" in told_steps
    assert told_steps[-1] == "Paced (quick) (3 of 3): Measuring, run 3"
    assert editor.work[-1] == ("t", {"kind": "end"})
    await none_is_left()


async def test_the_active_one_answers_meanwhile_and_stays_what_it_was(
    editor, worker_of, eventually, none_is_left
):
    before, statuses = worker_of(), len(editor.statuses)
    uri = editor.open("def add(a, b):\n    return ")
    asked = measure(editor, SLOW, STARTER, token="t")
    await eventually(lambda: "Paced (slow) (1 of 2): Measuring, run 1" in steps(editor, "t"))
    assert (await editor.complete(uri, 1, 11).result()).items[0].text == "a + b"
    assert not asked.done
    await eventually(lambda: "CPU (OpenVINO) (2 of 2): Measuring, run 1" in steps(editor, "t"))
    chat = await editor.chat("Hello", tokens=5).result()
    assert chat.accelerator == STARTER
    result = await asked.result()
    assert all(one.tokens_per_second for one in result.measurements)
    assert worker_of().pid == before.pid
    shown = {(status.phase, status.accelerator) for status in editor.statuses[statuses:]}
    assert shown <= {(p.Phase.ready, STARTER)}
    await none_is_left()


async def test_what_was_measured_before_a_cancel_is_kept(editor, eventually, none_is_left):
    asked = measure(editor, QUICK, "paced/endless", SLOW, token="t")
    await eventually(lambda: "Paced (endless) (2 of 3): Measuring, run 1" in steps(editor, "t"))
    asked.cancel()
    assert (await asked.error()).code == CANCELLED
    await none_is_left()
    speeds = await listed_speeds(editor)
    assert speeds[QUICK]
    assert speeds["paced/endless"] is None
    assert (await editor.chat("Hello", tokens=5).result()).accelerator == STARTER
    # It can be begun again at once.
    assert (await measure(editor, SLOW).result()).measurements[0].tokens_per_second


async def test_one_that_cannot_be_measured_is_said_with_the_reason(editor, none_is_left):
    result = await measure(editor, "paced/refuses", "paced/absent", "paced/brief", QUICK).result()
    refuses, absent, brief, quick = result.measurements
    assert (refuses.reason, refuses.remedy) == ("It is out of memory.", "Close other programs.")
    assert (absent.reason, absent.remedy) == ("No absent.", "Install it.")
    assert "too soon" in brief.reason
    assert brief.tokens_per_second is None
    assert quick.tokens_per_second
    assert result.best is None
    await none_is_left()


async def test_where_none_is_named_those_that_run_a_model_are_measured(editor):
    result = await measure(editor).result(timeout_s=120)
    measured = {one.id: one for one in result.measurements}
    assert measured[STARTER].tokens_per_second
    assert not any(id.startswith(("paced/", "echo/")) for id in measured)
    # No other runtime runs the starter, and nothing is fetched to measure one.
    for id in measured.keys() - {STARTER}:
        assert measured[id].tokens_per_second is None
        assert measured[id].reason
        assert measured[id].remedy
    assert result.best == STARTER


async def test_one_model_on_two_runtimes_is_compared_and_the_list_recommends_the_same(
    open_editor, house, optimum, tiny_phi3, none_is_left
):
    editor = await open_editor(house)
    params = p.ImportModelParams(folder=str(tiny_phi3["openvino-fp16"]), name="tiny")
    model = (await editor.ask(m.PHI_IMPORT_MODEL, params).result()).model.id
    select = p.SelectAcceleratorParams(accelerator=STARTER, model=model)
    await editor.ask(m.PHI_SELECT_ACCELERATOR, select).result()
    result = await measure(editor, STARTER, OPTIMUM).result(timeout_s=180)
    assert {one.model for one in result.measurements} == {"tiny"}
    assert all(one.tokens_per_second for one in result.measurements), result.measurements
    rows = await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()
    (recommended,) = (row for row in rows.accelerators if row.recommended)
    assert (result.best, result.why) == (recommended.id, recommended.recommendation)
    await none_is_left(house, "openvino_optimum")


async def test_an_unknown_accelerator_is_refused_before_anything_is_measured(editor):
    error = await measure(editor, QUICK, "paced/nonsense").error()
    assert error.code == p.ErrorCode.unknown_accelerator
    assert (await listed_speeds(editor))[QUICK] is None


async def test_a_worker_that_other_windows_use_is_measured_and_left_as_it_is(
    editor, open_editor, home, paced, alive
):
    other = await open_editor(env=paced)
    await other.select(SLOW).result()
    await editor.until(lambda status: status.accelerator == SLOW)
    (theirs,) = (found for found in home.workers if "slow" in found.cmdline())
    chat = other.chat("word " * 300, tokens=400, token="chat")
    await other.streaming("chat")
    result = await measure(editor, SLOW).result()
    assert result.measurements[0].tokens_per_second
    assert (await chat.result()).text.count("word") == 300
    assert alive(theirs)
    assert (await editor.chat("Hello").result()).accelerator == SLOW


async def test_a_switch_ends_the_measuring_and_the_worker_that_both_used(
    editor, eventually, none_is_left
):
    await editor.select("paced/endless").result()
    asked = measure(editor, QUICK, "paced/endless", token="t")
    await eventually(lambda: "Paced (endless) (2 of 2): Measuring, run 1" in steps(editor, "t"))
    await editor.select(STARTER).result()
    error = await asked.error()
    assert error.code == p.ErrorCode.not_ready
    assert "is kept" in error.message
    assert error.data["remedy"].startswith("Measure again")
    assert (await listed_speeds(editor))[QUICK]
    await none_is_left()
    assert (await editor.chat("Hello", tokens=5).result()).accelerator == STARTER


async def test_two_windows_do_not_measure_at_once(editor, home):
    lock = home.paths.cache / "measuring.lock"
    with FileLock(lock):
        asked = measure(editor, QUICK, token="t")
        await editor.until(lambda _: "Waiting for another window's measuring" in steps(editor, "t"))
        assert not asked.done
    assert (await asked.result()).measurements[0].tokens_per_second


async def test_a_window_that_closes_meanwhile_leaves_nothing_behind(
    editor, eventually, none_is_left
):
    asked = measure(editor, "paced/endless", token="t")
    await eventually(lambda: "Paced (endless) (1 of 1): Measuring, run 1" in steps(editor, "t"))
    await editor.leave()
    assert asked.done
    # What answered in the window stays for the next one for a while.
    await none_is_left(backend="endless")
