"""What is Optimum Intel's own: its compile cache, its state, where it runs."""

import shutil

import pytest


@pytest.fixture(scope="module")
def script(open_asked):
    return open_asked("convert", "optimum_inside")


@pytest.fixture
def look(script, tmp_path):
    """Look at a loaded model from inside."""

    def run(at, model, device="CPU"):
        return script.ask(at, model, tmp_path / "cache", device)

    return run


@pytest.fixture(scope="session")
def tiny_folder(find_model):
    return find_model("tiny-phi3", "openvino-fp16")


def test_the_second_load_comes_from_the_compile_cache(look, tiny_folder):
    first, second = (look("compiled", tiny_folder) for _ in range(2))
    assert (first["fromCache"], second["fromCache"]) == (False, True)
    assert first["text"] == second["text"]
    # It is in its folder, and nowhere else.
    assert first["blobs"] == second["blobs"] == 1


def test_the_hints_reach_the_compiled_model(look, tiny_folder):
    told = look("compiled", tiny_folder)
    assert told["hint"] == "LATENCY"
    assert told["streams"] == "1"
    assert told["devices"] == ["CPU"]


def test_a_prompt_is_computed_in_chunks_and_the_state_is_cut_where_prompts_part(look, tiny_folder):
    told = look("state", tiny_folder)
    assert len(told["chunkTokens"]) > 10
    assert max(told["chunkTokens"]) <= 32
    assert told["tokensAfterTheCut"] == [told["common"]]
    assert told["again"] == told["fresh"]


def test_a_device_that_refuses_a_cut_state_reuses_nothing_and_writes_the_same(look, tiny_folder):
    told = look("refusing", tiny_folder)
    assert told["prefixReuse"] is False
    assert told["cached"] == [0, 0]
    assert told["texts"][0] == told["texts"][1] == told["expected"]


def test_a_device_that_is_not_there_is_refused_by_name(look, tiny_folder):
    told = look("refused", tiny_folder, device="GPU.7")
    assert told["error"] == "AcceleratorUnusable"
    assert "GPU.7" in told["message"]
    assert "CPU" in told["message"]


def test_running_elsewhere_than_asked_is_refused(look, tiny_folder):
    told = look("elsewhere", tiny_folder)
    assert told["error"] == "AcceleratorUnusable"
    assert "CPU" in told["message"]


def test_a_folder_without_a_graph_is_damage(look, tiny_folder, tmp_path):
    shutil.copytree(tiny_folder, tmp_path / "cut")
    (tmp_path / "cut" / "openvino_model.xml").unlink()
    told = look("refused", tmp_path / "cut")
    assert told["error"] == "ModelDamaged"
    assert "cut" in told["message"]


def test_weights_that_are_cut_off_are_refused_with_a_remedy(look, tiny_folder, tmp_path):
    shutil.copytree(tiny_folder, tmp_path / "cut")
    weights = tmp_path / "cut" / "openvino_model.bin"
    weights.write_bytes(weights.read_bytes()[:-1000])
    told = look("refused", tmp_path / "cut")
    assert told["error"] in ("AcceleratorUnusable", "ModelDamaged")
    assert told["remedy"]


def test_the_probe_finds_the_processor(look, tiny_folder):
    assert "CPU" in look("probe", tiny_folder)["devices"]
