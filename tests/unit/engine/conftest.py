"""An engine whose activations do as the test says, and whose workers are none."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.accelerators.selection import ReadSelection, Selection
from phi_sidecar.accelerators.speeds import Speeds
from phi_sidecar.engine import bring_up
from phi_sidecar.engine import engine as engine_module
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated import protocol as p

CPU = Selection("openvino-genai/CPU")
CAPABILITIES = p.Capabilities(
    context_window=100,
    max_prompt_tokens=99,
    concurrent_requests=True,
    prefix_reuse=False,
    cancel_during_prefill=True,
)


class SelectionFile:
    def __init__(self):
        self.selection = CPU
        self.refuses = False
        self.is_changed = False

    def put_by_another_window(self, selection):
        self.selection = selection
        self.is_changed = True

    def read(self):
        self.is_changed = False
        return ReadSelection(self.selection)

    def write(self, selection):
        if self.refuses:
            raise PreparationFailed("The disk is full.")
        self.selection = selection
        self.is_changed = False

    def changed(self):
        return self.is_changed


class Client:
    pid = 7

    def __init__(self):
        self.ended = asyncio.Event()
        self.clients = 1
        self.idle = asyncio.Event()
        self.idle.set()

    @property
    def quiet(self):
        return self.idle.is_set()

    async def retire(self):
        await self.idle.wait()
        self.close()

    async def abandon(self):
        self.close()

    async def status(self):
        return SimpleNamespace(clients=self.clients)

    def close(self):
        self.ended.set()


@dataclass
class Installation:
    selection: SelectionFile
    speeds: Speeds

    def name_of(self, accelerator):
        return accelerator

    async def require_usable(self, selection):
        """Everything is."""


@pytest.fixture
def house(monkeypatch, tmp_path):
    """An engine whose activations do as the test says."""
    house = SimpleNamespace(told=[], activations=[], clients=[])
    house.file = SelectionFile()

    async def answer(selection, reporter):
        reporter.phase(p.Phase.loading)

    house.do = answer
    house.needs_bytes = 1
    house.cards = {}

    async def activate(installation, selection, reporter, make_room):
        house.activations.append(selection.accelerator)
        takes = Demand(house.needs_bytes, house.cards.get(selection.accelerator))
        await make_room(takes)
        await house.do(selection, reporter)
        loaded = p.LoadResult(
            executing_device="x", capabilities=CAPABILITIES, load_ms=1, warm_up_ms=1
        )
        house.clients.append(Client())
        client = house.clients[-1]
        return ActiveModel(selection, selection.accelerator, None, client, loaded, takes)

    monkeypatch.setattr(bring_up, "activate", activate)
    monkeypatch.setattr(engine_module, "FOLLOW_EVERY_S", 0)
    file = tmp_path / "speeds.json"
    house.speeds = Speeds(file)
    house.kept_speeds = lambda: list(Speeds(file).all().values())
    house.engine = Engine(Installation(house.file, house.speeds), house.told.append)
    return house
