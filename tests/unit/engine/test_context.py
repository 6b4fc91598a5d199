"""How long a context a model is loaded with, and what is said of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine import statuses
from phi_sidecar.engine.activation import ActiveModel, Prepared
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.engine.launcher import WorkerSpec
from phi_sidecar.generated import protocol as p
from phi_sidecar.machine.devices import Gpu, Machine, Maker, Memory, Processor, System

GB = 1_000_000_000
ONNX = "onnxruntime-genai/CPU"
DML = "onnxruntime-genai/DML.0"
PHI_3 = "phi-3-mini-4k-instruct"
CARD = Gpu("A card", Maker.NVIDIA, 0x10DE, 0x1F02, True, own_bytes=8 * GB, directx_index=0)


@pytest.fixture
def prepared(paths, monkeypatch):
    """Return what would be loaded on an accelerator of a machine with some memory."""

    async def prepare(accelerator, memory_bytes):
        installation = installation_in(paths, load_backends())
        machine = Machine(
            System.WINDOWS,
            Processor("a processor", "x86_64", False, (), 8, 8),
            Memory(memory_bytes, memory_bytes),
            gpus=(CARD,),
            npus=(),
        )

        async def told():
            return machine

        monkeypatch.setattr(installation.inventory, "machine", told)
        chosen = installation.model_of(Selection(accelerator, PHI_3))
        context, takes = await installation.needs(accelerator, chosen)
        load = LoadSpec(
            model=Path("model"),
            device="x",
            quantization="int4",
            context_window=context.tokens,
            cache=Path("cache"),
            kv_cache_bytes=context.bytes,
            backend_options={},
        )
        return Prepared(chosen, WorkerSpec("module:Backend", Path("python"), load), takes, context)

    return prepare


def capable(window, **less):
    can = {"concurrent_requests": True, "prefix_reuse": True, "cancel_during_prefill": True}
    return p.Capabilities(context_window=window, max_prompt_tokens=window - 1, **{**can, **less})


def limits(prepared, window):
    capabilities = capable(window)
    loaded = p.LoadResult(executing_device="x", capabilities=capabilities, load_ms=1, warm_up_ms=1)
    active = ActiveModel(
        Selection(ONNX, PHI_3),
        "x",
        prepared.chosen,
        client=None,
        loaded=loaded,
        takes=prepared.takes,
        context=prepared.context,
    )
    return statuses.answering(active, generating=False, problem=None).limits


async def test_what_a_model_needs_is_its_weights_and_the_cache_of_its_context(prepared):
    whole = await prepared(ONNX, 32 * GB)
    assert whole.spec.load.kv_cache_bytes == 4096 * 786_432
    weights = whole.chosen.build.memory_bytes
    assert whole.takes.bytes == weights + whole.spec.load.kv_cache_bytes
    small = await prepared(ONNX, 8 * GB)
    assert small.takes.bytes == weights + small.spec.load.kv_cache_bytes < whole.takes.bytes


async def test_what_is_free_when_it_is_loaded_cuts_the_context(prepared):
    whole = await prepared(ONNX, 32 * GB)
    cut = whole.within(whole.chosen.build.memory_bytes + 2 * GB)
    assert cut.spec.load.context_window == cut.context.tokens == 2432
    assert cut.spec.load.kv_cache_bytes == cut.context.bytes <= 2 * GB
    assert cut.takes.bytes == whole.chosen.build.memory_bytes + cut.context.bytes
    assert whole.within(32 * GB) is whole
    # Another window with more free finds the same worker.
    assert cut.spec.key == whole.spec.key


async def test_for_a_short_prompt_a_worker_of_one_s_own_has_a_short_context(prepared):
    for accelerator in (ONNX, DML):
        whole = await prepared(accelerator, 32 * GB)
        short = whole.alone(1024)
        assert short.spec.load.context_window == short.context.tokens == 1024
        assert short.spec.load.kv_cache_bytes == 1024 * short.context.token_bytes
        assert short.takes.bytes == whole.chosen.build.memory_bytes + short.context.bytes
        assert short.takes.card == whole.takes.card
        # Nobody else is to have so short a one.
        assert short.spec.key != whole.spec.key


async def test_the_context_on_a_card_does_not_depend_on_what_the_machine_has_free(prepared):
    on_card = await prepared(DML, 8 * GB)
    assert on_card.takes.card == CARD
    assert on_card.within(0) is on_card


async def test_a_context_that_memory_cut_is_said_with_the_reason(prepared):
    cut = await prepared(ONNX, 8 * GB)
    (said,) = limits(cut, cut.context.tokens)
    assert said == (
        "It reads and writes 2,432 tokens at most; the model itself could do 4,096."
        " More would take memory that is not there."
    )


async def test_a_context_that_something_else_cut_is_said_without(prepared):
    whole = await prepared(ONNX, 32 * GB)
    (said,) = limits(whole, 4033)
    assert said == "It reads and writes 4,033 tokens at most; the model itself could do 4,096."
    assert limits(whole, 4096) == []


async def test_nothing_is_said_of_a_context_where_no_model_is(prepared):
    assert limits(replace(await prepared(ONNX, 8 * GB), chosen=None), 1000) == []


def test_what_a_runtime_cannot_do_is_said_as_people_notice_it():
    assert statuses.limits_of(capable(4096)) == []
    waits, longer = statuses.limits_of(capable(4096, concurrent_requests=False))
    assert waits == "A suggestion waits while an answer is written."
    assert longer == "The first suggestion after an answer takes longer."
    # Where none is quick, that one is not slower.
    less = {"concurrent_requests": False, "prefix_reuse": False}
    waits, each = statuses.limits_of(capable(4096, **less))
    assert each.startswith("Each prompt is read from its beginning")
