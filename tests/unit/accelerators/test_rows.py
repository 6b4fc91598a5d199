from dataclasses import dataclass

from phi_sidecar.accelerators.probing import ProbeFailed, ProbeResult
from phi_sidecar.accelerators.registry import Backends, Broken, Registered
from phi_sidecar.accelerators.rows import Facts, rows
from phi_sidecar.backends.base import Device, DeviceKind

DRIVER = "https://example.com/gpu-driver"


@dataclass(frozen=True)
class FakeBackend:
    id: str = "fast"
    environment: str | None = "fast"
    needs_model: bool = True
    devices: tuple = (
        DeviceKind("CPU", "CPU (Fast)", True, "no such processor", "choose another"),
        DeviceKind("GPU", "GPU (Fast)", False, "no GPU found", "install its driver", DRIVER),
    )


def backends(*list_, broken=()):
    return Backends({b.id: Registered(b, f"x:{b.id}") for b in list_}, tuple(broken))


def facts(*devices, probed=None, kinds=("CPU", "GPU")):
    if devices:
        probed = ProbeResult(tuple(Device(device, f"Maker's {device}") for device in devices))
    return {"fast": Facts("the fast runtime", probed, frozenset(kinds))}


def by_id(listed):
    return {row.id: row for row in listed}


def test_a_device_that_the_runtime_finds_is_usable():
    row = by_id(rows(backends(FakeBackend()), facts("CPU", "GPU"), None))["fast/GPU"]
    assert (row.present, row.runtime_installed, row.usable) == (True, True, True)
    assert (row.name, row.reason, row.remedy) == ("GPU (Fast)", None, None)


def test_several_of_a_kind_are_told_apart_by_their_makers_names():
    listed = rows(backends(FakeBackend()), facts("CPU", "GPU.0", "GPU.1"), None)
    assert [(row.id, row.device, row.name) for row in listed] == [
        ("fast/CPU", "CPU", "CPU (Fast)"),
        ("fast/GPU.0", "GPU.0", "GPU (Fast): Maker's GPU.0"),
        ("fast/GPU.1", "GPU.1", "GPU (Fast): Maker's GPU.1"),
    ]


def test_a_device_that_is_not_there_has_its_reason_and_remedy():
    row = by_id(rows(backends(FakeBackend()), facts("CPU"), None))["fast/GPU"]
    assert (row.present, row.runtime_installed, row.usable) == (False, True, False)
    assert (row.reason, row.remedy, row.remedy_url) == (
        "no GPU found",
        "install its driver",
        DRIVER,
    )


def test_a_device_has_the_name_that_its_maker_gave_it():
    listed = by_id(rows(backends(FakeBackend()), facts("CPU"), None))
    assert listed["fast/CPU"].device_name == "Maker's CPU"
    assert listed["fast/GPU"].device_name is None


def test_a_crash_that_a_driver_may_cause_leads_to_the_driver_of_what_has_one():
    probed = ProbeFailed("crashed", "update the driver", by_driver=True)
    listed = by_id(rows(backends(FakeBackend()), facts(probed=probed), None))
    assert (listed["fast/GPU"].remedy_url, listed["fast/CPU"].remedy_url) == (DRIVER, None)
    probed = ProbeFailed("refused", "close programs")
    listed = by_id(rows(backends(FakeBackend()), facts(probed=probed), None))
    assert listed["fast/GPU"].remedy_url is None


def test_without_its_runtime_what_every_machine_has_is_usable_and_the_rest_not_yet_known():
    listed = by_id(rows(backends(FakeBackend()), facts(), None))
    cpu, gpu = listed["fast/CPU"], listed["fast/GPU"]
    assert (cpu.present, cpu.runtime_installed, cpu.usable, cpu.reason) == (True, False, True, None)
    assert (gpu.present, gpu.runtime_installed, gpu.usable) == (False, False, False)
    assert "known once the fast runtime is installed" in gpu.reason
    assert gpu.remedy == "Switch to CPU (Fast) first: that installs it."
    assert gpu.remedy_url is None


def test_a_runtime_that_does_not_work_makes_all_its_devices_unusable():
    listed = rows(backends(FakeBackend()), facts(probed=ProbeFailed("crashed", "update")), None)
    assert {(row.usable, row.reason, row.remedy) for row in listed} == {
        (False, "crashed", "update")
    }


def test_without_a_model_for_it_a_present_device_is_not_usable():
    listed = rows(backends(FakeBackend()), facts("CPU", kinds=()), None)
    row = by_id(listed)["fast/CPU"]
    assert (row.present, row.usable) == (True, False)
    assert row.reason == "None of the known models runs on it."


def test_a_device_that_no_model_runs_on_is_not_usable_beside_one_that_some_do():
    listed = by_id(rows(backends(FakeBackend()), facts("CPU", "GPU", kinds=("CPU",)), None))
    assert listed["fast/CPU"].usable
    assert not listed["fast/GPU"].usable


def test_the_usable_come_first_and_those_without_a_model_of_ours_after_the_others():
    echo = FakeBackend("echo", None, False, (DeviceKind("echo", "Echo", True, "", ""),))
    known = facts("CPU") | {"echo": Facts("", ProbeResult((Device("echo", "echo"),)), frozenset())}
    listed = rows(backends(echo, FakeBackend()), known, None)
    assert [row.id for row in listed] == ["fast/CPU", "echo/echo", "fast/GPU"]


def test_only_the_active_one_is_marked():
    listed = rows(backends(FakeBackend()), facts("CPU", "GPU"), "fast/GPU")
    assert [row.id for row in listed if row.active] == ["fast/GPU"]


def test_a_backend_that_cannot_be_loaded_is_listed_with_its_reason():
    broken = [Broken("theirs", "it cannot be imported", "remove it")]
    row = rows(backends(FakeBackend(), broken=broken), facts("CPU"), None)[-1]
    assert (row.id, row.backend, row.usable) == ("theirs/unavailable", "theirs", False)
    assert (row.reason, row.remedy) == ("it cannot be imported", "remove it")
