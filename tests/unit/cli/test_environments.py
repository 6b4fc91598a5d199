"""`phi-sidecar environments` as scripts use it."""

import json
from pathlib import Path

import pytest

NAMES = ["openvino", "directml", "npu", "convert"]


@pytest.fixture(scope="module")
def shared(make_house):
    """A house where nothing is set up."""
    return make_house()


def test_every_runtime_is_listed_with_what_it_would_take(shared):
    ended = shared.run("environments", "list", "--json")
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)
    assert [row["name"] for row in rows] == NAMES
    for row in rows:
        assert row["state"] == "missing"
        assert row["bytesOnDisk"] == 0
        assert 50_000_000 < row["downloadBytes"] < row["installBytes"]


def test_the_list_for_people_has_a_line_for_each(shared):
    ended = shared.run("environments", "list")
    lines = [line for line in ended.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[:2] for line in lines] == [[name, "missing"] for name in NAMES]
    assert all("MB to download" in line for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_names_every_package_with_its_size(shared, name):
    plan = json.loads(shared.run("environments", "plan", name, "--json").stdout)
    assert sum(package["bytes"] for package in plan["packages"]) == plan["downloadBytes"]
    told = shared.run("environments", "plan", name).stdout
    assert all(f"  {each['name']} {each['version']} (" in told for each in plan["packages"])
    assert f"{len(plan['packages'])} packages. Download: " in told


def test_preparing_one_that_is_there_tells_its_python(house):
    ended = house.run("environments", "prepare", "openvino", "--json")
    assert ended.returncode == 0, ended.stderr
    prepared = json.loads(ended.stdout)
    assert prepared["name"] == "openvino"
    assert Path(prepared["python"]).exists()


def test_removing_one_that_is_not_there_is_no_error(shared):
    ended = shared.run("environments", "remove", "npu", "--json")
    assert json.loads(ended.stdout) == {"name": "npu", "removed": True, "bytesFreed": 0}


@pytest.mark.parametrize("action", ["plan", "prepare", "remove"])
def test_an_environment_that_is_not_known_is_told(shared, action):
    ended = shared.run("environments", action, "cuda")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "no runtime environment called 'cuda'" in ended.stderr
    assert "openvino, directml, npu, convert" in ended.stderr
