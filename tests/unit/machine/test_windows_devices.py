"""How Windows' configuration manager is asked; what it tells is written here."""

import pytest
from phi_sidecar.machine import windows_devices
from phi_sidecar.machine.windows import COMPUTE_ACCELERATOR_CLASS, DISPLAY_CLASS

ARC = r"PCI\VEN_8086&DEV_7D55&SUBSYS_0&REV_08\3&1&0&10"
BOOST = r"PCI\VEN_8086&DEV_7D1D&SUBSYS_0&REV_04\3&1&0&58"
SERIAL = r"PCI\VEN_8086&DEV_7E28&SUBSYS_0&REV_20\3&1&0&A8"


class Manager:
    """cfgmgr32.dll, with devices by class or bus; a number in their stead is its refusal."""

    def __init__(self, devices):
        self.devices = devices
        self.plugged_in = []

    def CM_Get_Device_ID_List_SizeW(self, length, of, which):  # noqa: N802
        told = self.devices.get(of, ())
        if isinstance(told, int):
            return told
        length._obj.value = sum(len(each) + 1 for each in told) + 1
        return 0

    def CM_Get_Device_ID_ListW(self, of, buffer, length, which):  # noqa: N802
        if self.plugged_in:
            self.devices[of] = [*self.devices[of], self.plugged_in.pop()]
        text = "".join(f"{each}\0" for each in self.devices.get(of, ())) + "\0"
        if len(text) > length.value:
            return windows_devices._BUFFER_SMALL
        buffer[: len(text)] = text
        return 0

    def CM_Locate_DevNodeW(self, node, instance, flags):  # noqa: N802
        return 0

    def CM_Get_DevNode_Status(self, status, problem, node, flags):  # noqa: N802
        problem._obj.value = 28
        return 0


def instances(manager):
    return [devnode.instance for devnode in windows_devices.listed(manager)]


@pytest.fixture
def devices():
    return {DISPLAY_CLASS: [ARC], COMPUTE_ACCELERATOR_CLASS: [], "PCI": [ARC, BOOST, SERIAL]}


def test_a_neural_processor_without_a_driver_is_found_on_its_bus(devices):
    found = windows_devices.listed(Manager(devices))
    assert [(each.instance, each.problem) for each in found] == [(ARC, 28), (BOOST, 28)]


def test_one_with_a_driver_is_told_once(devices):
    devices[COMPUTE_ACCELERATOR_CLASS] = [BOOST]
    assert instances(Manager(devices)) == [BOOST, ARC]


def test_a_computer_that_knows_no_such_class_and_no_such_bus_has_its_graphics(devices):
    devices |= {COMPUTE_ACCELERATOR_CLASS: 13, "PCI": 37}
    assert instances(Manager(devices)) == [ARC]


def test_where_not_even_graphics_are_told_nothing_is_known_rather_than_nothing_there(devices):
    assert windows_devices.listed(Manager(devices | {DISPLAY_CLASS: 13})) is None


def test_what_is_plugged_in_while_it_asks_is_told_as_well(devices):
    manager = Manager(devices | {DISPLAY_CLASS: []})
    manager.plugged_in.append(ARC)
    assert instances(manager) == [ARC, BOOST]
