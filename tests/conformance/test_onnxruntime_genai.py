"""ONNX Runtime GenAI beyond what every backend has: providers, refusals, damaged folders."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import clean_environ

BACKEND = {"backend": "onnxruntime-genai", "environment": "directml"}
REFUSING = Path(__file__).with_name("refusing_generator.py")

STORY = " ".join(f"the ship {n} sails on" for n in range(60))
PROMPTS = [STORY, f"{STORY} and on", " ".join(STORY.split()[:100])]


@pytest.fixture(scope="module")
def driver(open_driver):
    return open_driver(**BACKEND)


@pytest.fixture
def copied(find_model, tmp_path):
    """Return a copy of a model's folder that may be spoiled."""

    def copy(model="tiny-phi3", form="onnx-fp32-cpu"):
        return Path(shutil.copytree(find_model(model, form), tmp_path / "copied"))

    return copy


def written(driver, name="model"):
    """The answers to the prompts, one after the other."""
    return [
        driver.play({"id": 1, "raw": prompt, "tokens": 12}, name=name).text(1) for prompt in PROMPTS
    ]


def refuses(told, error, *words):
    assert told["error"] == error
    assert all(word in told["message"] for word in words), told["message"]
    assert told["remedy"]


def test_the_processor_is_always_found(driver):
    last = driver.probe()[-1]
    assert last["device"] == "CPU"
    assert last["full_name"]


@pytest.mark.parametrize(
    ("form", "device"),
    [("onnx-fp32-cpu", "DML.0"), ("onnx-fp32-cpu", "CUDA"), ("onnx-int4-dml", "CUDA")],
)
def test_a_model_is_refused_where_it_was_not_built_for(driver, find_model, form, device):
    told = driver.load(find_model("tiny-phi3", form), device)
    refuses(told, "AcceleratorUnusable", device.split(".")[0], form.split("-")[-1])


def test_a_graphics_adapter_that_is_not_there_is_told(driver, find_model):
    told = driver.load(find_model("tiny-phi3", "onnx-int4-dml"), "DML.7")
    refuses(told, "AcceleratorUnusable", "DML.7")


@pytest.mark.parametrize(
    ("file", "kept"),
    [
        *[("genai_config.json", 0.5), ("genai_config.json", 0), ("model.onnx", 0.5)],
        *[("model.onnx", 0), ("model.onnx.data", 0.5), ("model.onnx.data", 0)],
        *[("tokenizer.json", 0.5), ("tokenizer.json", 0), ("tokenizer_config.json", 0)],
    ],
)
def test_a_file_that_is_cut_off_or_gone_is_a_damaged_model(driver, copied, file, kept):
    folder = copied()
    if kept:
        os.truncate(folder / file, int((folder / file).stat().st_size * kept))
    else:
        (folder / file).unlink()
    refuses(driver.load(folder), "ModelDamaged", folder.name)


def test_a_chat_without_a_template_is_refused_and_a_text_is_not(driver, copied):
    folder = copied()
    (folder / "chat_template.jinja").unlink()
    driver.load(folder)
    (refused,) = driver.play({"id": 1, "chat": "Who?", "tokens": 3}).of(1)
    assert refused["kind"] == "ModelDamaged"
    assert driver.play({"id": 1, "raw": "one", "tokens": 3}).tokens(1) == 3


@pytest.mark.parametrize(
    "prompt",
    [
        # The last token is part of a character that begins before what is looked back at.
        "green \U0001f984red",
        # The library's texts end at a NUL.
        "green\0 red",
    ],
)
def test_a_prompt_is_read_to_its_end(driver, find_model, prompt):
    driver.load(find_model("scripted-phi3", "onnx-fp32-cpu"))
    played = driver.play({"id": 1, "raw": f"{prompt} red", "tokens": 8})
    assert (played.text(1), played.reason(1)) == (" apple", "stop")


def test_what_follows_is_read_off_the_last_token_even_if_it_is_the_padding(driver, find_model):
    driver.load(find_model("scripted-phi3", "onnx-fp32-cpu"))
    padded = driver.play({"id": 1, "raw": "red<|endoftext|><|endoftext|>", "tokens": 2})
    assert padded.text(1) != " apple"
    # And a chunk that is nothing else harms nobody.
    only = driver.play({"id": 1, "raw": "<|endoftext|>" * 40, "tokens": 2})
    assert only.text(1) == padded.text(1)


def test_of_the_likeliest_tokens_only_so_many_are_drawn_from_as_make_up_the_share(
    environment_python,
):
    lines = [
        "import importlib.util, json, sys",
        "spec = importlib.util.spec_from_file_location('bootstrap', sys.argv[1])",
        "bootstrap = importlib.util.module_from_spec(spec)",
        "spec.loader.exec_module(bootstrap)",
        "bootstrap.reach_package()",
        "import numpy as np",
        "from phi_sidecar.backends.numpy_choice import nucleus",
        "logits = np.log(np.array([0.1, 0.5, 0.3, 0.1], np.float32))",
        "drawn = [nucleus(logits, share).tolist() for share in (0, 0.5, 0.6, 1)]",
        "print(json.dumps(drawn))",
    ]
    python = environment_python("directml")
    command = [python, "-I", "-c", "\n".join(lines), bootstrap.__file__]
    drawn = json.loads(subprocess.check_output(command, env=clean_environ(), timeout=60))
    expected = [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0.625, 0.375, 0], [0.1, 0.5, 0.3, 0.1]]
    for probabilities, wanted in zip(drawn, expected, strict=True):
        assert probabilities == pytest.approx(wanted, abs=1e-6)


def test_one_prefill_writes_what_chunks_write(driver, find_model):
    folder = find_model("tiny-phi3", "onnx-fp32-cpu")
    chunks = driver.load(folder)
    whole = driver.load(folder, name="whole", options={"PREFILL": "whole"})
    assert (chunks["capabilities"]["prefix_reuse"], whole["capabilities"]["prefix_reuse"]) == (
        True,
        False,
    )
    assert not whole["capabilities"]["cancel_during_prefill"]
    assert written(driver) == written(driver, name="whole")


def test_where_the_library_refuses_to_rewind_each_prompt_gets_a_generator(driver, copied):
    driver.load(folder := copied())
    expected = written(driver)
    as_pipeline(folder / "genai_config.json")
    told = driver.load(folder, name="pipeline")
    assert told["capabilities"]["prefix_reuse"] is False
    assert told["capabilities"]["cancel_during_prefill"] is True
    assert written(driver, name="pipeline") == expected


@pytest.mark.parametrize("refused_from", [1, 50])
def test_where_the_library_refuses_more_tokens_all_is_computed_again(
    driver, environment_python, find_model, tmp_path, refused_from
):
    folder = find_model("tiny-phi3", "onnx-fp32-cpu")
    driver.load(folder)
    told = run_refusing(environment_python("directml"), tmp_path, folder, refused_from)
    # At the first token it is known from the start; later it is found out on the way.
    known = refused_from == 1
    assert told["capabilities"]["prefix_reuse"] is not known
    assert told["capabilities"]["cancel_during_prefill"] is not known
    assert [answer["text"] for answer in told["written"]] == written(driver)
    if known:
        assert {answer["reused"] for answer in told["written"]} == {0}
        # One step for the prompt and the first token, one for each of the others, and the end.
        assert {answer["steps"] for answer in told["written"]} == {13}


def as_pipeline(config):
    """Call the model a pipeline of one, which the library runs as well, and does not rewind."""
    told = json.loads(config.read_text())
    decoder = told["model"]["decoder"]
    values = [f"{n}.{kind}" for n in range(2) for kind in ("key", "value")]
    past = [f"past_key_values.{value}" for value in values]
    present = [f"present.{value}" for value in values]
    stage = {"inputs": ["input_ids", "attention_mask", *past], "outputs": ["logits", *present]}
    decoder["pipeline"] = [{"all": {"filename": decoder["filename"], **stage}}]
    told["model"]["type"] = "decoder-pipeline"
    config.write_text(json.dumps(told))


def run_refusing(python, folder, model, refused_from):
    ended = subprocess.run(
        [python, "-I", REFUSING, bootstrap.__file__, model, str(refused_from), *PROMPTS],
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
        env=clean_environ(),
        cwd=folder,
        timeout=120,
    )
    return json.loads(ended.stdout)
