"""Which memory a model takes on the recorded machines, and whether another has room beside it."""

from dataclasses import replace

import pytest
from phi_sidecar.accelerators.demand import NOTHING, Demand, card_of, fits, helps, memory_of
from phi_sidecar.accelerators.graphics import gpu_called

GB = 1_000_000_000
RESERVE = GB // 2
ON_CPU = Demand(4 * GB)


@pytest.fixture
def card(machine):
    """An RTX 2070 with 8.4 GB of its own."""
    return card_of(gpu_called("DML.0", None, machine("desktop-nvidia-windows")))


def room(coming, beside=NOTHING, *, free):
    return fits(coming, beside, free, RESERVE)


def test_a_card_s_memory_is_its_own_and_a_processor_s_graphics_have_the_machine_s(machine):
    desktop, laptop = machine("desktop-nvidia-windows"), machine("meteor-lake-windows")
    assert memory_of(card_of(gpu_called("DML.0", None, desktop)), desktop) == 8_421_113_856
    assert card_of(gpu_called("DML.0", None, laptop)) is None
    assert memory_of(None, laptop) == laptop.memory.total_bytes
    # Linux tells of a card, but not how much memory it has.
    linux = machine("desktop-nvidia-linux")
    assert memory_of(card_of(gpu_called("CUDA", None, linux)), linux) is None


def test_a_model_on_a_card_has_room_beside_one_on_the_processor_whatever_is_free(card):
    assert room(Demand(4 * GB, card), ON_CPU, free=0)


def test_two_models_on_one_card_need_room_in_it_together(card):
    assert room(Demand(4 * GB, card), Demand(3 * GB, card), free=0)
    assert not room(Demand(4 * GB, card), Demand(4 * GB, card), free=100 * GB)


def test_two_models_of_the_machine_s_memory_need_it_both():
    assert room(Demand(4 * GB), ON_CPU, free=4 * GB + RESERVE)
    assert not room(Demand(4 * GB), ON_CPU, free=4 * GB)


def test_what_a_card_cannot_hold_is_taken_from_the_machine(card):
    # 9.7 GB and what is left to the screen, on a card of 8.4 GB.
    large = Demand(9_700_000_000, card)
    assert room(large, ON_CPU, free=3 * GB)
    assert not room(large, ON_CPU, free=2 * GB)


def test_on_a_card_of_unknown_size_there_is_one_model_at_a_time(card):
    untold = replace(card, own_bytes=None)
    assert room(Demand(4 * GB, untold), ON_CPU, free=0)
    assert not room(Demand(4 * GB, untold), Demand(1, untold), free=100 * GB)


def test_what_lies_on_a_card_is_not_sent_away_for_the_machine_s_memory(card):
    assert not helps(Demand(4 * GB, card), ON_CPU)
    assert helps(Demand(4 * GB, card), Demand(4 * GB, card))
    assert helps(ON_CPU, Demand(9 * GB, card))
    assert helps(ON_CPU, ON_CPU)


def test_what_takes_nothing_gives_nothing_back():
    assert not helps(NOTHING, ON_CPU)
