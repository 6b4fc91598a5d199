"""A switch that fails or is cancelled, and one window that follows another's."""

import asyncio

import pytest
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.errors import AcceleratorUnusable, WorkerDied
from phi_sidecar.generated import protocol as p

CPU = Selection("openvino-genai/CPU")
ECHO = Selection("echo/echo")
GPU = Selection("openvino-genai/GPU")
STEPS = ["Starting its process", "Loading the model", "Warming up"]


@pytest.fixture
async def answering(house):
    """The house, whose CPU answers."""
    house.engine.start()
    await house.engine.ready()
    assert house.engine.status.phase is p.Phase.ready
    house.told.clear()
    yield house
    await house.engine.close()


async def turns(condition):
    """Let the event loop run until something holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def step_by_step(selection, reporter):
    for step in STEPS:
        reporter.progress(p.StepProgress(step=step))
        await asyncio.sleep(0)


async def refuse(selection, reporter):
    reporter.progress(p.StepProgress(step="Loading the model"))
    raise AcceleratorUnusable("OpenVINO could not load it: out of memory", remedy="Close others.")


async def test_the_steps_are_told_to_who_asked_and_in_the_status(answering):
    answering.do = step_by_step
    told = []
    await answering.engine.select("echo/echo", lambda progress: told.append(progress.step))
    assert told == ["Checking that it can be used", *STEPS]
    shown = [status.progress.step for status in answering.told if status.progress]
    assert shown == STEPS
    # The old one answered all the while.
    assert {status.phase for status in answering.told} == {p.Phase.ready}
    assert answering.engine.status.progress is None


async def test_a_switch_that_fails_says_why_what_to_do_and_who_keeps_answering(answering):
    answering.do = refuse
    with pytest.raises(AcceleratorUnusable) as failed:
        await answering.engine.select("echo/echo", lambda _: None)
    assert str(failed.value) == (
        "OpenVINO could not load it: out of memory. openvino-genai/CPU keeps answering."
    )
    assert failed.value.remedy == "Close others."
    status = answering.engine.status
    assert (status.phase, status.accelerator) == (p.Phase.ready, CPU.accelerator)
    assert (status.progress, status.reason) == (None, None)
    assert answering.file.selection == CPU
    assert not answering.clients[0].ended.is_set()


async def test_a_first_switch_that_fails_does_not_say_that_anything_keeps_answering(house):
    house.do = refuse
    house.engine.start()
    await house.engine.ready()
    with pytest.raises(AcceleratorUnusable, match=r"out of memory$"):
        await house.engine.select("echo/echo", lambda _: None)
    assert house.engine.status.phase is p.Phase.unavailable
    await house.engine.close()


@pytest.mark.parametrize("step", STEPS)
async def test_a_switch_that_is_cancelled_at_any_step_leaves_the_old_one(answering, step):
    reached = asyncio.Event()

    async def stay_at(selection, reporter):
        for each in STEPS[: STEPS.index(step) + 1]:
            reporter.progress(p.StepProgress(step=each))
        reached.set()
        await asyncio.Event().wait()

    answering.do = stay_at
    switch = asyncio.create_task(answering.engine.select("echo/echo", lambda _: None))
    await reached.wait()
    assert answering.engine.status.progress.step == step
    switch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await switch
    status = answering.engine.status
    assert (status.phase, status.accelerator) == (p.Phase.ready, CPU.accelerator)
    assert status.progress is None
    assert answering.file.selection == CPU
    answering.do = step_by_step
    later = await answering.engine.select("echo/echo", lambda _: None)
    assert later.accelerator == ECHO.accelerator


async def test_another_window_s_switch_is_followed_step_by_step(answering):
    answering.do = step_by_step
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: answering.engine.status.accelerator == ECHO.accelerator)
    shown = [status.progress.step for status in answering.told if status.progress]
    assert shown == STEPS
    assert answering.engine.status.phase is p.Phase.ready


async def test_a_window_that_cannot_follow_says_so_and_keeps_what_it_has(answering):
    answering.do = refuse
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: answering.engine.status.reason is not None)
    status = answering.engine.status
    assert (status.phase, status.accelerator) == (p.Phase.ready, CPU.accelerator)
    assert status.reason == (
        "Another window switched to echo/echo. Here: OpenVINO could not load it: out of memory."
        " openvino-genai/CPU keeps answering."
    )
    assert status.remedy == "Close others."
    assert status.progress is None
    assert answering.engine.active.selection == CPU


async def test_what_could_not_be_followed_is_forgotten_when_the_other_window_comes_back(answering):
    answering.do = refuse
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: answering.engine.status.reason is not None)
    answering.file.put_by_another_window(CPU)
    await turns(lambda: answering.engine.status.reason is None)
    assert answering.engine.status.accelerator == CPU.accelerator


async def test_following_ends_when_the_other_window_comes_back_meanwhile(answering):
    answering.do = hold = Hold()
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: hold.held == [ECHO])
    answering.file.put_by_another_window(CPU)
    await turns(lambda: answering.engine.status.progress is None)
    hold.release.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert answering.engine.active.selection == CPU
    assert len(answering.clients) == 1


async def test_what_could_not_be_followed_is_forgotten_with_the_next_switch(answering):
    answering.do = refuse
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: answering.engine.status.reason is not None)
    answering.do = step_by_step
    status = await answering.engine.select(GPU.accelerator, lambda _: None)
    assert (status.accelerator, status.reason) == (GPU.accelerator, None)


async def test_a_cancelled_switch_goes_on_with_following_another_window(answering):
    answering.do = hold = Hold()
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: hold.held == [ECHO])
    switch = asyncio.create_task(answering.engine.select(GPU.accelerator, lambda _: None))
    await turns(lambda: hold.held == [ECHO, GPU])
    switch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await switch
    hold.release.set()
    await turns(lambda: answering.engine.status.accelerator == ECHO.accelerator)


async def test_two_windows_that_switch_at_once_agree_on_the_later_choice(answering):
    answering.do = hold = Hold()
    switch = asyncio.create_task(answering.engine.select(GPU.accelerator, lambda _: None))
    await turns(lambda: hold.held == [GPU])
    answering.file.put_by_another_window(ECHO)
    for _ in range(20):
        await asyncio.sleep(0)
    hold.release.set()
    await switch
    # Ours was written last, so theirs gives way to it.
    for _ in range(20):
        await asyncio.sleep(0)
    assert answering.engine.status.accelerator == GPU.accelerator
    assert answering.file.selection == GPU


async def test_a_worker_that_dies_while_its_window_follows_does_not_undo_the_following(answering):
    answering.do = hold = Hold()
    answering.file.put_by_another_window(ECHO)
    await turns(lambda: hold.held == [ECHO])
    answering.clients[0].ended.set()
    await turns(lambda: answering.engine.status.phase is p.Phase.loading)
    assert answering.engine.status.accelerator == ECHO.accelerator
    hold.release.set()
    await turns(lambda: answering.engine.status.phase is p.Phase.ready)
    assert answering.engine.status.accelerator == ECHO.accelerator
    assert hold.held == [ECHO]


async def test_a_worker_that_dies_while_a_switch_from_it_fails_is_started_again(answering):
    release = asyncio.Event()

    async def fail_late(selection, reporter):
        if selection == ECHO:
            await release.wait()
            raise WorkerDied("The worker ended unexpectedly.")

    answering.do = fail_late
    switch = asyncio.create_task(answering.engine.select("echo/echo", lambda _: None))
    await turns(lambda: answering.activations[-1] == ECHO.accelerator)
    answering.clients[0].ended.set()
    await turns(lambda: answering.engine.status.phase is p.Phase.loading)
    release.set()
    with pytest.raises(WorkerDied, match=r"unexpectedly\.$"):
        await switch
    await turns(lambda: answering.engine.status.phase is p.Phase.ready)
    assert answering.engine.status.accelerator == CPU.accelerator


class Hold:
    """Activations that wait to be released."""

    def __init__(self):
        self.held = []
        self.release = asyncio.Event()

    async def __call__(self, selection, reporter):
        self.held.append(selection)
        reporter.progress(p.StepProgress(step="Loading the model"))
        await self.release.wait()


async def test_trying_again_keeps_the_quantization_that_was_chosen(answering):
    chosen = Selection(ECHO.accelerator, "starter", "int8")
    answering.file.put_by_another_window(chosen)
    await turns(lambda: answering.engine.selection == chosen)
    await answering.engine.select(ECHO.accelerator, lambda _: None)
    assert answering.file.selection == chosen
    # Elsewhere it is another one that is best.
    await answering.engine.select(CPU.accelerator, lambda _: None)
    assert answering.file.selection == CPU
