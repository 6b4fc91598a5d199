import json

import pytest
from phi_sidecar.cli.measure import comparison
from phi_sidecar.generated import protocol as p

CPU = p.AcceleratorMeasurement(
    id="openvino-genai/CPU",
    name="CPU (OpenVINO)",
    model="Phi-3 mini",
    quantization="int4",
    prompt_tokens=250,
    ttft_ms=2100.4,
    prompt_tokens_per_second=119.0,
    tokens_per_second=11.94,
)


@pytest.fixture(scope="module")
def shared(make_house):
    """A house where nothing is set up; the echo accelerator needs nothing."""
    return make_house()


def test_the_table_has_a_line_for_each_and_says_why_one_is_missing():
    missing = p.AcceleratorMeasurement(id="a/NPU", name="NPU", reason="No.", remedy="Wait.")
    result = p.MeasureAcceleratorsResult(measurements=[CPU, missing], best=CPU.id, why="It is.")
    assert comparison(result).splitlines() == [
        "accelerator         model                 TTFT  prompt tokens/s  tokens/s",
        "openvino-genai/CPU  Phi-3 mini (int4)  2100 ms            119.0      11.9",
        "a/NPU: No. Wait.",
        "Best here: openvino-genai/CPU. It is.",
    ]


def test_where_nothing_was_measured_it_is_said():
    assert comparison(p.MeasureAcceleratorsResult(measurements=[])) == "Nothing was measured."


def test_measuring_prints_json_for_scripts_and_leaves_no_worker(shared):
    ended = shared.run("accelerators", "measure", "echo/echo", "--json")
    assert ended.returncode == 0, ended.stderr
    (echo,) = json.loads(ended.stdout)["measurements"]
    assert echo["id"] == "echo/echo"
    # What it writes of code is a word.
    assert "too soon" in echo["reason"]
    assert shared.workers == []


def test_an_unknown_accelerator_is_refused(shared):
    ended = shared.run("accelerators", "measure", "echo/nonsense")
    assert ended.returncode == 1
    assert "echo/nonsense" in ended.stderr


def test_where_nothing_is_set_up_nothing_is_fetched(shared):
    ended = shared.run("accelerators", "measure", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["best"] is None
    cpu = next(one for one in told["measurements"] if one["id"] == "openvino-genai/CPU")
    assert cpu["reason"] == "Its runtime is not installed."
    assert not shared.paths.models.exists()
    assert not list(shared.paths.environments.glob("*/pyvenv.cfg"))
