"""A switch where memory does not allow the old model and the new one side by side."""

import asyncio

import pytest
from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import room
from phi_sidecar.errors import AcceleratorUnusable, NotReady, WorkerDied
from phi_sidecar.generated import protocol as p
from phi_sidecar.machine.devices import Gpu, Maker

CPU = Selection("openvino-genai/CPU")
ECHO = Selection("echo/echo")
MORE_THAN_ANY_MACHINE_HAS = 1 << 60


@pytest.fixture
async def cramped(house):
    """The house, whose CPU answers; what comes next finds no room beside it."""
    house.engine.start()
    await house.engine.ready()
    house.told.clear()
    house.needs_bytes = MORE_THAN_ANY_MACHINE_HAS
    yield house
    await house.engine.close()


async def refuse(selection, reporter):
    if selection != CPU:
        raise AcceleratorUnusable("Out of memory.", remedy="Close others.")


async def test_the_old_model_goes_before_the_new_one_comes(cramped):
    gone_before_the_load = []

    async def look(selection, reporter):
        gone_before_the_load.append(cramped.clients[0].ended.is_set())

    cramped.do = look
    told = []
    await cramped.engine.select("echo/echo", lambda progress: told.append(progress.step))
    assert gone_before_the_load == [True]
    assert told[-1] == "Making room: openvino-genai/CPU is unloaded first"
    # Meanwhile nobody is told that it can be asked.
    assert {status.phase for status in cramped.told[:-1]} == {p.Phase.loading}
    assert cramped.engine.status.accelerator == ECHO.accelerator


async def test_where_there_is_room_the_old_model_answers_until_the_new_one_is_ready(cramped):
    cramped.needs_bytes = 0
    phases = []

    async def look(selection, reporter):
        phases.append(cramped.engine.status.phase)

    cramped.do = look
    await cramped.engine.select("echo/echo", lambda _: None)
    assert phases == [p.Phase.ready]


async def test_the_old_model_comes_back_where_the_new_one_fails(cramped):
    cramped.do = refuse
    with pytest.raises(AcceleratorUnusable) as failed:
        await cramped.engine.select("echo/echo", lambda _: None)
    assert str(failed.value) == "Out of memory. openvino-genai/CPU is being loaded again."
    assert failed.value.remedy == "Close others."
    await cramped.engine.ready()
    status = cramped.engine.status
    assert (status.phase, status.accelerator) == (p.Phase.ready, CPU.accelerator)
    assert cramped.file.selection == CPU
    assert cramped.activations == [CPU.accelerator, ECHO.accelerator, CPU.accelerator]


async def test_the_old_model_comes_back_where_the_switch_is_cancelled(cramped):
    reached = asyncio.Event()

    async def stay(selection, reporter):
        if selection != CPU:
            reached.set()
            await asyncio.Event().wait()

    cramped.do = stay
    switch = asyncio.create_task(cramped.engine.select("echo/echo", lambda _: None))
    await reached.wait()
    with pytest.raises(NotReady):
        _ = cramped.engine.active
    switch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await switch
    await cramped.engine.ready()
    assert cramped.engine.status.phase is p.Phase.ready
    assert cramped.engine.active.selection == CPU


async def test_a_window_that_follows_gets_its_old_model_back_where_the_new_one_fails(cramped):
    cramped.do = refuse
    cramped.file.put_by_another_window(ECHO)
    async with asyncio.timeout(5):
        while cramped.activations != [CPU.accelerator, ECHO.accelerator, CPU.accelerator]:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await cramped.engine.ready()
    assert cramped.engine.active.selection == CPU
    assert cramped.engine.status.reason == (
        "Another window switched to echo/echo. Here: Out of memory."
        " openvino-genai/CPU keeps answering."
    )


async def test_what_was_sent_away_for_a_switch_that_worked_does_not_come_back(cramped):
    await cramped.engine.select("echo/echo", lambda _: None)
    cramped.needs_bytes = 0
    cramped.do = refuse
    with pytest.raises(AcceleratorUnusable, match="echo/echo keeps answering"):
        await cramped.engine.select("openvino-genai/GPU", lambda _: None)
    assert cramped.activations[-1] == "openvino-genai/GPU"


async def test_a_cancel_while_the_old_model_still_answers_leaves_it_there(cramped):
    cramped.clients[0].idle.clear()
    told = asyncio.Event()
    switch = asyncio.create_task(cramped.engine.select("echo/echo", lambda _: told.set()))
    while cramped.engine.status.phase is p.Phase.ready:  # noqa: ASYNC110
        await asyncio.sleep(0)
    switch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await switch
    assert cramped.engine.status.phase is p.Phase.ready
    assert cramped.engine.active.client is cramped.clients[0]
    # Nothing was loaded a second time, and no second connection holds the worker.
    assert cramped.activations == [CPU.accelerator, ECHO.accelerator]
    assert len(cramped.clients) == 1


async def test_what_is_on_its_way_out_is_gone_before_the_memory_is_looked_at(cramped, monkeypatch):
    memory_free = asyncio.Event()
    looked = []

    async def end():
        await memory_free.wait()

    def available():
        looked.append(memory_free.is_set())
        return MORE_THAN_ANY_MACHINE_HAS * 2

    monkeypatch.setattr(room, "_available_bytes", available)
    cramped.clients[0].retire = end
    await cramped.engine.select("echo/echo", lambda _: None)
    assert looked == [False]
    looked.clear()
    switch = asyncio.create_task(cramped.engine.select("openvino-genai/GPU", lambda _: None))
    for _ in range(50):
        await asyncio.sleep(0)
    assert looked == []
    memory_free.set()
    await switch
    assert looked == [True]


async def test_what_still_says_something_is_not_waited_for(cramped, monkeypatch):
    monkeypatch.setattr(room, "_available_bytes", lambda: MORE_THAN_ANY_MACHINE_HAS * 2)
    cramped.clients[0].idle.clear()
    async with asyncio.timeout(5):
        for accelerator in ("echo/echo", "openvino-genai/GPU"):
            await cramped.engine.select(accelerator, lambda _: None)
    assert cramped.engine.status.accelerator == "openvino-genai/GPU"
    assert not cramped.clients[0].ended.is_set()


async def test_an_old_model_that_dies_meanwhile_is_in_nobody_s_way(cramped):
    async def die():
        raise WorkerDied("It ended.")

    cramped.clients[0].status = die
    await cramped.engine.select("echo/echo", lambda _: None)
    assert cramped.engine.status.accelerator == ECHO.accelerator


async def test_what_other_windows_use_is_not_sent_away_because_it_would_stay(cramped):
    cramped.clients[0].clients = 2
    told = []
    await cramped.engine.select("echo/echo", lambda progress: told.append(progress.step))
    assert not [step for step in told if step.startswith("Making room")]
    assert cramped.engine.status.accelerator == ECHO.accelerator


async def test_a_worker_that_keeps_dying_gives_the_old_model_its_place_back(cramped):
    async def die(selection, reporter):
        if selection != CPU:
            raise WorkerDied("It ended.")

    cramped.do = die
    cramped.file.put_by_another_window(ECHO)
    async with asyncio.timeout(5):
        while cramped.activations[-1:] != [CPU.accelerator] or len(cramped.activations) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await cramped.engine.ready()
    assert cramped.engine.active.selection == CPU


async def test_a_second_switch_that_fails_while_the_old_model_comes_back_does_not_lose_it(cramped):
    cramped.do = refuse
    for accelerator in ("echo/echo", "openvino-genai/GPU"):
        with pytest.raises(AcceleratorUnusable):
            await cramped.engine.select(accelerator, lambda _: None)
    await cramped.engine.ready()
    assert cramped.engine.active.selection == CPU


CARD = Gpu("A card", Maker.NVIDIA, 0x10DE, 0x1F02, True, own_bytes=8_000_000_000)


async def test_a_model_on_a_card_comes_beside_one_in_a_machine_that_is_full(cramped, monkeypatch):
    monkeypatch.setattr(room, "_available_bytes", lambda: 0)
    cramped.needs_bytes = 4_000_000_000
    cramped.cards = {"onnxruntime-genai/DML.0": CARD}
    phases = []

    async def look(selection, reporter):
        phases.append(cramped.engine.status.phase)

    cramped.do = look
    await cramped.engine.select("onnxruntime-genai/DML.0", lambda _: None)
    assert phases == [p.Phase.ready]
    # A second one on the same card would not fit; the first goes for it.
    cramped.cards["onnxruntime-genai/DML.0.b"] = CARD
    await cramped.engine.select("onnxruntime-genai/DML.0.b", lambda _: None)
    assert phases == [p.Phase.ready, p.Phase.loading]


async def test_what_lies_on_a_card_stays_while_the_machine_s_memory_is_short(cramped, monkeypatch):
    cramped.needs_bytes = 4_000_000_000
    cramped.cards = {"onnxruntime-genai/DML.0": CARD}
    await cramped.engine.select("onnxruntime-genai/DML.0", lambda _: None)
    monkeypatch.setattr(room, "_available_bytes", lambda: 0)
    told = []
    await cramped.engine.select("openvino-genai/CPU", lambda progress: told.append(progress.step))
    assert not [step for step in told if step.startswith("Making room")]


def test_room_leaves_something_to_the_rest_of_the_machine(monkeypatch):
    import psutil

    free = 4 * room.RESERVE_BYTES
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": free})())
    assert room.is_there(Demand(free - room.RESERVE_BYTES))
    assert not room.is_there(Demand(free - room.RESERVE_BYTES + 1))
    assert room.left_bytes() == free - room.RESERVE_BYTES
