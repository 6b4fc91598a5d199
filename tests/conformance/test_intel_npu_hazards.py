"""What is known to go wrong in the Intel NPU Acceleration Library, with the real library."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def npu_python(environment_python):
    return environment_python("npu")


@pytest.fixture(scope="module")
def script(open_asked):
    return open_asked("npu", "npu_hazards")


@pytest.fixture
def provoke(script, tmp_path):
    """Have a hazard provoked; returns what it says of it."""

    def run(hazard, model, quantization="fp16"):
        return script.ask(hazard, model, tmp_path / "cache", quantization)

    return run


@pytest.fixture
def provoke_alone(open_asked, tmp_path):
    """The same in a process of its own, which does nothing else."""

    def run(hazard, model, quantization="fp16"):
        alone = open_asked("npu", "npu_hazards")
        try:
            return alone.ask(hazard, model, tmp_path / "cache", quantization)
        finally:
            alone.close()

    return run


@pytest.fixture(scope="session")
def tiny_folder(find_model):
    return find_model("tiny-phi3")


@pytest.fixture(scope="session")
def layout_folder(find_model):
    return find_model("phi3-layout")


@pytest.fixture
def changed(tiny_folder, tmp_path):
    """A copy of the tiny model to do things to."""
    copy = tmp_path / "changed"
    shutil.copytree(tiny_folder, copy)
    return copy


def configure(folder, **changes):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_quantizing_leaves_an_embedding_table_that_the_head_shares_as_it_was(
    provoke, layout_folder
):
    told = provoke("embeddings", layout_folder, "int8")
    assert told["tied"], "the model has a head of its own: this shows nothing"
    assert told["off"] == 0
    assert told["head"] == "QuantizedLinear"


@pytest.mark.parametrize(
    ("quantization", "most_off_weights"),
    # One scale per channel is all that the library has: four bits are coarse, and said to be.
    [("int8", 0.02), ("int4", 0.35)],
)
def test_a_quantized_kernel_computes_what_its_weights_say(
    provoke, tiny_folder, quantization, most_off_weights
):
    told = provoke("kernel_error", tiny_folder, quantization)
    assert 0 < told["kernel"] < 0.005
    assert 0 < told["weights"] < most_off_weights


def test_quantized_weights_are_kept_and_the_next_load_reads_them(provoke, layout_folder):
    first = provoke("written", layout_folder, "int8")
    again = provoke("written", layout_folder, "int8")
    assert "Paris" in first["text"]
    assert again["text"] == first["text"]
    assert (first["made"], again["made"]) == (True, False)
    assert again["kept"] == first["kept"]
    assert len(first["kept"]) == 1


def test_no_pickle_is_written_or_read(provoke, tiny_folder):
    told = provoke("written", tiny_folder, "int4")
    assert told["pickles"] == []
    assert told["kept"][0].endswith(".safetensors")


def test_other_content_under_the_same_path_is_quantized_anew(
    provoke, changed, npu_python, tmp_path
):
    first = provoke("written", changed, "int8")
    weights = changed / "model.safetensors"
    script = (
        "import sys, safetensors.torch as s\n"
        "t = s.load_file(sys.argv[1]); n = 'model.layers.0.mlp.down_proj.weight'\n"
        "s.save_file({**t, n: t[n] * 3}, sys.argv[1] + '.new', {'format': 'pt'})"
    )
    subprocess.run([str(npu_python), "-I", "-c", script, str(weights)], check=True, cwd=tmp_path)
    Path(f"{weights}.new").replace(weights)
    again = provoke("written", changed, "int8")
    assert again["made"]
    assert again["text"] != first["text"]
    # What was kept of the old content is of no use to anybody.
    assert len(again["kept"]) == 1
    assert again["kept"] != first["kept"]


def test_kept_weights_that_are_damaged_are_made_anew(provoke, tiny_folder, tmp_path):
    first = provoke("written", tiny_folder, "int8")
    (kept,) = (tmp_path / "cache" / "quantized").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    again = provoke("written", tiny_folder, "int8")
    assert again["made"]
    assert again["text"] == first["text"]
    assert kept.read_bytes() == whole


def test_an_exception_in_a_forward_breaks_the_model_and_not_the_process(provoke_alone, tiny_folder):
    told = provoke_alone("failing_forward", tiny_folder)
    assert told == {"before": True, "outcomes": ["broken", "broken"]}


def test_prompts_of_any_length_need_kernels_of_two_sizes_and_closing_drops_them(
    provoke, tiny_folder
):
    assert provoke("many_lengths", tiny_folder) == {"sizes": [1, 64], "afterClose": 0}


@pytest.mark.parametrize("quantization", ["fp16", "int8"])
def test_two_models_in_one_process_do_not_end_it(provoke, tiny_folder, quantization):
    assert provoke("two_models", tiny_folder, quantization) == {"different": 1}


def test_it_writes_into_its_own_folder_alone(provoke_alone, tiny_folder):
    told = provoke_alone("where_it_writes", tiny_folder, "int8")
    assert told["here"] == []
    assert "quantized" in told["cache"]
    assert "nc_workspace" not in told["cache"]


def test_a_fall_to_the_processor_is_refused_unless_it_was_asked_for(provoke, tiny_folder):
    told = provoke("no_npu", tiny_folder)
    assert told["devices"] == []
    assert "processor" in told["reason"]
    assert told["remedy"]


def test_a_driver_that_is_too_old_is_refused_by_its_version(provoke, tiny_folder):
    told = provoke("old_driver", tiny_folder)
    assert "2407" in told["reason"]
    assert "2408" in told["reason"]
    assert "driver" in told["remedy"]


def test_a_driver_that_is_new_enough_is_named(provoke, tiny_folder):
    told = provoke("new_driver", tiny_folder)
    assert told == {"name": "Intel NPU (driver 2408)", "executing": "NPU"}


def test_code_that_comes_with_a_model_is_not_run(provoke, changed, tmp_path):
    ran = tmp_path / "ran"
    for module in ("configuration_phi3", "modeling_phi3"):
        (changed / f"{module}.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    # As in the files of the real Phi-3.
    names = {
        "AutoConfig": "configuration_phi3.Phi3Config",
        "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM",
    }
    configure(changed, auto_map=names)
    assert provoke("written", changed)["text"].strip()
    assert not ran.exists()


def test_weights_that_are_cut_off_are_damage(provoke, changed):
    file = changed / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    told = provoke("refused", changed)
    assert told["error"] == "ModelDamaged"
    assert "changed" in told["message"]
    assert told["remedy"]


def test_weights_that_are_missing_are_not_made_up(provoke, changed):
    # One more layer than there are weights for.
    configure(changed, num_hidden_layers=3)
    assert provoke("refused", changed)["error"] == "ModelDamaged"


def test_a_model_that_it_was_never_seen_to_run_is_refused(provoke, changed):
    configure(changed, architectures=["LlamaForCausalLM"], model_type="llama")
    told = provoke("refused", changed)
    assert told["error"] == "AcceleratorUnusable"
    assert "llama" in told["message"]


def test_a_quantization_that_it_does_not_make_is_refused(provoke, tiny_folder):
    told = provoke("refused", tiny_folder, "q4_1")
    assert told["error"] == "AcceleratorUnusable"
    assert "int8" in told["message"]


def test_a_template_in_a_file_of_its_own_is_found(provoke, changed, tiny_folder):
    config = changed / "tokenizer_config.json"
    told = json.loads(config.read_text())
    template = told.pop("chat_template", None) or (changed / "chat_template.jinja").read_text()
    config.write_text(json.dumps(told))
    (changed / "chat_template.jinja").write_text(template)
    assert provoke("chat_tokens", changed) == provoke("chat_tokens", tiny_folder)
