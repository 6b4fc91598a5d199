from dataclasses import dataclass, replace

import pytest
from phi_sidecar.accelerators import probing
from phi_sidecar.accelerators.inventory import Inventory
from phi_sidecar.accelerators.probing import ProbeResult
from phi_sidecar.accelerators.registry import Backends, Registered, load_backends
from phi_sidecar.backends.base import Device, DeviceKind
from phi_sidecar.machine.devices import Machine, Memory, Processor, System
from phi_sidecar.machine.hardware import Hardware
from phi_sidecar.models.catalog import load_catalog
from phi_sidecar.paths import Paths
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.stamp import interpreter_in, write_stamp


@pytest.fixture
def environments(tmp_path):
    return Environments(
        Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "run", tmp_path / "logs")
    )


@pytest.fixture
def asked(monkeypatch):
    """Answer for the runtimes, and note whose interpreter was asked."""
    pythons = {}

    async def answer(registered, python):
        pythons[registered.backend.id] = python
        return ProbeResult((Device("CPU", "A processor"), Device("echo", "echo")))

    monkeypatch.setattr(probing, "probe", answer)
    return pythons


@pytest.fixture
def look():
    """Look at a machine that has nothing but a processor, and count how often that is done."""

    def answer():
        answer.count += 1
        return Machine(
            system=System.LINUX,
            processor=Processor("A processor", "x86_64", False, (), 4, 8),
            memory=Memory(16_000_000_000, 12_000_000_000),
            gpus=(),
            npus=(),
        )

    answer.count = 0
    return answer


def pretend_installed(environments, tmp_path):
    key = environments.plan("openvino").key
    python = interpreter_in(tmp_path / "data" / "environments" / f"openvino-{key}")
    python.parent.mkdir(parents=True)
    python.touch()
    write_stamp(python.parents[1], key)
    return python


async def test_each_runtime_is_asked_in_its_own_environment(environments, asked, look, tmp_path):
    python = pretend_installed(environments, tmp_path)
    listed = await Inventory(load_backends(), environments, load_catalog(), look).list("echo/echo")
    assert asked["openvino-genai"] == python
    usable = {row.id: row.usable for row in listed if row.backend in asked}
    assert usable == {
        "openvino-genai/CPU": True,
        "echo/echo": True,
        "openvino-genai/GPU": False,
        "openvino-genai/NPU": False,
    }
    assert [row.id for row in listed if row.active] == ["echo/echo"]


async def test_a_runtime_that_is_not_installed_is_not_asked(environments, asked, look):
    listed = await Inventory(load_backends(), environments, load_catalog(), look).list(None)
    assert list(asked) == ["echo"]
    row = next(row for row in listed if row.id == "openvino-genai/CPU")
    assert (row.usable, row.runtime_installed) == (True, False)


async def test_a_backend_of_an_unknown_environment_leaves_the_others_alone(
    environments, asked, look
):
    class Theirs:
        id = "theirs"
        environment = "cuda"
        needs_model = False
        devices = (DeviceKind("gpu", "GPU (theirs)", False, "", ""),)

    known = load_backends().registered
    backends = Backends({**known, "theirs": Registered(Theirs(), "their_backend:Theirs")})
    listed = await Inventory(backends, environments, load_catalog(), look).list(None)
    row = next(row for row in listed if row.id == "theirs/gpu")
    assert not row.usable
    assert "'cuda'" in row.reason
    assert any(row.id == "echo/echo" and row.usable for row in listed)


async def test_the_machine_is_looked_at_once_until_it_is_told_to_look_again(
    environments, asked, look
):
    inventory = Inventory(load_backends(), environments, load_catalog(), look)
    await inventory.list(None)
    await inventory.list(None)
    assert look.count == 1
    inventory.forget()
    await inventory.list(None)
    assert look.count == 2


async def test_the_free_memory_is_looked_at_each_time(environments, asked, look):
    inventory = Inventory(load_backends(), environments, load_catalog(), look)
    rows = [replace(row, model="Big") for row in await inventory.list(None)]
    told = await inventory.advised(rows, {"openvino-genai/CPU": 13_000_000_000})
    assert look.count == 2
    assert told[0].reason == "12.0 GB of memory are free; Big needs about 13.0 GB."


async def test_a_runtime_for_what_the_machine_has_not_is_not_started(
    environments, asked, look, tmp_path
):
    @dataclass(frozen=True)
    class ForNpus:
        id: str = "for-npus"
        environment: str = "openvino"
        needs_model: bool = False
        devices: tuple = (DeviceKind("NPU", "NPU", False, "", "", needs=Hardware.INTEL_NPU),)

    pretend_installed(environments, tmp_path)
    backends = Backends({"for-npus": Registered(ForNpus(), "x:y")})
    (row,) = await Inventory(backends, environments, load_catalog(), look).list(None)
    assert not asked
    assert (row.present, row.runtime_installed, row.usable) == (False, True, False)
    assert row.reason == "This PC has no Intel NPU."
