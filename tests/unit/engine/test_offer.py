"""Which model is recommended, and when it is offered instead of the starter."""

from dataclasses import replace
from pathlib import Path

import pytest
from phi_sidecar.accelerators.demand import Demand
from phi_sidecar.engine.offer import Candidate, Moment, offered, recommend
from phi_sidecar.machine.devices import Gpu, Maker
from phi_sidecar.models.catalog import Chosen, FolderSource, load_catalog

GB = 1_000_000_000
RESERVE = GB // 2
CARD = Gpu("Card 770", Maker.INTEL, 0x8086, 0x56A0, discrete=True, own_bytes=8 * GB)
MODELS = load_catalog().models


def candidate(id, needs_bytes, **more):
    model = MODELS[id]
    build = model.builds[0]
    chosen = Chosen(model, build, build.quantizations[0])
    facts = {"here": False, "under_way": False, "fetch_bytes": 2 * GB} | more
    return Candidate(chosen, Demand(needs_bytes), **facts)


STARTER = candidate("starter", GB // 2, here=True, fetch_bytes=0)
PHI_3 = candidate("phi-3-mini-4k-instruct", 4 * GB)
PHI_35 = candidate("phi-3.5-mini-instruct", 3 * GB)
NOW = Moment(available_bytes=6 * GB, reserve_bytes=RESERVE, connected=True)


def recommended(*candidates, total_bytes=16 * GB):
    found = recommend(candidates, total_bytes, RESERVE)
    return found and (found.best.chosen.model.id, found.why)


def offer(*candidates, moment=NOW):
    return offered(candidates, recommend(candidates, 16 * GB, RESERVE), moment)


def test_the_first_that_is_more_able_than_the_starter_is_recommended_and_offered():
    assert recommended(STARTER, PHI_3, PHI_35) == (
        "phi-3-mini-4k-instruct",
        "More able than the starter; fits this PC.",
    )
    found = offer(STARTER, PHI_3, PHI_35)
    assert (found.model, found.quantization) == ("phi-3-mini-4k-instruct", "int4")
    assert found.download_bytes == 2 * GB


def test_one_that_the_memory_of_this_pc_does_not_hold_gives_way():
    assert recommended(STARTER, PHI_3, PHI_35, total_bytes=4 * GB)[0] == "phi-3.5-mini-instruct"
    assert recommended(STARTER, PHI_3, total_bytes=4 * GB) == (
        "starter",
        "The others need more memory than this PC has.",
    )


def test_a_card_is_judged_by_its_own_memory():
    on_card = replace(PHI_3, takes=Demand(4 * GB, CARD))
    assert recommended(STARTER, on_card, total_bytes=2 * GB) == (
        "phi-3-mini-4k-instruct",
        "More able than the starter; fits the Card 770.",
    )


def test_what_borrows_of_the_pc_s_memory_is_not_said_to_fit_the_card():
    small = replace(CARD, own_bytes=4 * GB)
    on_card = replace(PHI_3, takes=Demand(4 * GB, small))
    assert recommended(STARTER, on_card)[1].endswith("fits this PC.")


def test_nothing_is_recommended_where_there_is_no_choice():
    assert recommended() is None
    assert recommended(STARTER) is None


def test_how_able_a_model_of_the_person_s_own_is_is_left_to_them():
    source = FolderSource(Path("mine"))
    builds = (replace(PHI_3.chosen.build, source=source),)
    model = replace(PHI_3.chosen.model, builds=builds)
    mine = replace(PHI_3, chosen=replace(PHI_3.chosen, model=model))
    assert recommended(mine, PHI_35, STARTER)[0] == "phi-3.5-mini-instruct"
    assert recommended(mine, STARTER) is None


@pytest.mark.parametrize(
    "moment",
    [replace(NOW, connected=False), replace(NOW, available_bytes=4 * GB)],
    ids=["no network", "too little memory now"],
)
def test_nothing_is_offered_that_cannot_be_had_or_run_now(moment):
    assert offer(STARTER, PHI_3, moment=moment) is None


@pytest.mark.parametrize(
    "more",
    [{"here": True}, {"under_way": True}, {"fetch_bytes": None}],
    ids=["here", "being fetched", "to be converted"],
)
def test_nothing_is_offered_where_that_model_is(more):
    assert offer(STARTER, replace(PHI_3, **more)) is None


@pytest.mark.parametrize("more", [{"here": True}, {"under_way": True}])
def test_nothing_is_offered_beside_another_better_one_that_is_here_or_on_its_way(more):
    assert offer(STARTER, PHI_3, replace(PHI_35, **more)) is None
