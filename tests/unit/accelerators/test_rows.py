from dataclasses import dataclass, replace

import pytest
from phi_sidecar.accelerators.presence import Complaint
from phi_sidecar.accelerators.probing import ProbeFailed, ProbeResult
from phi_sidecar.accelerators.registry import Backends, Broken, Registered
from phi_sidecar.accelerators.rows import Facts
from phi_sidecar.accelerators.rows import rows as rows_on
from phi_sidecar.backends.base import Device, DeviceKind
from phi_sidecar.machine.devices import Gpu, Machine, Maker, Npu, Processor, System, Trouble
from phi_sidecar.machine.hardware import Hardware

DRIVER = "https://example.com/gpu-driver"
UNKNOWN = Machine(
    system=System.LINUX,
    processor=Processor("A processor", "x86_64", False, (), 4, 8),
    memory=None,
    gpus=None,
    npus=None,
)
ARC = Gpu("Arc A770", Maker.INTEL, 0x8086, 0x56A0, discrete=True)
IRIS = Gpu("Iris Xe", Maker.INTEL, 0x8086, 0x9A49, discrete=False)
BOOST = Npu("AI Boost", Maker.INTEL, 0x8086, 0x7D1D, driver_version="32.0.100.2408")


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


def rows(backends, facts, active_id, machine=UNKNOWN):
    return rows_on(backends, facts, machine, active_id)


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


@dataclass(frozen=True)
class Genuine(FakeBackend):
    """A backend that says which hardware it wants."""

    devices: tuple = (
        DeviceKind("CPU", "CPU (Fast)", True, "no such processor", "choose another"),
        DeviceKind(
            "GPU", "GPU (Fast)", False, "no GPU", "get one", DRIVER, needs=Hardware.INTEL_GPU
        ),
        DeviceKind(
            "NPU",
            "NPU (Fast)",
            False,
            "no NPU",
            "get one",
            DRIVER,
            needs=Hardware.INTEL_NPU,
            oldest_driver="32.0.100.3104",
        ),
        DeviceKind("DML", "DML (Fast)", False, "no DML", "get", needs=Hardware.DIRECTX12),
        DeviceKind("CUDA", "CUDA (Fast)", False, "no CUDA", "get", needs=Hardware.NVIDIA_GPU),
    )


ALL_KINDS = ("CPU", "GPU", "NPU", "DML", "CUDA")


def on(machine, *devices, **more):
    known = facts(*devices, kinds=ALL_KINDS, **more)
    return by_id(rows(backends(Genuine()), known, None, machine))


def having(*devices, system=System.WINDOWS):
    return replace(
        UNKNOWN,
        system=system,
        gpus=tuple(device for device in devices if isinstance(device, Gpu)),
        npus=tuple(device for device in devices if isinstance(device, Npu)),
    )


def test_what_the_machine_has_is_usable_before_its_runtime_is_installed():
    row = on(having(IRIS))["fast/GPU"]
    assert (row.present, row.runtime_installed, row.usable) == (True, False, True)
    assert (row.device_name, row.reason) == ("Iris Xe", None)


def test_two_of_a_kind_are_listed_as_the_runtime_will_call_them():
    listed = on(having(ARC, IRIS))
    assert listed["fast/GPU.0"].name == "GPU (Fast): Iris Xe"
    assert listed["fast/GPU.1"].name == "GPU (Fast): Arc A770"


def test_what_the_machine_has_not_is_not_present_and_what_it_has_instead_is_named():
    radeon = Gpu("Radeon 890M", Maker.AMD, 0x1002, 0x150E)
    row = on(having(radeon))["fast/GPU"]
    assert (row.present, row.usable) == (False, False)
    assert row.reason == "This PC has no Intel GPU; it has Radeon 890M."
    assert row.remedy_url is None


def test_another_makers_npu_is_named_as_not_served():
    hexagon = Npu("Hexagon NPU", Maker.QUALCOMM)
    row = on(having(hexagon))["fast/NPU"]
    assert not row.present
    assert (
        row.reason == "This PC's NPU is Hexagon NPU, made by Qualcomm: no runtime here serves it."
    )


def test_a_driver_that_is_too_old_is_said_with_the_version_to_get_and_where():
    for found in ((), ("CPU", "NPU")):
        row = on(having(BOOST), *found)["fast/NPU"]
        assert (row.present, row.usable) == (True, False)
        assert row.reason == "The driver of AI Boost is too old: 32.0.100.2408."
        assert "32.0.100.3104" in row.remedy
        assert row.remedy_url == DRIVER


def test_a_new_driver_and_one_that_cannot_be_compared_are_taken():
    for version in ("32.0.100.3104", "32.0.101.1", "1.0.0 7.0.0-34-generic", None):
        assert on(having(replace(BOOST, driver_version=version)))["fast/NPU"].usable, version


@pytest.mark.parametrize(
    ("trouble", "words", "url"),
    [
        (Trouble.NO_DRIVER, "has no driver", DRIVER),
        (Trouble.DISABLED, "is disabled", None),
        (Trouble.FAILED, "its driver does not work", DRIVER),
        (Trouble.NO_ACCESS, "you may not use it (/dev/accel/accel0)", DRIVER),
    ],
)
def test_a_device_in_trouble_is_present_with_what_is_wrong(trouble, words, url):
    row = on(having(replace(BOOST, trouble=trouble, node="/dev/accel/accel0")))["fast/NPU"]
    assert (row.present, row.usable) == (True, False)
    assert words in row.reason
    assert row.remedy
    assert row.remedy_url == url


def test_what_the_runtime_finds_counts_though_the_inventory_missed_it():
    assert on(having(), "CPU", "GPU", "CUDA")["fast/GPU"].usable
    assert on(having(), "CPU", "GPU", "CUDA")["fast/CUDA"].usable


def test_what_the_machine_has_but_the_runtime_does_not_find_is_present_and_leads_to_the_driver():
    row = on(having(IRIS), "CPU")["fast/GPU"]
    assert (row.present, row.usable) == (True, False)
    assert row.reason == "This PC has Iris Xe, but the fast runtime does not find it."
    assert (row.remedy, row.remedy_url) == ("get one", DRIVER)


def test_directx_is_windows_own():
    row = on(having(IRIS, system=System.LINUX))["fast/DML"]
    assert (row.present, row.usable) == (False, False)
    assert row.reason == "DirectML needs Windows; this is Linux."


def test_each_adapter_of_directx_is_an_accelerator():
    two = having(replace(ARC, directx_index=0), replace(IRIS, directx_index=1))
    assert on(two)["fast/DML.0"].name == "DML (Fast): Arc A770"
    assert on(two)["fast/DML.1"].usable
    one = on(having(replace(IRIS, directx_index=0)))["fast/DML.0"]
    assert (one.name, one.device_name) == ("DML (Fast)", "Iris Xe")


def test_a_card_of_nvidia_is_used_through_cuda_only_by_a_runtime_that_has_it():
    rtx = Gpu("RTX 2070", Maker.NVIDIA, 0x10DE, 0x1F02, discrete=True)
    row = on(having(rtx))["fast/CUDA"]
    assert (row.present, row.usable, row.remedy) == (True, False, "Use it through DirectML.")
    assert row.reason == "RTX 2070 is there, but no runtime with CUDA is installed."
    assert on(having(rtx), "CUDA")["fast/CUDA"].usable


def test_on_a_system_that_tells_nothing_it_is_known_once_the_runtime_is_installed():
    row = on(UNKNOWN)["fast/GPU"]
    assert "known once the fast runtime is installed" in row.reason
    assert not on(replace(UNKNOWN, system=System.MACOS))["fast/GPU"].present


def test_a_runtime_that_cannot_be_installed_here_is_said_of_what_is_there():
    impossible = Complaint("There is no such runtime for this Python.", "Use another Python.")
    known = {"fast": Facts("the fast runtime", None, frozenset(ALL_KINDS), impossible)}
    listed = by_id(rows(backends(Genuine()), known, None, having(IRIS)))
    assert listed["fast/CPU"].reason == listed["fast/GPU"].reason == impossible.reason
    assert not listed["fast/CPU"].usable
    assert listed["fast/NPU"].reason == "This PC has no Intel NPU."


def test_a_runtime_that_does_not_work_is_not_blamed_for_what_the_machine_has_not():
    listed = on(having(IRIS), probed=ProbeFailed("crashed", "update", by_driver=True))
    assert listed["fast/GPU"].reason == "crashed"
    assert listed["fast/NPU"].reason == "This PC has no Intel NPU."


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
