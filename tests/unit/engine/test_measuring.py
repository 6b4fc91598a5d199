"""What measuring leaves out; how it measures is tested with real workers."""

import asyncio
from types import SimpleNamespace

import pytest
from phi_sidecar.accelerators.context_room import LEAST_TOKENS
from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine import measuring as measuring_module
from phi_sidecar.engine.measuring import PROMPT_TOKENS, Measuring
from phi_sidecar.engine.prompt_run import ANSWER_TOKENS
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated import protocol as p

MORE_THAN_ANY_MACHINE_HAS = 1 << 60
CHOSEN = SimpleNamespace(
    model=SimpleNamespace(title="Phi-3"), build="int4 build", quantization="int4"
)


def row(id, **more):
    backend, _, device = id.partition("/")
    known = {"present": True, "runtime_installed": True, "usable": True, "active": False}
    model = {"model": "Phi-3", "model_id": "phi-3", "quantization": "int4"}
    return p.Accelerator(
        id=id, backend=backend, device=device, name=id, **{**known, **model, **more}
    )


class Installation:
    """As much of one as is asked what is here."""

    def __init__(self, folder, rows, *, model_is_here=True):
        self.paths = SimpleNamespace(cache=folder)
        self.rows = rows
        self.models = SimpleNamespace(find=lambda *_: "weights" if model_is_here else None)
        self.inventory = self

    async def accelerators(self, active_id, selected):
        return self.rows

    async def advised(self, rows, memory_bytes):
        return rows

    def model_of(self, selection):
        return CHOSEN


@pytest.fixture
def measured(tmp_path):
    """Measure, and return what was told of each accelerator by its id."""

    async def measured(*rows, **more):
        installation = Installation(tmp_path, rows, **more)
        measuring = Measuring(installation, Selection("a/CPU", "phi-3"), lambda _: None)
        result = await measuring.run(None)
        assert result.best is None
        return {one.id: one for one in result.measurements}

    return measured


async def test_what_is_not_here_is_left_out_with_the_reason_and_nothing_is_fetched(measured):
    told = await measured(
        row("a/GPU", usable=False, reason="Its driver is too old.", remedy="Update it."),
        row("b/CPU", runtime_installed=False),
    )
    assert (told["a/GPU"].reason, told["a/GPU"].remedy) == ("Its driver is too old.", "Update it.")
    assert told["b/CPU"].reason == "Its runtime is not installed."
    missing = (await measured(row("a/CPU"), model_is_here=False))["a/CPU"]
    assert missing.reason == "Phi-3 (int4) for it is not on this machine."
    assert all(one.remedy for one in (*told.values(), missing))


async def test_what_is_not_in_the_machine_or_runs_no_model_is_no_row(measured):
    absent = row("a/NPU", present=False, usable=False)
    assert await measured(absent, row("echo/echo", model=None)) == {}


async def test_a_model_without_room_beside_the_one_that_answers_is_left_out(measured, monkeypatch):
    async def activate(installation, selection, reporter, make_room, *, alone_tokens):
        await make_room(Demand(MORE_THAN_ANY_MACHINE_HAS))

    monkeypatch.setattr(measuring_module, "activate", activate)
    told = (await measured(row("a/CPU")))["a/CPU"]
    assert told.reason.startswith("Phi-3 needs about ")
    assert told.remedy.startswith("Close other programs")


async def test_no_more_room_is_asked_for_than_a_short_prompt_takes(measured, monkeypatch):
    asked = []

    async def activate(installation, selection, reporter, make_room, *, alone_tokens):
        asked.append(alone_tokens)
        raise PreparationFailed("It cannot be loaded.", remedy="Try again.")

    monkeypatch.setattr(measuring_module, "activate", activate)
    await measured(row("a/CPU"))
    assert asked == [LEAST_TOKENS]
    assert asked[0] // 2 > PROMPT_TOKENS + ANSWER_TOKENS


async def test_what_turns_out_to_be_damaged_is_not_fetched_anew(measured, monkeypatch):
    async def activate(installation, selection, reporter, make_room, *, alone_tokens):
        reporter.phase(p.Phase.loading)
        reporter.phase(p.Phase.preparing)

    monkeypatch.setattr(measuring_module, "activate", activate)
    assert "damaged" in (await measured(row("a/CPU")))["a/CPU"].reason


async def test_a_cancel_keeps_what_was_told_before(tmp_path, monkeypatch):
    reached = asyncio.Event()

    async def activate(installation, selection, reporter, make_room, *, alone_tokens):
        if selection.accelerator == "a/CPU":
            raise PreparationFailed("It cannot be loaded.", remedy="Try again.")
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(measuring_module, "activate", activate)
    installation = Installation(tmp_path, [row("a/CPU"), row("b/CPU")])
    measuring = Measuring(installation, Selection("a/CPU"), lambda _: None)
    task = asyncio.create_task(measuring.run(None))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.reason for one in measuring.measurements] == ["It cannot be loaded."]
