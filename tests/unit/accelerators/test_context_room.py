"""How long Phi-3's context may be on the recorded machines."""

import pytest
from phi_sidecar.accelerators.context_room import LEAST_TOKENS, MOST_TOKENS, room_for
from phi_sidecar.accelerators.demand import card_of, memory_of
from phi_sidecar.accelerators.graphics import gpu_called
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.models.catalog import load_catalog

GB = 1_000_000_000
MINI, MINI_3_5 = "phi-3-mini-4k-instruct", "phi-3.5-mini-instruct"


def kind_of(accelerator):
    backend, device = accelerator.split("/")
    kinds = load_backends().registered[backend].backend.devices
    return next(kind for kind in kinds if kind.device == device)


def context(accelerator, memory_bytes, model=MINI):
    return room_for(load_catalog().models[model], kind_of(accelerator), memory_bytes)


@pytest.mark.parametrize(
    "accelerator",
    ["openvino-genai/CPU", "onnxruntime-genai/CPU", "onnxruntime-genai/DML", "intel-npu/NPU"],
)
@pytest.mark.parametrize("name", ["meteor-lake-windows", "lunar-lake-linux", "amd-laptop-windows"])
def test_on_an_ai_pc_phi_3_has_its_whole_context(machine, name, accelerator):
    room = context(accelerator, machine(name).memory.total_bytes)
    assert (room.tokens, room.short) == (4096, False)


def test_on_a_card_of_8_gb_it_has_its_whole_context(machine):
    desktop = machine("desktop-nvidia-windows")
    card = card_of(gpu_called("DML.0", None, desktop))
    assert context("onnxruntime-genai/DML", memory_of(card, desktop)).tokens == 4096


def test_where_memory_is_short_keys_and_values_take_a_quarter_of_it(machine):
    small = machine("no-accelerator-windows").memory.total_bytes
    room = context("onnxruntime-genai/CPU", small)
    # 32 bits each there: 786 KB for a token.
    assert room.token_bytes == 786_432
    assert (room.tokens, room.short) == (2688, True)
    assert small / 4 - 128 * room.token_bytes < room.bytes <= small / 4
    # OpenVINO keeps them in 8 bits.
    assert context("openvino-genai/CPU", small).tokens == 4096


def test_what_is_free_cuts_it_further_but_not_below_what_is_of_use():
    room = context("onnxruntime-genai/CPU", 32 * GB)
    assert room.within(2 * GB).tokens == 2432
    assert room.within(2 * GB).bytes <= 2 * GB
    assert room.within(-GB).tokens == LEAST_TOKENS
    assert room.within(100 * GB) == room


def test_a_long_context_ends_where_nobody_would_wait_for_it():
    room = context("openvino-genai/CPU", 64 * GB, MINI_3_5)
    assert (room.tokens, room.short) == (MOST_TOKENS, False)
    assert context("openvino-genai/CPU", 8 * GB, MINI_3_5).tokens == 6784


def test_where_several_are_answered_at_once_there_is_room_beside_the_context():
    room = context("openvino-genai/CPU", 32 * GB)
    assert room.bytes == (4096 + room.beside_tokens) * 245_760
    assert room.beside_tokens > 1024
    assert context("onnxruntime-genai/CPU", 32 * GB).beside_tokens == 0
    # It stays, however short the context becomes.
    assert room.within(GB).bytes == (room.within(GB).tokens + room.beside_tokens) * 245_760 <= GB


def test_a_runtime_that_keeps_to_the_unscaled_positions_needs_memory_for_no_more():
    assert context("onnxruntime-genai/CPU", 64 * GB, MINI_3_5).tokens == 4096


def test_the_shapes_of_openvino_s_npu_set_what_it_needs():
    assert context("openvino-genai/NPU", 32 * GB).tokens == 1536


def test_the_starter_reads_all_it_can_on_any_machine():
    assert context("openvino-genai/CPU", 2 * GB, "starter").tokens == 8192


def test_a_system_that_tells_nothing_gives_a_context_that_is_of_use():
    assert context("onnxruntime-genai/CPU", None).tokens == 1280
