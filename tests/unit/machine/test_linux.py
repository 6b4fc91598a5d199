import os
import sys

import pytest
from phi_sidecar.machine import linux, linux_devices
from phi_sidecar.machine.devices import Maker, Trouble
from phi_sidecar.machine.linux import DeviceFile, PciDevice
from phi_sidecar.machine.pci import name_in

on_linux = pytest.mark.skipif(sys.platform == "win32", reason="a colon is in the folders' names")


def test_meteor_lake_has_graphics_and_an_npu(recorded):
    machine = recorded.machine("meteor-lake-linux")
    (gpu,), (npu,) = machine.gpus, machine.npus
    assert gpu.name == "Intel Arc Graphics"
    assert (gpu.driver, gpu.discrete, gpu.trouble) == ("i915", False, None)
    assert (npu.name, npu.maker) == ("Intel AI Boost (Meteor Lake)", Maker.INTEL)
    assert npu.driver_version == "1.0.0 7.0.0-34-generic"
    assert (npu.node, npu.trouble) == ("/dev/accel/accel0", None)


def test_an_npu_that_this_user_may_not_open_is_there_all_the_same(recorded):
    (npu,) = recorded.machine("lunar-lake-linux").npus
    assert (npu.fast, npu.trouble) == (True, Trouble.NO_ACCESS)


def test_amd_s_npu_is_known_by_its_number_though_its_class_is_another(recorded):
    (npu,) = recorded.machine("amd-laptop-linux").npus
    assert (npu.maker, npu.driver) == (Maker.AMD, "amdxdna")


def test_nvidia_s_card_has_its_driver_s_version(recorded):
    (gpu,) = recorded.machine("desktop-nvidia-linux").gpus
    assert gpu.name == "NVIDIA GeForce RTX 3070"
    assert (gpu.discrete, gpu.driver_version) == (True, "580.95.05")


def test_a_virtual_machine_s_screen_is_no_accelerator():
    screen = "DRIVER=virtio-pci\nPCI_CLASS=38000\nPCI_ID=1AF4:1050\nPCI_SLOT_NAME=0000:00:01.0"
    assert linux.gpus([PciDevice(screen)], "") == ()


def test_without_its_driver_a_device_is_seen_and_has_none():
    npu = "PCI_CLASS=120000\nPCI_ID=8086:B03E\nPCI_SLOT_NAME=0000:00:0b.0"
    (seen,) = linux.npus([PciDevice(npu)])
    assert (seen.name, seen.trouble) == ("Intel AI Boost (Panther Lake)", Trouble.NO_DRIVER)


def test_a_driver_that_made_no_file_did_not_start_it():
    npu = "DRIVER=intel_vpu\nPCI_CLASS=120000\nPCI_ID=8086:7D1D\nPCI_SLOT_NAME=0000:00:0b.0"
    (seen,) = linux.npus([PciDevice(npu)])
    assert seen.trouble is Trouble.FAILED


def test_an_npu_of_intel_s_that_is_newer_than_this_is_seen():
    npu = "DRIVER=intel_vpu\nPCI_CLASS=120000\nPCI_ID=8086:FFFE\nPCI_SLOT_NAME=0000:00:0b.0"
    (seen,) = linux.npus([PciDevice(npu, DeviceFile("/dev/accel/accel0", usable=True))])
    assert (seen.name, seen.trouble) == ("Intel NPU fffe", None)


def test_another_accelerator_of_intel_s_is_no_npu():
    habana = "DRIVER=habanalabs\nPCI_CLASS=120000\nPCI_ID=8086:0BDA\nPCI_SLOT_NAME=0000:3d:00.0"
    assert linux.npus([PciDevice(habana)]) == ()


def test_graphics_of_the_processor_come_before_a_card(recorded):
    card = "DRIVER=xe\nPCI_CLASS=30000\nPCI_ID=8086:56A0\nPCI_SLOT_NAME=0000:03:00.0"
    own = "DRIVER=i915\nPCI_CLASS=30000\nPCI_ID=8086:7D55\nPCI_SLOT_NAME=0000:00:02.0"
    names = recorded.facts("meteor-lake-linux")["pci_ids"]
    found = linux.gpus([PciDevice(card), PciDevice(own)], names)
    assert [gpu.discrete for gpu in found] == [False, True]
    assert found[1].name == "Intel Arc A770"


@pytest.mark.parametrize("text", ["", "garbage", "PCI_CLASS=\nPCI_ID=:\n", "PCI_ID=xx:yy"])
def test_what_cannot_be_understood_is_passed_over(text):
    assert linux.gpus([PciDevice(text)], "") == linux.npus([PciDevice(text)]) == ()


def test_a_name_is_looked_up_under_its_own_maker(recorded):
    names = recorded.facts("desktop-nvidia-linux")["pci_ids"]
    assert name_in(names, 0x10DE, 0x2484) == "GA104 [GeForce RTX 3070]"
    assert name_in(names, 0x8086, 0x2484) is None
    assert name_in(names, 0x1234, 0x2484) is None
    assert name_in("", 0x8086, 0x7D55) is None
    assert name_in("\n8086  Intel\n\t7d55  Arc", 0x8086, 0x7D55) == "Arc"


def lay_out(root, folder, uevent, files=()):
    place = root / "sys/bus/pci/devices" / folder
    place.mkdir(parents=True)
    (place / "uevent").write_text(uevent + "\n", encoding="utf-8")
    for made, name, directory in files:
        (place / made / name).mkdir(parents=True)
        (root / directory).mkdir(parents=True, exist_ok=True)
        (root / directory / name).touch(mode=0o600)


@on_linux
def test_the_system_s_folders_are_asked(tmp_path, recorded):
    told = recorded.facts("meteor-lake-linux")
    gpu, npu = told["pci"]
    drm = [("drm", "card1", "dev/dri"), ("drm", "renderD128", "dev/dri")]
    lay_out(tmp_path, "0000:00:02.0", gpu["uevent"], drm)
    lay_out(tmp_path, "0000:00:0b.0", npu["uevent"], [("accel", "accel0", "dev/accel")])
    lay_out(tmp_path, "0000:00:0d.0", "DRIVER=xhci_hcd\nPCI_CLASS=C0330\nPCI_ID=8086:7EC0")
    version = tmp_path / "sys/module/intel_vpu/version"
    version.parent.mkdir(parents=True)
    version.write_text(npu["module_version"] + "\n", encoding="utf-8")
    names = tmp_path / "usr/share/misc/pci.ids"
    names.parent.mkdir(parents=True)
    names.write_text(told["pci_ids"], encoding="utf-8")
    machine = recorded.machine("meteor-lake-linux")
    found = linux_devices.pci_devices(tmp_path)
    assert linux.gpus(found, linux_devices.pci_ids(tmp_path)) == machine.gpus
    assert linux.npus(found) == machine.npus


@on_linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open all")
def test_a_file_that_this_user_may_not_open_is_marked(tmp_path, recorded):
    _, npu = recorded.facts("meteor-lake-linux")["pci"]
    lay_out(tmp_path, "0000:00:0b.0", npu["uevent"], [("accel", "accel0", "dev/accel")])
    (tmp_path / "dev/accel/accel0").chmod(0)
    (found,) = linux_devices.pci_devices(tmp_path)
    assert found.file == DeviceFile("/dev/accel/accel0", usable=False)


@on_linux
def test_a_file_that_the_system_did_not_make_cannot_be_used(tmp_path, recorded):
    _, npu = recorded.facts("meteor-lake-linux")["pci"]
    lay_out(tmp_path, "0000:00:0b.0", npu["uevent"], [("accel", "accel0", "dev/accel")])
    (tmp_path / "dev/accel/accel0").unlink()
    (found,) = linux_devices.pci_devices(tmp_path)
    assert found.file == DeviceFile("/dev/accel/accel0", usable=False)


def test_where_there_is_no_pci_bus_nothing_is_told(tmp_path):
    assert linux_devices.pci_devices(tmp_path) is None
    assert linux_devices.pci_ids(tmp_path) == ""
