import asyncio
import threading
from pathlib import Path

import pytest
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.backends.echo import Echo
from phi_sidecar.errors import ModelDamaged
from phi_sidecar.worker.residence import Residence

SPEC = LoadSpec(
    model=None,
    device="echo",
    quantization="q4_1",
    context_window=100,
    cache=Path(),
    kv_cache_bytes=0,
    backend_options={},
)


class SlowEcho(Echo):
    """Loads when the test says so, after the failures that it says."""

    def __init__(self):
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.failures = []

    def load(self, spec):
        self.began.set()
        assert self.go_on.wait(10)
        if self.failures:
            raise self.failures.pop()
        return super().load(spec)


@pytest.fixture
def backend():
    return SlowEcho()


@pytest.fixture
async def residence(backend):
    residence = Residence(backend, SPEC, on_broken=lambda: None)
    yield residence
    backend.go_on.set()
    await residence.close()


async def test_whoever_waits_for_the_load_is_told_of_the_warm_up(residence, backend):
    told = []
    loads = [asyncio.create_task(residence.load(lambda n=n: told.append(n))) for n in range(2)]
    await asyncio.to_thread(backend.began.wait, 10)
    backend.go_on.set()
    await asyncio.gather(*loads)
    assert told == [0, 1]


async def test_one_that_has_gone_is_told_of_no_warm_up_and_the_load_goes_on(residence, backend):
    told = []
    gone = asyncio.create_task(residence.load(lambda: told.append("gone")))
    stays = asyncio.create_task(residence.load(lambda: told.append("stays")))
    await asyncio.to_thread(backend.began.wait, 10)
    gone.cancel()
    await asyncio.wait([gone])
    backend.go_on.set()
    await stays
    assert told == ["stays"]


async def test_the_warm_up_of_a_second_try_is_told_once(residence, backend):
    told = []
    backend.failures = [ModelDamaged("It cannot be read.")]
    backend.go_on.set()
    with pytest.raises(ModelDamaged):
        await residence.load(lambda: told.append("first"))
    await residence.load(lambda: told.append("second"))
    assert told == ["second"]
