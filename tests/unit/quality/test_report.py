"""The tables of the documentation are made from the plans' records."""

import math

import pytest
from quality import manifest, report
from quality.filling import Said
from quality.plans import PLANS
from quality.records import as_line
from quality.strategies import NAMES


@pytest.fixture
def keep(tmp_path, record):
    """Keep records of a plan's first holes, as a run would."""

    def write(plan, way, count, **told):
        ids = sorted(manifest.ids(PLANS[plan].groups, PLANS[plan].kinds, PLANS[plan].per_kind))
        folder = report.folder_of(tmp_path, PLANS[plan].models[0])
        folder.mkdir(exist_ok=True)
        with (folder / f"{way}.jsonl").open("w", encoding="utf-8") as file:
            for number, id in enumerate(ids[:count]):
                sure = (number % 10 + 1) / 10
                usual = {
                    "first_half": number % 2 == 0,
                    "said": (Said("x", 1, math.log(sure)),),
                    "confidence": sure,
                    "verdict": "passed" if sure > 0.5 else "failed",
                }
                file.write(as_line(record(id, **{**usual, **told})))
            file.write(as_line(record("of another plan")))
        return tmp_path

    return write


def test_a_plan_of_which_nothing_is_there_is_left_out(tmp_path):
    assert report.markdown(tmp_path) == ""


def test_the_ways_are_compared_with_the_best_of_the_peers(keep):
    keep("ways", "product", 40)
    keep("ways", "peer-llm-ls", 40, verdict="failed")
    told = report.markdown(keep("ways", "peer-cody", 40))
    assert "**starter, 40 holes**" in told
    assert "points more than peer-cody" in told


def test_a_run_that_was_ended_is_told(keep):
    keep("ways", "product", 40)
    told = report.markdown(keep("ways", "continuation", 30))
    assert "(not finished: continuation)" in told


def test_certainty_is_told_by_setting_by_threshold_and_by_score(keep):
    keep("ways", "product", 1)
    told = report.markdown(keep("certainty", "product", 100))
    assert "| likely" in told
    assert "| mean of the first line" in told
    assert "| 0.5 " in told


def test_what_a_setting_leaves_is_told_of_code_that_nothing_was_fitted_on(keep):
    told = report.markdown(keep("sets", "product", 60, group="c", verdict=None))
    assert "| c     | likely  | 60 |" in told


def test_a_plan_names_what_there_is():
    for plan in PLANS.values():
        assert set(plan.ways) <= set(NAMES)
        assert set(plan.groups) <= set(manifest.groups())
        assert plan.per_kind <= manifest.MOST_PER_KIND
    assert sum(plan.minutes for plan in PLANS.values()) < 40
