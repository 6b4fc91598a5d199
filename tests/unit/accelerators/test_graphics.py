from dataclasses import replace

import pytest
from phi_sidecar.accelerators.graphics import gpu_of
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Gpu, Maker

ARC = Gpu("Intel(R) Arc(TM) A770 Graphics", Maker.INTEL, 0x8086, 0x56A0, True, directx_index=1)
UHD = Gpu("Intel(R) UHD Graphics 770", Maker.INTEL, 0x8086, 0x4680, False, directx_index=2)
RTX = Gpu("NVIDIA GeForce RTX 2070", Maker.NVIDIA, 0x10DE, 0x1F02, True, directx_index=0)


def row(device, name=None):
    return Accelerator(
        id=f"x/{device}",
        backend="x",
        device=device,
        name="x",
        present=True,
        runtime_installed=True,
        usable=True,
        active=False,
        device_name=name,
    )


@pytest.fixture
def desktop(machine):
    return replace(machine("no-accelerator-windows"), gpus=(RTX, ARC, UHD))


def test_an_adapter_of_directx_is_known_by_its_number(desktop):
    assert gpu_of(row("DML.1", "whatever it is called"), desktop) is ARC


def test_cuda_is_nvidia_s(desktop):
    assert gpu_of(row("CUDA"), desktop) is RTX


def test_openvino_s_name_is_the_maker_s_with_a_word_behind_it(desktop):
    assert gpu_of(row("GPU.1", "Intel(R) Arc(TM) A770 Graphics (dGPU)"), desktop) is ARC
    assert gpu_of(row("GPU.0", "Intel(R) UHD Graphics 770 (iGPU)"), desktop) is UHD


def test_where_the_names_differ_that_word_tells_a_card_from_the_processor_s(desktop):
    linux = replace(desktop, gpus=(replace(UHD, name="Intel a"), replace(ARC, name="Intel b")))
    assert gpu_of(row("GPU.1", "Intel(R) Arc(TM) A770 Graphics (dGPU)"), linux).name == "Intel b"
    assert gpu_of(row("GPU.0", "Intel(R) UHD Graphics 770 (iGPU)"), linux).name == "Intel a"
    assert gpu_of(row("GPU.0", "Something else"), linux) is None


def test_the_only_one_of_intel_s_needs_no_name(desktop):
    assert gpu_of(row("GPU"), replace(desktop, gpus=(RTX, UHD))) is UHD


def test_a_processor_is_none(desktop):
    assert gpu_of(row("CPU"), desktop) is None
    assert gpu_of(row("GPU"), replace(desktop, gpus=None)) is None
