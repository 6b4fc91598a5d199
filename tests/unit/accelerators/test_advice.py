from dataclasses import replace

import pytest
from phi_sidecar.accelerators.advice import advised
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Memory

GB = 1_000_000_000
CPU = Accelerator(
    id="openvino-genai/CPU",
    backend="openvino-genai",
    device="CPU",
    name="CPU (OpenVINO)",
    present=True,
    runtime_installed=True,
    usable=True,
    active=False,
    model="Phi-3 mini",
    quantization="int4",
)
DML = replace(
    CPU,
    id="onnxruntime-genai/DML.0",
    backend="onnxruntime-genai",
    device="DML.0",
    name="GPU (DirectML)",
    device_name="NVIDIA GeForce RTX 2070",
)


@pytest.fixture
def desktop(machine):
    return machine("desktop-nvidia-windows")


def only(row, needed, machine):
    (told,) = advised([row], {row.id: needed}, machine)
    return told


def test_a_model_that_fits_leaves_the_row_as_it_is(desktop):
    told = only(CPU, 4 * GB, desktop)
    assert (told.usable, told.reason, told.remedy) == (True, None, None)


def test_a_model_that_is_larger_than_the_machine_s_memory_cannot_be_used(desktop):
    small = replace(desktop, memory=Memory(4 * GB, 3 * GB))
    told = only(CPU, 9 * GB, small)
    assert not told.usable
    assert told.reason == "There are 4.0 GB of memory for it; Phi-3 mini needs about 9.0 GB."
    assert "smaller" in told.remedy
    assert not told.recommended


def test_a_model_for_which_too_little_is_free_can_be_used_with_a_word_of_warning(desktop):
    full = replace(desktop, memory=Memory(8 * GB, 2 * GB))
    told = only(CPU, 4 * GB, full)
    assert told.usable
    assert told.reason == "2.0 GB of memory are free; Phi-3 mini needs about 4.0 GB."
    assert told.remedy.startswith("Close other programs")


def test_what_the_active_one_gives_back_counts_as_free(desktop):
    full = replace(desktop, memory=Memory(8 * GB, 2 * GB))
    active = replace(CPU, id="openvino-genai/GPU", device="GPU", active=True)
    told = advised([active, CPU], {active.id: 3 * GB, CPU.id: 4 * GB}, full)
    assert {row.id: row.reason for row in told} == {active.id: None, CPU.id: None}


def test_the_active_one_is_never_called_too_large(desktop):
    tiny = replace(desktop, memory=Memory(1 * GB, 0))
    assert only(replace(CPU, active=True), 4 * GB, tiny).usable


def test_a_card_s_own_memory_counts_and_not_what_is_free_of_the_machine_s(desktop):
    full = replace(desktop, memory=Memory(8 * GB, 1 * GB))
    assert only(DML, 4 * GB, full).reason is None
    told = only(DML, 30 * GB, full)
    assert not told.usable
    assert "are 25.6 GB of memory" in told.reason


def test_where_the_system_does_not_tell_of_memory_nothing_is_said(desktop):
    untold = replace(desktop, memory=None)
    assert only(CPU, 400 * GB, untold).usable


def test_what_has_no_model_needs_no_memory(desktop):
    (told,) = advised([replace(CPU, model=None)], {}, desktop)
    assert told.usable


def test_the_usable_stay_first_when_one_turns_out_too_large(desktop):
    small = replace(desktop, memory=Memory(4 * GB, 3 * GB))
    told = advised([CPU, DML], {CPU.id: 9 * GB, DML.id: 9 * GB}, small)
    assert [(row.id, row.usable, row.recommended) for row in told] == [
        (DML.id, True, True),
        (CPU.id, False, False),
    ]


def test_a_model_larger_than_a_card_can_be_used_with_a_word_on_its_speed(desktop):
    told = only(DML, 9 * GB, desktop)
    assert told.usable
    assert told.reason == (
        "The card's own memory is 8.4 GB; Phi-3 mini needs about 9.0 GB:"
        " the rest is the PC's, and much slower."
    )


def test_a_card_of_unknown_size_is_not_judged_by_the_machine_s_memory(machine):
    linux = replace(machine("desktop-nvidia-linux"), memory=Memory(4 * GB, 1 * GB))
    cuda = replace(DML, id="onnxruntime-genai/CUDA", device="CUDA")
    told = only(cuda, 9 * GB, linux)
    assert (told.usable, told.reason) == (True, None)


def test_what_an_active_one_on_a_card_gives_back_is_not_free_for_the_processor(desktop):
    full = replace(desktop, memory=Memory(8 * GB, 2 * GB))
    active = replace(DML, active=True)
    told = advised([active, CPU], {active.id: 3 * GB, CPU.id: 4 * GB}, full)
    assert next(row for row in told if row.id == CPU.id).reason.startswith("2.0 GB of memory")
