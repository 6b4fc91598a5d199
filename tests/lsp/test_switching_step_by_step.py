"""Switching as a person watches it: its steps, a cancel at each of them, and what goes wrong."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from lsprotocol import types as lsp
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

ECHO = "echo/echo"
STARTER = "openvino-genai/CPU"
CANCELLED = -32800
CHECK = "Checking that it can be used"
STEPS = ["Starting its process", "Loading the model", "Warming up"]


@pytest.fixture
def difficult(tmp_path):
    """Environment variables that bring the difficult backend; its folder, in which to let it go."""
    packages, folder = tmp_path / "packages", tmp_path / "let-go"
    info = packages / "difficult-1.0.dist-info"
    info.mkdir(parents=True)
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("difficult_backend.py"), packages)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: difficult\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[phi_sidecar.backends]\ndifficult = difficult_backend:Difficult\n"
    )
    return {"PYTHONPATH": str(packages), "DIFFICULT_FOLDER": str(folder)}


@pytest.fixture
def let_go(difficult):
    """Let a device that waits go on."""

    def let_go(device):
        Path(difficult["DIFFICULT_FOLDER"], device).touch()

    return let_go


@pytest.fixture
async def editor(open_editor, house, choose_echo, difficult):
    """A window on which echo answers, and the difficult accelerators can be chosen."""
    choose_echo(house)
    return await open_editor(house, env=difficult)


@pytest.fixture
def only_echo_runs(house, alive, eventually):
    """Wait until no process is left but echo's worker, and much less than workers linger."""

    def running():
        return [" ".join(worker.cmdline()) for worker in house.workers if alive(worker)]

    async def wait():
        await eventually(
            lambda: len(found := running()) == 1 and "backends.echo" in found[0], timeout_s=10
        )

    return wait


def messages(editor, token):
    """What a switch told, each step once."""
    told = [value["message"] for t, value in editor.work if t == token and "message" in value]
    return list(dict.fromkeys(told))


async def at_step(editor, step):
    return await editor.until(lambda status: status.progress and status.progress.step == step)


async def still_answers(editor):
    status = await editor.status()
    assert (status.phase, status.accelerator) == (p.Phase.ready, ECHO)
    assert (status.progress, status.generating) == (None, False)
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


async def listed(editor, *, look_again=False):
    params = p.ListAcceleratorsParams(look_again=look_again)
    result = await editor.ask(m.PHI_LIST_ACCELERATORS, params).result()
    return {row.id: row for row in result.accelerators}


async def test_each_step_of_a_switch_is_told_in_its_order(editor):
    await editor.select(STARTER, token="switch").result()
    assert messages(editor, "switch") == [CHECK, *STEPS]
    shown = [s.progress.step for s in editor.statuses if s.progress and s.accelerator == ECHO]
    assert list(dict.fromkeys(shown)) == STEPS
    status = await editor.status()
    assert status.progress is None
    assert status.context_window > 1_000


async def test_a_worker_that_is_there_is_not_started_again(editor):
    await editor.select(ECHO, token="again").result()
    assert messages(editor, "again") == [CHECK, "Loading the model"]


@pytest.mark.parametrize(
    ("device", "step"), [("starts", STEPS[0]), ("loads", STEPS[1]), ("warms", STEPS[2])]
)
async def test_a_switch_can_be_cancelled_at_each_step(editor, device, step, only_echo_runs, let_go):
    asked = editor.select(f"difficult/{device}", token="switch")
    await at_step(editor, step)
    assert messages(editor, "switch")[-1] == step
    asked.cancel()
    assert (await asked.error()).code == CANCELLED
    await only_echo_runs()
    await still_answers(editor)
    let_go(device)
    status = await editor.select(f"difficult/{device}").result()
    assert (status.phase, status.accelerator) == (p.Phase.ready, f"difficult/{device}")
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


async def test_the_cancel_of_the_editor_s_own_progress_ends_the_switch(editor, only_echo_runs):
    asked = editor.select("difficult/loads", token="switch")
    await at_step(editor, "Loading the model")
    (begin,) = (value for token, value in editor.work if value["kind"] == "begin")
    assert begin["cancellable"]
    editor.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token="switch"))
    assert (await asked.error()).code == CANCELLED
    assert editor.work[-1] == ("switch", {"kind": "end"})
    await only_echo_runs()
    await still_answers(editor)


async def test_a_cancel_does_not_end_a_worker_that_another_window_waits_for(
    open_editor, house, editor, difficult, let_go
):
    other = await open_editor(house, env=difficult)
    asked = editor.select("difficult/loads")
    await at_step(editor, "Loading the model")
    waits = other.select("difficult/loads")
    await at_step(other, "Loading the model")
    (worker,) = (found for found in house.workers if "loads" in found.cmdline())
    asked.cancel()
    assert (await asked.error()).code == CANCELLED
    await still_answers(editor)
    let_go("loads")
    assert (await waits.result()).accelerator == "difficult/loads"
    (same,) = (found for found in house.workers if "loads" in found.cmdline())
    assert same.pid == worker.pid


async def test_a_load_that_hears_nothing_is_ended_by_a_cancel(editor, only_echo_runs):
    asked = editor.select("difficult/deaf")
    await at_step(editor, "Loading the model")
    asked.cancel()
    assert (await asked.error()).code == CANCELLED
    await only_echo_runs()
    await still_answers(editor)


async def test_a_switch_can_be_cancelled_while_its_runtime_is_prepared(
    open_editor, empty_house, choose_echo
):
    choose_echo(empty_house)
    lock = empty_house.paths.environments / "openvino.lock"
    lock.parent.mkdir(parents=True)
    editor = await open_editor(empty_house)
    with FileLock(lock):
        asked = editor.select(STARTER, token="switch")
        await editor.until(lambda status: status.progress is not None)
        assert messages(editor, "switch")[-1].startswith("Waiting for another window")
        asked.cancel()
        assert (await asked.error()).code == CANCELLED
    await still_answers(editor)


@pytest.mark.parametrize(
    ("device", "code", "reason"),
    [
        ("refuses", p.ErrorCode.accelerator_unusable, "It is out of memory."),
        ("crashes", p.ErrorCode.worker_died, "The worker ended unexpectedly."),
    ],
)
async def test_a_switch_that_fails_says_why_and_who_keeps_answering(
    editor, house, device, code, reason, only_echo_runs
):
    chosen = house.paths.selection.read_bytes()
    error = await editor.select(f"difficult/{device}").error()
    assert error.code == code
    assert error.message == f"{reason} Echo (no model) keeps answering."
    assert error.data["remedy"]
    assert house.paths.selection.read_bytes() == chosen
    await only_echo_runs()
    await still_answers(editor)


async def test_completions_and_a_chat_carry_on_until_the_moment_of_the_change(editor, let_go):
    # Long enough for a switch on a machine that is busy.
    chat = editor.chat("word " * 1_200, tokens=1_400, token="chat")
    await editor.streaming("chat", chunks=3)
    asked = editor.select("difficult/loads")
    await at_step(editor, "Loading the model")
    uri = editor.open("alpha1")
    assert (await editor.complete(uri, 0, 6).result()).items[0].text == "echo(alpha1)"
    assert (await editor.status()).accelerator == ECHO
    let_go("loads")
    assert (await asked.result()).accelerator == "difficult/loads"
    assert not chat.done
    answer = await chat.result()
    assert (answer.accelerator, answer.finish_reason) == (ECHO, p.FinishReason.stop)
    assert answer.text == editor.text_of("chat")


async def test_an_absent_device_is_refused_until_its_driver_is_installed(editor, house, let_go):
    row = (await listed(editor))["difficult/absent"]
    assert (row.usable, row.reason, row.remedy) == (False, "No absent.", "Install it.")
    assert row.remedy_url == "https://x.y/z"
    before, chosen = len(editor.statuses), house.paths.selection.read_bytes()
    error = await editor.select("difficult/absent").error()
    assert error.code == p.ErrorCode.accelerator_unusable
    assert error.message == "Difficult (absent) cannot be used: No absent."
    assert error.data["remedy"] == "Install it."
    assert len(editor.statuses) == before
    assert house.paths.selection.read_bytes() == chosen
    let_go("absent")
    # Choosing it looks again by itself.
    assert (await editor.select("difficult/absent").result()).phase is p.Phase.ready


async def test_the_runtimes_are_asked_anew_on_request_only(editor, let_go):
    assert not (await listed(editor))["difficult/absent"].usable
    let_go("absent")
    assert not (await listed(editor))["difficult/absent"].usable
    row = (await listed(editor, look_again=True))["difficult/absent"]
    assert (row.usable, row.device_name) == (True, "Maker's absent")


async def test_a_speed_that_was_measured_is_listed_in_every_window(open_editor, house, editor):
    assert (await listed(editor))[ECHO].tokens_per_second is None
    await editor.chat("word " * 40, tokens=60).result()
    speed = (await listed(editor))[ECHO].tokens_per_second
    # The echo takes 5 ms a token.
    assert 20 < speed <= 200
    other = await open_editor(house)
    rows = await listed(other)
    assert rows[ECHO].tokens_per_second == speed
    assert rows[STARTER].tokens_per_second is None


async def test_a_window_that_follows_shows_the_steps_and_answers_meanwhile(editor, house, let_go):
    write_selection(house, "difficult/loads")
    status = await at_step(editor, "Loading the model")
    assert (status.phase, status.accelerator) == (p.Phase.ready, ECHO)
    assert (await editor.chat("Hello").result()).text == "You said: Hello"
    let_go("loads")
    status = await editor.until(lambda status: status.accelerator == "difficult/loads")
    assert (status.phase, status.progress, status.reason) == (p.Phase.ready, None, None)


async def test_a_window_that_cannot_follow_says_so_and_keeps_its_model(
    editor, house, only_echo_runs
):
    write_selection(house, "difficult/refuses")
    status = await editor.until(lambda status: status.reason is not None)
    assert (status.phase, status.accelerator) == (p.Phase.ready, ECHO)
    assert status.reason == (
        "Another window switched to Difficult (refuses). Here: It is out of memory."
        " Echo (no model) keeps answering."
    )
    assert status.remedy == "Close other programs."
    await only_echo_runs()
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


def write_selection(house, accelerator):
    """Choose for every window, as another one would."""
    made = house.paths.selection.with_suffix(".made")
    made.write_text(f'{{"accelerator": "{accelerator}", "model": "starter"}}', encoding="utf-8")
    made.replace(house.paths.selection)
