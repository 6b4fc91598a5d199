"""Machines as their systems told of them; each file says what of it is from a public record."""

import json
from pathlib import Path

from phi_sidecar.machine import linux, windows
from phi_sidecar.machine.devices import Adapter, Machine, Memory, Processor, System
from phi_sidecar.machine.linux import DeviceFile, PciDevice
from phi_sidecar.machine.windows import Devnode

FOLDER = Path(__file__).with_name("recorded")


def facts(name):
    return json.loads(FOLDER.joinpath(f"{name}.json").read_text("utf-8"))


def machine(name):
    """Read a recorded machine as the inventory would."""
    told = facts(name)
    gpus, npus = {"Windows": of_windows, "Linux": of_linux}[told["system"]](told)
    return Machine(
        system=System(told["system"]),
        processor=Processor(**told["processor"]),
        memory=Memory(**told["memory"]),
        gpus=gpus,
        npus=npus,
    )


def of_windows(told):
    devnodes = [Devnode(**devnode) for devnode in told["devnodes"]]
    adapters = windows.marked([Adapter(**adapter) for adapter in told["adapters"]], devnodes)
    return windows.gpus(devnodes, adapters), windows.npus(devnodes)


def of_linux(told):
    devices = [
        PciDevice(**{**device, "file": device["file"] and DeviceFile(**device["file"])})
        for device in told["pci"]
    ]
    return linux.gpus(devices, told["pci_ids"]), linux.npus(devices)
