import pytest
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.activation import Reporter, activate
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.machine.devices import Machine, Memory, Processor, System

GB = 1_000_000_000


@pytest.mark.parametrize("accelerator", ["openvino-genai/NPU", "intel-npu/NPU"])
async def test_nothing_is_fetched_for_an_accelerator_that_is_not_in_the_machine(
    paths, monkeypatch, accelerator
):
    installation = installation_in(paths, load_backends())
    processor = Processor("a processor", "x86_64", False, (), 8, 8)
    machine = Machine(System.LINUX, processor, Memory(16 * GB, 16 * GB), gpus=(), npus=())
    monkeypatch.setattr(installation.inventory, "_look", lambda: machine)
    told = []

    with pytest.raises(AcceleratorUnusable, match="NPU") as refused:
        await activate(
            installation,
            Selection(accelerator, "phi-3-mini-4k-instruct"),
            Reporter(phase=told.append, progress=told.append),
            make_room=lambda takes: pytest.fail("nothing is loaded"),
        )

    assert refused.value.remedy
    assert not told
