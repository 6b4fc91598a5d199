import asyncio

from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"
ECHO = "echo/echo"


async def test_switching_to_echo_and_back(open_editor, home):
    editor = await open_editor()
    uri = editor.open("def add(a, b):\n    return ")
    status = await editor.select(ECHO, token="switch").result()
    assert (status.phase, status.accelerator) == (p.Phase.ready, ECHO)
    assert status.executing_device == "echo"
    assert (await editor.chat("Hello").result()).text == "You said: Hello"
    assert home.paths.selection.read_text("utf-8").count("echo/echo") == 1
    status = await editor.select(STARTER).result()
    assert (status.accelerator, status.executing_device) == (STARTER, "CPU")
    # What the other one suggested is not shown any more.
    result = await editor.complete(uri, 1, 11).result()
    assert result.items[0].text == "a + b"
    kinds = [value["kind"] for token, value in editor.work if token == "switch"]
    assert kinds[0] == "begin"
    assert kinds[-1] == "end"
    assert "report" in kinds


async def test_the_worker_that_is_left_ends_at_once(
    open_editor, home, worker_of, eventually, alive
):
    editor = await open_editor()
    before = worker_of()
    await editor.select(ECHO).result()
    await eventually(lambda: not alive(before))
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


async def test_a_chat_that_streams_is_finished_by_the_model_that_began_it(open_editor):
    editor = await open_editor()
    chat = editor.chat("Write a long story about a ship.", tokens=150, token="chat")
    await editor.streaming("chat", chunks=3)
    await editor.select(ECHO).result()
    assert not chat.done
    meanwhile = await editor.chat("Hello").result()
    assert meanwhile.text == "You said: Hello"
    answer = await chat.result()
    assert answer.text == editor.text_of("chat")
    assert answer.accelerator == STARTER
    assert answer.metrics.executing_device == "CPU"
    assert answer.finish_reason is not p.FinishReason.cancelled
    await editor.select(STARTER).result()


async def test_another_window_follows(open_editor):
    first, second = await open_editor(), await open_editor()
    await first.select(ECHO).result()
    status = await second.until(lambda status: status.accelerator == ECHO, timeout_s=15)
    assert status.phase is p.Phase.ready
    assert (await second.chat("Hello").result()).text == "You said: Hello"
    assert second.statuses[-1].accelerator == ECHO


async def test_an_unknown_accelerator_is_refused_and_the_one_before_stays(editor):
    for unknown in ("nonsense", "nonsense/CPU", "openvino-genai/TPU", "", "/", "echo/echo/echo"):
        error = await editor.select(unknown).error()
        assert error.code == p.ErrorCode.unknown_accelerator, unknown
        assert error.message
        assert "accelerators list" in error.data["remedy"]
    status = await editor.status()
    assert (status.phase, status.accelerator) == (p.Phase.ready, STARTER)
    assert (await editor.chat("Hello", tokens=5).result()).text


async def test_an_accelerator_that_is_not_in_this_machine_is_refused_with_a_remedy(editor):
    rows = await editor.ask(m.PHI_LIST_ACCELERATORS, p.ListAcceleratorsParams()).result()
    absent = [row for row in rows.accelerators if not row.usable]
    for row in absent:
        assert row.reason
        assert row.remedy
        error = await editor.select(row.id).error()
        assert error.code == p.ErrorCode.accelerator_unusable
        assert error.data["remedy"]
    assert [row.id for row in rows.accelerators if row.active] == [STARTER]
    assert (await editor.status()).phase is p.Phase.ready


async def test_a_switch_that_is_cancelled_leaves_the_one_before(
    open_editor, worker_of, eventually, alive
):
    editor = await open_editor()
    before = worker_of()
    await editor.select(ECHO).result()
    # Else it would be found loaded, and the switch be done before the cancel.
    await eventually(lambda: not alive(before))
    asked = editor.select(STARTER)
    await asyncio.sleep(0.3)
    asked.cancel()
    assert (await asked.error()).code == -32800
    status = await editor.status()
    assert (status.phase, status.accelerator) == (p.Phase.ready, ECHO)
    assert (await editor.chat("Hello").result()).text == "You said: Hello"


async def test_a_selected_accelerator_that_is_unknown_is_said_at_the_start(open_editor, house):
    house.paths.data.mkdir(parents=True, exist_ok=True)
    house.paths.selection.write_text('{"accelerator": "gone/CPU", "model": "starter"}', "utf-8")
    editor = await open_editor(house, ready=False)
    status = await editor.phase(p.Phase.unavailable)
    assert "gone" in status.reason
    assert status.remedy
    assert (await editor.chat("Hello").error()).code == p.ErrorCode.not_ready
    assert (await editor.select(ECHO).result()).phase is p.Phase.ready


async def test_a_selection_that_is_garbage_gives_way_to_the_default_and_is_kept_aside(
    open_editor, home
):
    home.paths.selection.write_bytes(b"\x00\xff garbage {")
    editor = await open_editor()
    assert (await editor.status()).accelerator == STARTER
    (aside,) = home.paths.data.glob("selection.unreadable-*")
    assert aside.read_bytes() == b"\x00\xff garbage {"
    assert "could not be understood" in editor.stderr
