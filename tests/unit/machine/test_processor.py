import sys

import pytest
from phi_sidecar.machine import processor

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="Linux's own file")

X86 = """\
processor\t: 0
model name\t: Intel(R) Core(TM) Ultra 7 155H
flags\t\t: fpu sse4_2 avx avx2 fma avx_vnni rdpid
processor\t: 1
model name\t: Intel(R) Core(TM) Ultra 7 155H
flags\t\t: fpu sse4_2
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n\nModel\t\t: Raspberry Pi 5\n"


@pytest.fixture
def cpuinfo(tmp_path, monkeypatch):
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(processor, "_CPUINFO", file)
    return file


def test_the_name_and_what_speeds_up_a_model_are_read(cpuinfo):
    cpuinfo.write_text(X86, encoding="utf-8")
    assert processor.name_of_processor() == "Intel(R) Core(TM) Ultra 7 155H"
    assert processor.features_of_processor() == ["SSE4.2", "AVX", "AVX2", "FMA", "AVX-VNNI"]


def test_an_arm_processor_is_read_as_well(cpuinfo):
    cpuinfo.write_text(ARM, encoding="utf-8")
    assert processor.name_of_processor() == "Raspberry Pi 5"
    assert processor.features_of_processor() == ["NEON", "dot product", "I8MM"]


def test_an_emulated_python_s_processor_is_said_to_be(cpuinfo, monkeypatch):
    monkeypatch.setattr(processor.sysconfig, "get_platform", lambda: "win-amd64")
    monkeypatch.setattr(processor, "_native_machine", lambda: 0xAA64)
    read = processor.read_processor()
    assert (read.architecture, read.emulated) == ("x86_64", True)
    monkeypatch.setattr(processor.sysconfig, "get_platform", lambda: "win-arm64")
    read = processor.read_processor()
    assert (read.architecture, read.emulated) == ("arm64", False)


def test_where_nothing_can_be_read_there_is_still_an_answer(cpuinfo, monkeypatch):
    monkeypatch.setattr(processor.platform, "processor", lambda: "")
    assert processor.name_of_processor() == "unknown"
    assert processor.features_of_processor() == []
