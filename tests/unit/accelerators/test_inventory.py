import pytest
from phi_sidecar.accelerators import probing
from phi_sidecar.accelerators.inventory import Inventory
from phi_sidecar.accelerators.probing import ProbeResult
from phi_sidecar.accelerators.registry import Backends, Registered, load_backends
from phi_sidecar.backends.base import Device, DeviceKind
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


def pretend_installed(environments, tmp_path):
    key = environments.plan("openvino").key
    python = interpreter_in(tmp_path / "data" / "environments" / f"openvino-{key}")
    python.parent.mkdir(parents=True)
    python.touch()
    write_stamp(python.parents[1], key)
    return python


async def test_each_runtime_is_asked_in_its_own_environment(environments, asked, tmp_path):
    python = pretend_installed(environments, tmp_path)
    listed = await Inventory(load_backends(), environments, load_catalog()).list("echo/echo")
    assert asked["openvino-genai"] == python
    assert {row.id: row.usable for row in listed} == {
        "openvino-genai/CPU": True,
        "echo/echo": True,
        "openvino-genai/GPU": False,
        "openvino-genai/NPU": False,
    }
    assert [row.id for row in listed if row.active] == ["echo/echo"]


async def test_a_runtime_that_is_not_installed_is_not_asked(environments, asked):
    listed = await Inventory(load_backends(), environments, load_catalog()).list(None)
    assert list(asked) == ["echo"]
    assert listed[0].id == "openvino-genai/CPU"
    assert (listed[0].usable, listed[0].runtime_installed) == (True, False)


async def test_a_backend_of_an_unknown_environment_leaves_the_others_alone(environments, asked):
    class Theirs:
        id = "theirs"
        environment = "cuda"
        needs_model = False
        devices = (DeviceKind("gpu", "GPU (theirs)", False, "", ""),)

    known = load_backends().registered
    backends = Backends({**known, "theirs": Registered(Theirs(), "their_backend:Theirs")})
    listed = await Inventory(backends, environments, load_catalog()).list(None)
    row = next(row for row in listed if row.id == "theirs/gpu")
    assert not row.usable
    assert "'cuda'" in row.reason
    assert any(row.id == "echo/echo" and row.usable for row in listed)
