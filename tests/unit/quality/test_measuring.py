"""A plan is carried out, and goes on where it was ended."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from quality.holes import Kind
from quality.measuring import measure
from quality.plans import PLANS
from quality.records import read_records

PLAN = replace(
    PLANS["ways"],
    models=("one", "other/form"),
    ways=("product", "peer-llm-ls"),
    kinds=(Kind.SINGLE_LINE,),
    per_kind=3,
)


@pytest.fixture
def opened(scripted_engine):
    """Note which models are opened, and have each write a number."""

    @asynccontextmanager
    async def open_model(model):
        open_model.models.append(model)
        yield scripted_engine(lambda _: [("\n    return 1", -0.5), ("\n", -0.1)])

    open_model.models = []
    return open_model


async def test_each_way_fills_the_plans_holes_with_each_model(opened, tmp_path):
    await measure([PLAN], tmp_path, opened)
    assert opened.models == ["one", "other/form"]
    for folder in ("one", "other-form"):
        ours = read_records(tmp_path / folder / "product.jsonl")
        theirs = read_records(tmp_path / folder / "peer-llm-ls.jsonl")
        assert len({record.id for record in ours}) == 3
        assert [record.id for record in ours] == [record.id for record in theirs]


async def test_how_probable_the_answer_was_is_kept(opened, tmp_path):
    await measure([replace(PLAN, models=("one",), ways=("product",))], tmp_path, opened)
    for record in read_records(tmp_path / "one" / "product.jsonl"):
        assert record.said[0].log_prob == -0.5
        if record.is_shown:
            assert record.confidence == pytest.approx(2.718281828**-0.5)


async def test_what_is_there_is_not_filled_again(opened, tmp_path):
    await measure([replace(PLAN, models=("one",))], tmp_path, opened)
    file = tmp_path / "one" / "product.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:1]), encoding="utf-8")
    await measure([PLAN], tmp_path, opened)
    assert [record.id for record in read_records(file)] == [
        record.id for record in read_records(tmp_path / "one" / "peer-llm-ls.jsonl")
    ]
    opened.models.clear()
    await measure([PLAN], tmp_path, opened)
    assert opened.models == [], "a model was opened for nothing"
