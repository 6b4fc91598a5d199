import asyncio

import pytest
from phi_sidecar.engine.lane import NewestWins, Superseded


async def occupy(lane, entered, result="done"):
    async with lane.enter():
        entered.set()
        await asyncio.sleep(3600)
    return result


async def begun(lane):
    entered = asyncio.Event()
    task = asyncio.create_task(occupy(lane, entered))
    await entered.wait()
    return task


async def test_one_alone_is_left_in_peace():
    lane = NewestWins()
    async with lane.enter():
        await asyncio.sleep(0)


async def test_a_newer_one_supersedes_the_one_under_way():
    lane = NewestWins()
    older = await begun(lane)
    async with lane.enter():
        with pytest.raises(Superseded):
            await older


async def test_of_many_only_the_newest_is_left():
    lane = NewestWins()
    tasks = [await begun(lane) for _ in range(5)]
    for older in tasks[:-1]:
        with pytest.raises(Superseded):
            await older
    assert not tasks[-1].done()
    tasks[-1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[-1]


async def test_a_cancel_from_outside_stays_a_cancel():
    lane = NewestWins()
    task = await begun(lane)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with lane.enter():
        await asyncio.sleep(0)


async def test_superseded_and_cancelled_at_once_is_a_cancel():
    lane = NewestWins()
    older = await begun(lane)
    async with lane.enter():
        older.cancel()
        with pytest.raises(asyncio.CancelledError):
            await older


async def test_an_error_passes_and_leaves_the_lane_free():
    lane = NewestWins()
    with pytest.raises(KeyError):
        async with lane.enter():
            raise KeyError
    async with lane.enter():
        await asyncio.sleep(0)
