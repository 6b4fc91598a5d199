import getpass
import json
import socket
import subprocess
import sys

import pytest
from phi_sidecar.machine import inventory, linux_devices, processor
from phi_sidecar.machine.devices import System
from phi_sidecar.machine.inventory import read_machine


def test_this_machine_is_read():
    machine = read_machine()
    assert machine.system is not System.OTHER
    assert machine.processor.usable_threads >= 1
    assert 0 < machine.memory.available_bytes <= machine.memory.total_bytes
    if machine.system in (System.WINDOWS, System.LINUX):
        assert machine.gpus is not None
        assert machine.npus is not None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux' own way")
@pytest.mark.parametrize("error", [OSError("no"), ValueError("odd"), RuntimeError("any")])
def test_what_cannot_be_asked_is_unknown_and_raises_nothing(monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(linux_devices, "pci_devices", refuse)
    monkeypatch.setattr(inventory, "_memory", refuse)
    monkeypatch.setattr(processor, "features_of_processor", refuse)
    machine = read_machine()
    assert (machine.gpus, machine.npus, machine.memory) == (None, None, None)
    assert machine.processor.name == "unknown"


def test_as_a_program_it_prints_json_with_nothing_private_in_it():
    command = [sys.executable, "-m", "phi_sidecar.machine"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    told = json.loads(ended.stdout)
    assert set(told) == {"system", "processor", "memory", "gpus", "npus"}
    assert told["processor"]["name"]
    for secret in (socket.gethostname(), getpass.getuser()):
        if len(secret) > 3:  # a short one may be a part of any word
            assert secret not in json.dumps({"gpus": told["gpus"], "npus": told["npus"]})


def test_importing_it_costs_the_sidecar_s_start_nothing_that_asks():
    code = "import sys, phi_sidecar.machine.inventory; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    asking = {"psutil", "phi_sidecar.machine.dxgi", "phi_sidecar.machine.linux_devices"}
    assert not asking & set(ended.stdout.split())
