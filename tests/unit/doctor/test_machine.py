from phi_sidecar.doctor.machine import described, read_machine
from phi_sidecar.machine.devices import Gpu, Maker, Npu, Trouble


def test_a_device_is_told_on_one_line_with_its_driver_and_what_is_wrong():
    npu = Npu("Intel(R) AI Boost", Maker.INTEL, driver="npu", driver_version="32.0.100.2408")
    assert described(npu) == "Intel(R) AI Boost, driver npu 32.0.100.2408"
    broken = Npu("Intel(R) AI Boost", Maker.INTEL, trouble=Trouble.NO_DRIVER)
    assert described(broken) == "Intel(R) AI Boost, no driver"
    assert described(Gpu("Arc A770", Maker.INTEL, 0x8086, 0x56A0, driver="xe")) == (
        "Arc A770, driver xe"
    )


def test_every_trouble_has_words():
    for trouble in Trouble:
        assert described(Npu("NPU", Maker.INTEL, trouble=trouble)).startswith("NPU, ")


def test_this_computer_is_read(tmp_path):
    machine = read_machine(tmp_path / "not" / "there")
    assert machine.processor
    assert machine.disk_free_bytes > 0
    assert machine.memory_free_bytes > 0
