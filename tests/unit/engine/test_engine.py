import asyncio

import pytest
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.accelerators.speeds import Ran
from phi_sidecar.errors import PreparationFailed, WorkerDied
from phi_sidecar.generated import protocol as p

CPU = Selection("openvino-genai/CPU")
ECHO = Selection("echo/echo")


def ran_for(tpot_ms):
    return p.GenerationMetrics(
        ttft_ms=1,
        tpot_ms=tpot_ms,
        total_ms=1,
        prompt_tokens=1,
        cached_tokens=0,
        completion_tokens=100,
        executing_device="x",
    )


async def preparing(selection, reporter):
    reporter.phase(p.Phase.preparing)
    await asyncio.Event().wait()


async def test_a_worker_that_dies_while_it_loads_is_started_again_but_not_for_ever(house):
    async def die(selection, reporter):
        raise WorkerDied("The worker ended unexpectedly.")

    house.do = die
    house.engine.start()
    await house.engine.ready()
    assert len(house.activations) == 4
    assert house.engine.status.phase is p.Phase.unavailable
    assert "several times" in house.engine.status.reason
    assert "restarted" not in house.engine.status.remedy
    await house.engine.close()


async def test_one_that_died_once_while_it_loaded_answers_in_the_end(house):
    async def die_once(selection, reporter):
        if len(house.activations) == 1:
            raise WorkerDied("The worker ended unexpectedly.")

    house.do = die_once
    house.engine.start()
    await house.engine.ready()
    assert house.engine.status.phase is p.Phase.ready
    await house.engine.close()


async def test_a_cancelled_set_up_says_so(house):
    house.do = preparing
    house.engine.start()
    await asyncio.sleep(0)
    assert house.engine.status.phase is p.Phase.preparing
    assert house.engine.unattended
    house.engine.cancel_preparation()
    assert house.engine.status.reason == "Setting up was cancelled."
    await house.engine.ready()
    assert house.engine.status.phase is p.Phase.unavailable
    await house.engine.close()


async def test_a_switch_that_is_cancelled_lets_the_set_up_before_it_go_on(house):
    async def slow_to_end(selection, reporter):
        reporter.phase(p.Phase.preparing)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)

    house.do = slow_to_end
    house.engine.start()
    await asyncio.sleep(0)
    switch = asyncio.create_task(house.engine.select("echo/echo", lambda _: None))
    await asyncio.sleep(0.01)
    switch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await switch

    async def end_well(selection, reporter):
        """Nothing is in its way any more."""

    house.do = end_well
    await house.engine.ready()
    assert house.engine.status.phase is p.Phase.ready
    assert house.engine.active.selection == CPU
    await house.engine.close()


async def test_a_switch_that_cannot_be_kept_leaves_the_old_one(house):
    house.engine.start()
    await house.engine.ready()
    house.file.refuses = True
    with pytest.raises(PreparationFailed):
        await house.engine.select("echo/echo", lambda _: None)
    assert house.engine.status.phase is p.Phase.ready
    assert house.engine.active.selection == CPU
    assert house.clients[1].ended.is_set()
    assert not house.clients[0].ended.is_set()
    await house.engine.close()


async def test_a_switch_leaves_nothing_of_the_old_one_in_the_status(house):
    house.engine.start()
    await house.engine.ready()
    house.engine.note_speed(ran_for(tpot_ms=10), house.engine.active)
    assert house.engine.status.tokens_per_second == 100
    status = await house.engine.select("echo/echo", lambda _: None)
    assert status.accelerator == "echo/echo"
    assert status.tokens_per_second is None
    assert house.file.selection == ECHO
    await asyncio.sleep(0)
    assert house.clients[0].ended.is_set()
    await house.engine.close()


async def test_the_status_says_how_much_the_model_that_answers_can_take(house):
    assert house.engine.status.context_window is None
    house.engine.start()
    await house.engine.ready()
    assert house.engine.status.context_window == 100
    await house.engine.close()


async def test_what_an_old_model_still_says_is_not_the_speed_of_the_new_one(house):
    house.engine.start()
    await house.engine.ready()
    old = house.engine.active
    await house.engine.select("echo/echo", lambda _: None)
    house.engine.note_speed(ran_for(tpot_ms=10), old)
    assert house.engine.status.tokens_per_second is None
    assert house.speeds.all() == {Ran("openvino-genai/CPU", "none", "none"): 100}
    await house.engine.close()


async def test_speeds_that_are_not_written_yet_are_written_when_the_window_closes(house):
    house.engine.start()
    await house.engine.ready()
    for tpot_ms in (10, 20):
        house.engine.note_speed(ran_for(tpot_ms), house.engine.active)
    await house.engine.close()
    assert house.kept_speeds() == [50]


async def test_a_model_whose_process_ends_is_said_and_brought_up_again(house):
    house.engine.start()
    await house.engine.ready()
    house.clients[0].ended.set()
    await asyncio.sleep(0.01)
    await house.engine.ready()
    assert house.engine.status.phase is p.Phase.ready
    said = [status for status in house.told if status.phase is p.Phase.loading]
    assert "ended unexpectedly" in said[-1].reason
    await house.engine.close()
