from dataclasses import replace

import pytest
from phi_sidecar.doctor.findings import (
    Examination,
    ExaminedEnvironment,
    ExaminedModel,
    Finding,
)
from phi_sidecar.doctor.machine import Machine
from phi_sidecar.doctor.markdown import report
from phi_sidecar.doctor.workers import RunningWorker
from phi_sidecar.generated.protocol import Accelerator, ModelInfo, Phase, Status

CPU = Accelerator(
    id="openvino-genai/CPU",
    backend="openvino-genai",
    device="CPU",
    name="CPU (OpenVINO)",
    present=True,
    runtime_installed=True,
    usable=True,
    active=True,
    device_name="AMD EPYC",
    tokens_per_second=97.46,
)
NPU = replace(
    CPU,
    id="openvino-genai/NPU",
    usable=False,
    active=False,
    reason="No NPU | found.",
    remedy="Install its driver.",
    remedy_url="https://example.com/npu",
    device_name=None,
    tokens_per_second=None,
)
STARTER = ModelInfo(id="starter", name="SmolLM2", quantization="q4_1", starter=True)


@pytest.fixture
def examination():
    return Examination(
        machine=Machine(
            python="3.11.7 (CPython)",
            system="Debian 12",
            architecture="x86_64",
            processor="AMD EPYC",
            features=["AVX2", "AVX-512 VNNI"],
            cores=2,
            usable_threads=4,
            memory_bytes=16_000_000_000,
            memory_free_bytes=8_000_000_000,
            disk_free_bytes=5_000_000_000,
        ),
        findings=[Finding("disk", True, "5.0 GB free")],
        environments=[ExaminedEnvironment("openvino", "ready", ["openvino 2026.4.1"])],
        models=[ExaminedModel(STARTER, "ready", 92_000_000, 91_000_000)],
        accelerators=[CPU, NPU],
        selected_model="starter",
        workers=[RunningWorker(42, "OpenVinoGenAi on CPU", 480_000_000, 125.0)],
        window=None,
    )


def section(text, title):
    return text.partition(f"## {title}\n\n")[2].partition("\n\n##")[0]


def test_when_all_is_well_it_says_so_first(examination):
    assert report(examination).splitlines()[2] == "Everything that was looked at is well."


def test_what_is_not_well_comes_first_with_what_to_do(examination):
    full = Finding("disk", False, "0.2 GB free", "Make room.")
    text = report(replace(examination, findings=[full]))
    assert "Everything" not in text
    assert section(text, "What to do") == "- **disk**: 0.2 GB free Make room."


def test_each_accelerator_has_its_device_its_state_its_speed_and_what_to_do(examination):
    rows = section(report(examination), "Accelerators").splitlines()
    assert rows[2] == "| openvino-genai/CPU (selected) | AMD EPYC | usable | 97.5 |  |"
    assert rows[3] == (
        "| openvino-genai/NPU |  | not usable |  "
        "| No NPU \\| found. Install its driver. https://example.com/npu |"
    )


def test_an_accelerator_whose_runtime_is_missing_is_usable_once_set_up(examination):
    row = replace(CPU, runtime_installed=False)
    assert "| usable once set up |" in report(replace(examination, accelerators=[row]))


def test_the_machine_the_runtimes_the_models_and_the_workers_are_told(examination):
    text = report(examination)
    assert "| Its features | AVX2, AVX-512 VNNI |" in text
    assert "| Cores | 2 cores, 4 threads usable |" in text
    assert "| openvino | ready | openvino 2026.4.1 |" in text
    assert "| starter (selected) | SmolLM2 | q4_1 | ready | 92 MB |" in text
    assert "| 42 | OpenVinoGenAi on CPU | 480 MB | 2 min |" in text


def test_a_model_that_is_not_here_is_told_with_its_download(examination):
    missing = ExaminedModel(STARTER, "missing", 0, 91_000_000)
    text = report(replace(examination, models=[missing]))
    assert "| missing | 91 MB to download |" in text


def test_without_a_worker_it_says_that_none_runs(examination):
    assert section(report(replace(examination, workers=[])), "Workers").strip() == "None runs."


def test_a_window_tells_what_answers_in_it_and_what_went_wrong(examination):
    status = Status(
        phase=Phase.ready,
        accelerator="openvino-genai/CPU",
        accelerator_name="CPU (OpenVINO)",
        model=STARTER,
        executing_device="CPU",
        tokens_per_second=97.46,
        context_window=8192,
        reason="It died.",
        remedy="It is being restarted.",
    )
    rows = section(report(replace(examination, window=status)), "This window")
    for told in (
        "| State | ready |",
        "| Accelerator | CPU (OpenVINO) |",
        "| Executes on | CPU |",
        "| Context window | 8192 tokens |",
        "| Newest speed | 97.5 tokens/s |",
        "| Reason | It died. It is being restarted. |",
    ):
        assert told in rows


def test_what_a_runtime_says_cannot_write_markdown_of_its_own(examination):
    nasty = replace(NPU, reason="<img src=x>\n# `a` [go](command:x) *b*", remedy=None)
    text = report(replace(examination, accelerators=[nasty]))
    assert "\\<img src=x> # \\`a\\` [go]\\(command:x) \\*b\\*" in text
