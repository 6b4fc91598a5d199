"""Holes are filled by the sidecar's own path, and told of."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from phi_sidecar.quality.sandbox import Verdict
from quality import humaneval
from quality.holes import Kind
from quality.records import read_records

RUN = Path(__file__).parents[2] / "quality" / "run.py"


@pytest.fixture(scope="module")
def run(make_house):
    """Run the harness as a user who has set up nothing, but for the tasks."""
    house = make_house()
    tasks = humaneval.fetched()
    shutil.copytree(tasks, house.paths.cache.with_name(tasks.parent.name) / tasks.name)

    def call(*arguments):
        said = subprocess.run(
            [sys.executable, str(RUN), *map(str, arguments)],
            env=house.env,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        return said.stdout

    return call


@pytest.fixture(scope="module")
def fill(run):
    """Fill the first hole of each kind with the backend that needs no model."""

    def call(folder, *ways):
        arguments = ("--accelerator", "echo/echo", "--groups", "humaneval", "--per-kind", "1")
        return run("fill", *arguments, "--ways", *ways, "--out", folder)

    return call


@pytest.fixture(scope="module")
def filled(fill, tmp_path_factory):
    """Holes that were filled in two ways: the folder, and what was told of it."""
    folder = tmp_path_factory.mktemp("filled")
    return folder, fill(folder, "product", "peer-llm-ls")


def test_the_same_holes_are_filled_and_judged_in_every_way(filled):
    folder, _ = filled
    ours = read_records(folder / "product.jsonl")
    theirs = read_records(folder / "peer-llm-ls.jsonl")
    assert {record.kind for record in ours} == set(Kind)
    assert [record.id for record in ours] == [record.id for record in theirs]
    for record in (*ours, *theirs):
        assert record.verdict in list(Verdict)
        assert record.outcome == "unsuitablePlace" or record.asked[0].strip()[-5:] in record.before
    assert any(record.prompt_tokens for record in ours)


def test_every_way_is_told_of(filled):
    _, told = filled
    assert "| product" in told
    assert "| peer-llm-ls" in told


def test_tables_can_be_shown_again(run, filled):
    folder, told = filled
    assert run("show", folder) == told


def test_a_run_that_was_ended_goes_on_where_it_was(fill, filled, tmp_path):
    lines = (filled[0] / "product.jsonl").read_text(encoding="utf-8").splitlines()
    marked = {**json.loads(lines[0]), "detail": "of the first run"}
    file = tmp_path / "product.jsonl"
    file.write_text(json.dumps(marked) + "\n", encoding="utf-8")
    fill(tmp_path, "product")
    records = read_records(file)
    assert [record.id for record in records] == [json.loads(line)["id"] for line in lines]
    assert records[0].detail == "of the first run"
