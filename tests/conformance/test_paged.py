"""Paged attention, which the processor is driven with: what its graph takes and its blocks hold."""

import pytest


@pytest.fixture(scope="module")
def inside(open_asked):
    return open_asked("openvino", "paged_inside")


@pytest.mark.parametrize("precision", ["f16", "u8", "u4"])
def test_a_copied_block_holds_what_the_first_one_does(inside, find_model, precision):
    off, size = inside.ask("off_in_a_copy", find_model("tiny-phi3", "openvino-int8"), precision)
    assert size > 0.1
    assert off < 1e-5 * size


@pytest.mark.parametrize(("how", "why"), [("counting", "its state"), ("scaled", "the logits")])
def test_a_model_of_another_kind_is_left_to_the_library(inside, find_model, tmp_path, how, why):
    model = find_model("tiny-phi3", "openvino-fp16")
    assert why in inside.ask("refused", model, tmp_path, how)
