from dataclasses import replace

import pytest
from phi_sidecar.accelerators.ranking import Place, place_of, recommend
from phi_sidecar.machine.devices import Gpu, Maker

LONGEST_BRIEF = 36
"""More does not fit a line of the list beside a device's name and what is fetched."""

CPU, GPU, NPU = "openvino-genai/CPU", "openvino-genai/GPU", "openvino-genai/NPU"
DML = "onnxruntime-genai/DML.0"


def recommended(rows):
    return {row.id: row.recommendation for row in rows if row.recommended}


def without(rows, *ids):
    return [replace(row, usable=False) if row.id in ids else row for row in rows]


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("meteor-lake-windows", GPU),
        ("lunar-lake-windows", GPU),
        ("lunar-lake-linux", GPU),
        ("amd-laptop-windows", CPU),
        ("amd-laptop-linux", CPU),
        ("qualcomm-laptop-windows", DML),
        ("desktop-nvidia-windows", DML),
        ("desktop-nvidia-linux", CPU),
        ("no-accelerator-linux", CPU),
    ],
)
def test_each_machine_has_one_recommendation_with_its_reason(lists, machine, name, best):
    found = recommended(lists.listed(machine(name)))
    assert list(found) == [best]
    assert found[best].endswith(".")


def test_what_is_recommended_is_first_in_the_list(lists, machine, recorded_name):
    first = lists.listed(machine(recorded_name))[0]
    assert first.recommended


def test_what_was_measured_to_be_clearly_faster_is_first_in_the_list_too(lists, machine):
    listed = lists.listed(machine("meteor-lake-windows"), measured={GPU: 10.0, CPU: 12.5})
    assert [row.id for row in listed[:2]] == [CPU, GPU]


def test_of_those_that_cannot_be_used_what_is_in_the_machine_comes_first(lists, machine):
    here = machine("amd-laptop-windows")
    (boost,) = machine("meteor-lake-windows").npus
    broken = replace(here, npus=(replace(boost, driver_version="31.0.100.1"),))
    unusable = [row for row in lists.listed(broken) if not row.usable]
    assert [row.present for row in unusable] == [True, True, *[False] * (len(unusable) - 2)]
    assert {row.device for row in unusable[:2]} == {"NPU"}


def test_the_reason_is_told_in_a_few_words_as_well(lists, machine, recorded_name):
    listed = lists.listed(machine(recorded_name))
    first = listed[0]
    assert 0 < len(first.recommendation_brief) <= LONGEST_BRIEF < len(first.recommendation)
    assert {row.recommendation_brief for row in listed[1:]} == {None}


def test_every_place_has_its_few_words(lists, machine):
    here = machine("lunar-lake-windows")
    rows = lists.listed(here)
    told = set()
    while best := recommend(rows, here):
        assert len(best.why.brief) <= LONGEST_BRIEF
        told.add(best.why.brief)
        rows = without(rows, best.id)
    assert told == {
        "quick, leaves the cores free",
        "draws the least power",
        "keeps suggesting during a chat",
        "measuring may name a better one",
        "the only one here",
    }


def test_a_fast_npu_comes_before_the_processor_and_a_slow_one_behind(lists, machine):
    for name, best in (("lunar-lake-windows", NPU), ("meteor-lake-windows", CPU)):
        here = machine(name)
        rows = without(lists.listed(here), GPU)
        assert recommend(rows, here).id == best, name


def test_who_has_a_fast_npu_is_told_of_it_beside_the_graphics(lists, machine):
    assert "battery" in recommended(lists.listed(machine("lunar-lake-windows")))[GPU]
    assert "battery" not in recommended(lists.listed(machine("meteor-lake-windows")))[GPU]


def test_a_card_of_intel_s_comes_first_through_openvino(lists, machine):
    here = machine("meteor-lake-windows")
    arc = Gpu("Arc A770", Maker.INTEL, 0x8086, 0x56A0, True, 16 << 30, 8 << 30, directx_index=1)
    both = replace(here, gpus=(*here.gpus, arc))
    rows = lists.listed(both)
    assert [row.id for row in rows[:2]] == ["openvino-genai/GPU.1", "openvino-genai/GPU.0"]
    assert [place_of(row, both) for row in rows[:2]] == [Place.CARD, Place.CORE_ULTRA_GRAPHICS]
    assert rows[0].recommended


def test_older_intel_graphics_come_behind_the_processor(lists, machine):
    here = replace(machine("meteor-lake-windows"), npus=())
    assert list(recommended(lists.listed(here))) == [CPU]


def test_the_same_device_through_a_runtime_that_can_do_less_is_never_the_first(lists, machine):
    here = machine("lunar-lake-windows")
    rows = lists.listed(here)
    behind = [row.id for row in rows if place_of(row, here) is Place.ANOTHER_WAY and row.usable]
    assert {"intel-npu/NPU", DML, "onnxruntime-genai/CPU"} <= set(behind)


def test_of_those_that_can_do_less_none_is_called_the_only_one_or_the_best(lists, machine):
    here = machine("lunar-lake-windows")
    lesser = without(lists.listed(here), CPU, GPU, NPU)
    assert recommend(lesser, here).why.full == (
        "Of those that can be used here none is known to be better."
        " Measuring them tells which is the fastest."
    )


def test_one_that_is_alone_is_said_to_be(lists, machine):
    here = machine("no-accelerator-linux")
    rows = lists.listed(here)
    last = [row for row in rows if row.id == "openvino-optimum/CPU"]
    assert recommend(last, here).why.full == "There is no other here to choose from."


def test_of_those_that_can_do_less_the_one_measured_to_be_quicker_is_recommended(lists, machine):
    here = machine("lunar-lake-windows")
    measured = {DML: 8.0, "openvino-optimum/CPU": 8.4}
    lesser = without(lists.listed(here, measured=measured), CPU, GPU, NPU)
    best = recommend(lesser, here)
    assert best.id == "openvino-optimum/CPU"
    assert best.why.full == ("Measured here, it writes 8.4 tokens/s; GPU (DirectML) writes 8.0.")
    assert best.why.brief == "measured to be faster here"


def test_of_those_that_can_do_less_one_measured_alone_comes_first_without_a_comparison(
    lists, machine
):
    here = machine("lunar-lake-windows")
    lesser = without(lists.listed(here, measured={"openvino-optimum/CPU": 8.0}), CPU, GPU, NPU)
    best = recommend(lesser, here)
    assert best.id == "openvino-optimum/CPU"
    assert "none is known to be better" in best.why.full


def test_of_the_same_place_a_smaller_model_s_speed_counts_for_nothing(lists, machine):
    here = machine("lunar-lake-windows")
    measured = {"intel-npu/NPU": 8.0, DML: 80.0}
    lesser = without(lists.listed(here, measured=measured), CPU, GPU, NPU)
    small = [replace(row, model="A small one") if row.id == DML else row for row in lesser]
    assert recommend(small, here).id == "intel-npu/NPU"


def test_none_is_called_faster_than_one_that_writes_more(lists, machine):
    here = machine("lunar-lake-windows")
    measured = {"intel-npu/NPU": 3.0, DML: 5.0}
    lesser = without(lists.listed(here, measured=measured), CPU, GPU, NPU)
    # Most of the others run a model that was not measured.
    rows = [
        replace(row, model="The usual" if row.id not in measured else "Another")
        for row in lesser
        if row.model is not None
    ]
    rows.sort(key=lambda row: row.id != "intel-npu/NPU")
    best = recommend(rows, here)
    assert best.id == DML or not best.why.full.startswith("Measured")


def test_nothing_usable_is_no_recommendation(lists, machine):
    here = machine("no-accelerator-linux")
    rows = [replace(row, usable=False) for row in lists.listed(here)]
    assert recommend(rows, here) is None


def test_what_answers_without_a_model_is_not_recommended(lists, machine):
    here = machine("no-accelerator-linux")
    rows = [row for row in lists.listed(here) if row.model is None]
    assert any(row.usable for row in rows)
    assert recommend(rows, here) is None


def test_one_that_was_measured_to_be_clearly_faster_outranks_the_first(lists, machine):
    here = machine("meteor-lake-windows")
    found = recommended(lists.listed(here, measured={GPU: 10.0, CPU: 12.5}))
    why = "Measured here, it writes 12 tokens/s; Intel GPU (OpenVINO) writes 10."
    assert found == {CPU: why}


def test_one_that_is_little_faster_does_not(lists, machine):
    here = machine("meteor-lake-windows")
    assert list(recommended(lists.listed(here, measured={GPU: 10.0, CPU: 12.4}))) == [GPU]


def test_one_that_does_one_request_at_a_time_has_to_be_twice_as_fast(lists, machine):
    here = machine("meteor-lake-windows")
    assert list(recommended(lists.listed(here, measured={GPU: 10.0, NPU: 19.9}))) == [GPU]
    assert list(recommended(lists.listed(here, measured={GPU: 10.0, NPU: 20.0}))) == [NPU]


def test_a_measurement_of_one_alone_says_nothing(lists, machine):
    here = machine("meteor-lake-windows")
    assert list(recommended(lists.listed(here, measured={CPU: 99.0}))) == [GPU]


def test_speeds_of_different_models_are_not_compared(lists, machine):
    here = machine("meteor-lake-windows")
    rows = lists.listed(here, measured={GPU: 10.0, CPU: 99.0})
    small = [replace(row, model="A small one") if row.id == CPU else row for row in rows]
    assert recommend(small, here).id == GPU


def test_of_several_that_outrank_the_first_the_fastest_is_taken(lists, machine):
    here = machine("meteor-lake-windows")
    measured = {GPU: 10.0, CPU: 20.0, "onnxruntime-genai/CPU": 30.0}
    assert list(recommended(lists.listed(here, measured=measured))) == ["onnxruntime-genai/CPU"]
