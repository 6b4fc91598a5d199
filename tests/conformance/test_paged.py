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


def test_a_model_that_keeps_something_else_is_left_to_the_library(inside, find_model, tmp_path):
    model = find_model("tiny-phi3", "openvino-fp16")
    assert "its state" in inside.ask("refused_for_another_state", model, tmp_path)
