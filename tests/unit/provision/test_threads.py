"""Work in threads, and whoever cancels it."""

import asyncio
import os
import threading

import pytest
from phi_sidecar.provision.download import sha256_of
from phi_sidecar.provision.threads import Stopped, to_the_end, until_stopped


async def test_a_cancel_waits_until_the_thread_has_closed_its_file(tmp_path):
    begun, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def read():
        with (tmp_path / "weights").open("wb"):
            begun.set()
            go_on.wait(30)
        closed.set()

    reading = asyncio.create_task(to_the_end(read))
    await asyncio.to_thread(begun.wait, 30)
    reading.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    # Even if it is asked twice.
    reading.cancel()
    assert not reading.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert closed.is_set()


async def test_a_hash_that_nobody_waits_for_ends_in_the_middle_of_its_file(tmp_path):
    weights = tmp_path / "weights"
    weights.touch()
    # Without a byte on the disk; reading all of it would take minutes.
    os.truncate(weights, 1 << 40)
    begun, ended = threading.Event(), []

    def read(stop):
        begun.set()
        try:
            return sha256_of(weights, stop)
        except Stopped:
            ended.append("early")
            raise

    hashing = asyncio.create_task(until_stopped(read))
    await asyncio.to_thread(begun.wait, 30)
    hashing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hashing
    assert ended == ["early"]


async def test_what_nobody_cancels_hands_over_what_came_of_it():
    assert await until_stopped(lambda stop: stop.check() or 5) == 5
