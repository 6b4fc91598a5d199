import pytest
from phi_sidecar.accelerators import probing
from phi_sidecar.accelerators.probing import ProbeFailed, ProbeResult
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.accelerators.speeds import Ran
from phi_sidecar.backends.base import Device
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.errors import AcceleratorUnusable, UnknownAccelerator
from phi_sidecar.generated.protocol import GenerationMetrics


@pytest.fixture
def installation(paths):
    return installation_in(paths, load_backends())


@pytest.fixture
def asked(monkeypatch):
    """Answer for the runtimes; `answers` are given one after the other, the last one for ever."""

    async def probe(registered, python):
        probe.count += 1
        return probe.answers.pop(0) if len(probe.answers) > 1 else probe.answers[0]

    probe.count = 0
    probe.answers = [FOUND]
    monkeypatch.setattr(probing, "probe", probe)
    return probe


FOUND = ProbeResult((Device("echo", "Repeats"),))
FAILED = ProbeFailed("The driver is too old.", "Update it.")


def ran(tokens_per_second):
    return GenerationMetrics(
        ttft_ms=1,
        tpot_ms=1000 / tokens_per_second,
        total_ms=1,
        prompt_tokens=1,
        cached_tokens=0,
        completion_tokens=100,
        executing_device="x",
    )


async def speeds_of(installation, model="starter"):
    rows = await installation.accelerators(None, Selection("openvino-genai/CPU", model))
    return {row.id: row.tokens_per_second for row in rows if row.tokens_per_second}


async def test_each_accelerator_has_the_speed_of_the_model_that_it_would_run(installation, asked):
    quantization = installation.catalog.models["starter"].builds[0].quantization
    installation.speeds.note(Ran("openvino-genai/CPU", "starter", quantization), ran(97))
    installation.speeds.note(Ran("openvino-genai/CPU", "phi-3", "int4"), ran(9))
    installation.speeds.note(Ran("echo/echo", "none", "none"), ran(200))
    assert await speeds_of(installation) == {"openvino-genai/CPU": 97, "echo/echo": 200}
    # A model that is not known gives way to one that is, as it would when chosen.
    assert (await speeds_of(installation, "unknown"))["openvino-genai/CPU"] == 97


async def test_listing_again_asks_no_runtime_unless_it_is_told_to(installation, asked):
    await installation.accelerators(None, Selection())
    await installation.accelerators(None, Selection())
    assert asked.count == 1
    await installation.accelerators(None, Selection(), look_again=True)
    assert asked.count == 2


async def test_an_accelerator_that_works_is_not_looked_at_twice(installation, asked):
    await installation.require_usable(Selection("echo/echo"))
    await installation.require_usable(Selection("echo/echo"))
    assert asked.count == 1


async def test_one_that_did_not_work_is_looked_at_again_before_it_is_refused(installation, asked):
    asked.answers = [FAILED, FOUND]
    await installation.require_usable(Selection("echo/echo"))
    assert asked.count == 2


async def test_one_that_still_does_not_work_is_refused_with_its_reason_and_remedy(
    installation, asked
):
    asked.answers = [FAILED]
    with pytest.raises(AcceleratorUnusable, match="The driver is too old") as refused:
        await installation.require_usable(Selection("echo/echo"))
    assert refused.value.remedy == "Update it."


async def test_one_that_nobody_offers_is_refused_without_asking(installation, asked):
    with pytest.raises(UnknownAccelerator):
        await installation.require_usable(Selection("nobody/CPU"))
    assert asked.count == 0
