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
OPENVINO = ExaminedEnvironment(
    name="openvino",
    state="ready",
    packages=["numpy 2.4.6", "openvino 2026.4.1", "openvino-genai 2026.4.1.0", "tqdm 4.70.1"],
    bytes_on_disk=280_000_000,
    download_bytes=66_000_000,
)


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
        environments=[OPENVINO],
        models=[ExaminedModel(STARTER, "q4_1", "ready", 92_000_000, 91_000_000)],
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
    assert rows[2] == "| openvino-genai/CPU (selected) | AMD EPYC | usable |  | 97.5 |  |"
    assert rows[3] == (
        "| openvino-genai/NPU |  | not usable |  |  "
        "| No NPU \\| found. Install its driver. https://example.com/npu |"
    )


def test_an_accelerator_whose_runtime_is_missing_is_usable_once_set_up(examination):
    row = replace(CPU, runtime_installed=False)
    assert "| usable once set up |" in report(replace(examination, accelerators=[row]))


def test_the_recommended_accelerator_is_marked(examination):
    row = replace(CPU, recommended=True, recommendation="It works everywhere.")
    assert "| usable, recommended |" in report(replace(examination, accelerators=[row]))


def test_graphics_and_npus_are_told_or_that_they_cannot_be(examination):
    told = replace(examination.machine, gpus=["Arc A770, driver xe", "Radeon"], npus=[])
    text = report(replace(examination, machine=told))
    assert "| Graphics | Arc A770, driver xe; Radeon |" in text
    assert "| NPU | none |" in text
    assert "| NPU | cannot be read here |" in report(examination)


def test_the_machine_the_runtimes_the_models_and_the_workers_are_told(examination):
    text = report(examination)
    assert "| Its features | AVX2, AVX-512 VNNI |" in text
    assert "| Cores | 2 cores, 4 threads usable |" in text
    assert "| starter (selected) | SmolLM2 | q4_1 | q4_1 | ready | 92 MB |" in text
    assert "| 42 | OpenVinoGenAi on CPU | 480 MB | 2 min |" in text


def test_an_accelerator_says_what_it_would_run_and_fetch(examination):
    row = replace(CPU, model="Phi-3", quantization="int4", download_bytes=2_780_000_000)
    text = report(replace(examination, accelerators=[row]))
    assert "| usable | Phi-3, int4; 2,780 MB to download | 97.5 |" in text


def test_of_an_environment_s_packages_those_are_told_that_a_bug_may_be_in(examination):
    text = report(examination)
    told = "openvino 2026.4.1, openvino-genai 2026.4.1.0, 2 others"
    assert f"| openvino | ready | {told} | 280 MB |  |" in text
    obstacle = "It is built here, which needs a C++ compiler."
    missing = replace(OPENVINO, state="missing", bytes_on_disk=0, obstacle=obstacle)
    text = report(replace(examination, environments=[missing]))
    assert f"| missing | {told} | 66 MB to download | {obstacle} |" in text


def test_a_model_that_is_not_here_is_told_once_with_its_downloads(examination):
    missing = [
        ExaminedModel(replace(STARTER, quantization=quantization), quantization, "missing", 0, size)
        for quantization, size in (("int4", 2_160_000_000), ("fp16", 7_650_000_000))
    ]
    text = report(replace(examination, models=missing))
    told = "| SmolLM2 | 2 forms | int4, fp16 | missing | 2,160 to 7,650 MB to download |"
    assert text.count("| SmolLM2 |") == 1
    assert told in text
    assert "| q4_1 | missing | 91 MB to download |" in report(
        replace(examination, models=[ExaminedModel(STARTER, "q4_1", "missing", 0, 91_000_000)])
    )


def test_of_a_model_that_is_here_the_forms_that_are_not_are_left_out(examination):
    models = [
        ExaminedModel(STARTER, "original", "missing", 0, 7_650_000_000),
        ExaminedModel(STARTER, "openvino-int4", "missing", 1_000_000_000, 2_160_000_000),
        ExaminedModel(STARTER, "onnx-int4-cpu", "ready", 2_780_000_000, 2_780_000_000),
    ]
    text = report(replace(examination, models=models))
    assert "| openvino-int4 | q4_1 | missing | 1,000 MB |" in text
    assert "| onnx-int4-cpu | q4_1 | ready | 2,780 MB |" in text
    assert "original" not in text


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
