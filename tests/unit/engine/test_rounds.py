"""Measuring while what answers is changed: one of the two goes first."""

import asyncio

import pytest
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import engine as engine_module
from phi_sidecar.errors import NotReady
from phi_sidecar.generated import protocol as p

CPU = Selection("openvino-genai/CPU")
ECHO = Selection("echo/echo")
GPU = Selection("openvino-genai/GPU")


class Round:
    """A round of measuring that ends when the test says so, and lets go of its workers then."""

    def __init__(self):
        self.begun = asyncio.Event()
        self.finish = asyncio.Event()
        self.let_go = asyncio.Event()
        self.beside = None

    def __call__(self, installation, selected, report, beside):
        self.beside = beside
        return self

    async def run(self, ids):
        self.begun.set()
        try:
            await self.finish.wait()
        finally:
            # To hang up takes a moment.
            await asyncio.sleep(0)
            self.let_go.set()
        return p.MeasureAcceleratorsResult(measurements=[])


@pytest.fixture
async def answering(house, monkeypatch):
    """The house, whose CPU answers, and which measures as the test says."""
    house.round = Round()
    monkeypatch.setattr(engine_module, "Measuring", house.round)
    house.engine.start()
    await house.engine.ready()
    yield house
    await house.engine.close()


def measure(house, told=None):
    report = ([] if told is None else told).append
    return asyncio.create_task(house.engine.measure(None, report))


async def until_all_wait():
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_switch_ends_the_measuring_before_it_loads_anything_and_who_asked_is_told(
    answering,
):
    measuring = measure(answering)
    await answering.round.begun.wait()
    let_go = []

    async def look(selection, reporter):
        let_go.append(answering.round.let_go.is_set())

    answering.do = look
    await answering.engine.select(ECHO.accelerator, lambda _: None)
    assert let_go == [True]
    with pytest.raises(NotReady, match="is kept") as ended:
        await measuring
    assert ended.value.remedy.startswith("Measure again")


async def test_following_another_window_s_switch_ends_it_as_well(answering):
    measuring = measure(answering)
    await answering.round.begun.wait()
    answering.file.put_by_another_window(ECHO)
    with pytest.raises(NotReady):
        async with asyncio.timeout(5):
            await measuring
    await answering.engine.ready()
    assert answering.engine.active.selection == ECHO


async def test_who_measures_during_a_switch_waits_for_it(answering):
    go_on = asyncio.Event()

    async def wait(selection, reporter):
        await go_on.wait()

    answering.do = wait
    switch = asyncio.create_task(answering.engine.select(ECHO.accelerator, lambda _: None))
    await until_all_wait()
    told = []
    measuring = measure(answering, told)
    await until_all_wait()
    assert [progress.step for progress in told] == ["Waiting for the model that is being loaded"]
    assert not answering.round.begun.is_set()
    answering.needs_bytes = 5
    go_on.set()
    await switch
    await answering.round.begun.wait()
    assert answering.round.beside == answering.engine.active.takes
    answering.round.finish.set()
    assert (await measuring).measurements == []


async def test_who_measures_while_another_window_s_choice_is_loaded_waits_for_it(answering):
    go_on, begun = asyncio.Event(), asyncio.Event()

    async def wait(selection, reporter):
        begun.set()
        await go_on.wait()

    answering.do = wait
    answering.file.put_by_another_window(ECHO)
    await begun.wait()
    measuring = measure(answering)
    await until_all_wait()
    assert not answering.round.begun.is_set()
    go_on.set()
    await answering.round.begun.wait()
    assert answering.engine.active.selection == ECHO
    answering.round.finish.set()
    await measuring


async def test_who_measures_waits_as_well_for_what_is_loaded_in_the_place_of_that(answering):
    go_on, begun = asyncio.Event(), asyncio.Queue()

    async def wait(selection, reporter):
        begun.put_nowait(selection)
        await go_on.wait()

    answering.do = wait
    answering.file.put_by_another_window(ECHO)
    assert await begun.get() == ECHO
    measuring = measure(answering)
    await until_all_wait()
    answering.file.put_by_another_window(GPU)
    assert await begun.get() == GPU
    await until_all_wait()
    assert not answering.round.begun.is_set()
    go_on.set()
    async with asyncio.timeout(5):
        await answering.round.begun.wait()
    assert answering.engine.active.selection == GPU
    answering.round.finish.set()
    await measuring


async def test_a_cancel_of_the_measuring_stays_a_cancel(answering):
    measuring = measure(answering)
    await answering.round.begun.wait()
    measuring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await measuring
    # And the workers are let go of by then.
    assert answering.round.let_go.is_set()
    await answering.engine.select(ECHO.accelerator, lambda _: None)
    assert answering.engine.active.selection == ECHO
