import json
from dataclasses import replace

import pytest
from phi_sidecar.machine import windows
from phi_sidecar.machine.devices import Adapter, Maker, Trouble
from phi_sidecar.machine.windows import Devnode


def devnodes(recorded, name):
    return [Devnode(**devnode) for devnode in recorded.facts(name)["devnodes"]]


def adapters(recorded, name):
    return [Adapter(**adapter) for adapter in recorded.facts(name)["adapters"]]


def test_meteor_lake_has_intel_s_npu_with_its_driver(recorded):
    (npu,) = recorded.machine("meteor-lake-windows").npus
    assert (npu.name, npu.maker, npu.fast) == ("Intel(R) AI Boost", Maker.INTEL, False)
    assert (npu.driver, npu.driver_version, npu.trouble) == ("npu", "32.0.100.4023", None)


def test_its_graphics_have_directx_memory_and_the_device_tree_s_driver(recorded):
    (gpu,) = recorded.machine("meteor-lake-windows").gpus
    assert (gpu.name, gpu.discrete) == ("Intel(R) Arc(TM) Graphics", False)
    assert (gpu.driver, gpu.driver_version) == ("igfxn", "32.0.101.6790")
    assert (gpu.own_bytes, gpu.shared_bytes) == (128 << 20, 8_383_037_440)
    assert gpu.directx_index == 0


def test_lunar_lake_s_npu_is_a_fast_one(recorded):
    (npu,) = recorded.machine("lunar-lake-windows").npus
    assert npu.fast


def test_amd_s_and_qualcomm_s_npus_are_seen_as_theirs(recorded):
    (amd,) = recorded.machine("amd-laptop-windows").npus
    assert (amd.maker, amd.driver) == (Maker.AMD, "IpuMcdmDriver")
    (qualcomm,) = recorded.machine("qualcomm-laptop-windows").npus
    assert qualcomm.maker is Maker.QUALCOMM
    assert qualcomm.name.endswith("Hexagon(TM) NPU")


def test_graphics_on_no_pci_bus_are_joined_by_their_maker(recorded):
    (gpu,) = recorded.machine("qualcomm-laptop-windows").gpus
    assert (gpu.maker, gpu.driver_version) == (Maker.QUALCOMM, "31.0.152.0")
    assert gpu.discrete is False


def test_a_card_has_memory_of_its_own(recorded):
    (gpu,) = recorded.machine("desktop-nvidia-windows").gpus
    assert (gpu.maker, gpu.discrete, gpu.own_bytes) == (Maker.NVIDIA, True, 8031 << 20)


def test_a_virtual_screen_is_no_graphics_processor(recorded):
    machine = recorded.machine("no-accelerator-windows")
    assert (machine.gpus, machine.npus) == ((), ())


def test_an_npu_without_a_driver_is_seen_by_its_class_on_the_bus(recorded):
    npu, _ = devnodes(recorded, "meteor-lake-windows")
    bare = replace(
        npu,
        class_guid="",
        description="@machine.inf,%pci.video%;Multimedia Video Controller",
        service="",
        driver_version="",
        problem=28,
    )
    (seen,) = windows.npus([bare])
    assert (seen.name, seen.trouble) == ("Intel AI Boost (Meteor Lake)", Trouble.NO_DRIVER)
    newer = replace(bare, instance=bare.instance.replace("7D1D", "FFFE"))
    (unknown,) = windows.npus([newer])
    assert (unknown.name, unknown.trouble) == ("Multimedia Video Controller", Trouble.NO_DRIVER)


def test_a_device_of_intel_s_that_accelerates_nothing_is_no_npu(recorded):
    npu, _ = devnodes(recorded, "meteor-lake-windows")
    usb = replace(
        npu,
        instance=r"PCI\VEN_8086&DEV_7EC0&SUBSYS_0&REV_10\3&11583659&1&68",
        class_guid="{36fc9e60-c465-11cf-8056-444553540000}",
        compatible_ids=[r"PCI\VEN_8086&CC_0C0330"],
    )
    assert windows.npus([usb]) == ()


@pytest.mark.parametrize(
    ("problem", "trouble"), [(0, None), (22, Trouble.DISABLED), (43, Trouble.FAILED)]
)
def test_the_device_manager_s_problem_codes_say_what_is_wrong(recorded, problem, trouble):
    npu, _ = devnodes(recorded, "meteor-lake-windows")
    assert windows.npus([replace(npu, problem=problem)])[0].trouble is trouble


def test_a_card_on_windows_own_driver_has_none(recorded):
    (card,) = devnodes(recorded, "desktop-nvidia-windows")
    basic = replace(card, service="BasicDisplay", description="Microsoft Basic Display Adapter")
    (gpu,) = windows.gpus([basic], [])
    assert (gpu.name, gpu.trouble) == ("NVIDIA graphics", Trouble.NO_DRIVER)


def test_a_card_that_directx_does_not_list_does_not_work(recorded):
    tree = devnodes(recorded, "desktop-nvidia-windows")
    assert windows.gpus(tree, [])[0].trouble is Trouble.FAILED
    assert windows.gpus(tree, None)[0].trouble is None


def test_two_cards_of_one_model_are_two(recorded):
    (card,) = devnodes(recorded, "desktop-nvidia-windows")
    (adapter,) = adapters(recorded, "desktop-nvidia-windows")
    pair = [adapter, replace(adapter, index=1, luid=adapter.luid + 1)]
    found = windows.gpus([card, replace(card, instance=card.instance + "2")], pair)
    assert [gpu.directx_index for gpu in found] == [0, 1]


def test_an_adapter_that_is_an_npu_is_marked_and_is_no_graphics_processor(recorded):
    tree = devnodes(recorded, "lunar-lake-windows")
    (gpu,) = adapters(recorded, "lunar-lake-windows")
    npu = replace(gpu, index=1, name="Intel(R) AI Boost", device_id=0x643E, luid=0x1030D)
    marked = windows.marked([gpu, npu], tree)
    assert [adapter.compute_only for adapter in marked] == [False, True]
    assert [found.name for found in windows.gpus(tree, marked)] == [gpu.name]


def test_every_record_says_what_of_it_is_public_and_what_was_composed(recorded):
    files = sorted(recorded.FOLDER.glob("*.json"))
    assert len(files) >= 11
    for file in files:
        said = " ".join(json.loads(file.read_text("utf-8"))["about"])
        assert any(word in said for word in ("Composed", "Recorded")), file
