import json
import os
import random
from contextlib import suppress

import model_folders as folders
import pytest
from phi_sidecar.models.catalog import Format
from phi_sidecar.models.formats import NotUsable, recognize


def refused(place):
    with pytest.raises(NotUsable) as refusal:
        recognize(place)
    assert refusal.value.remedy
    return str(refusal.value)


def cut(file, count=1):
    os.truncate(file, file.stat().st_size - count)


def change_json(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.mark.parametrize("pieces", [1, 2])
def test_an_original_is_recognized_by_its_config_and_the_heads_of_its_weights(tmp_path, pieces):
    found = recognize(folders.transformers(tmp_path / "model", pieces=pieces))
    assert (found.format, found.model_type) == (Format.TRANSFORMERS, "phi3")
    assert (found.context_window, found.quantization) == (4096, "fp16")
    assert set(found.quantizations) == {"int8", "fp16", "int4"}
    assert found.accelerators == ("intel-npu/NPU",)


def test_an_original_whose_weights_are_cut_short_is_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    cut(folder / "model.safetensors")
    assert "model.safetensors is cut short" in refused(folder)


def test_an_original_whose_weights_end_within_their_head_is_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    os.truncate(folder / "model.safetensors", 100)
    assert "cut short within its head" in refused(folder)


def test_weights_that_are_no_safetensors_are_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"<!doctype html>" * 100)
    assert "does not begin as safetensors do" in refused(folder)


def test_weights_with_something_behind_them_are_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"more")
    assert "longer than its head says" in refused(folder)


def test_a_piece_that_the_index_names_must_be_there(tmp_path):
    folder = folders.transformers(tmp_path / "model", pieces=2)
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert "model-00002-of-00002.safetensors is missing" in refused(folder)


def test_a_piece_of_another_model_is_found_by_what_the_index_names(tmp_path):
    folder = folders.transformers(tmp_path / "model", pieces=2)
    folders.safetensors(folder / "model-00002-of-00002.safetensors", {"other": ("F16", (2, 2))})
    assert "are in none of its files" in refused(folder)


def test_an_index_that_leads_out_of_the_folder_is_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model", pieces=2)
    change_json(folder / "model.safetensors.index.json", weight_map={"x": "../secret"})
    assert "outside of the folder" in refused(folder)


def test_pickled_weights_are_refused_with_the_reason(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "pickled" in refused(folder)
    assert "any program" in refused(folder)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"num_hidden_layers": 3}, "Of 3 layers, 1 are not in the weights"),
        ({"vocab_size": 101}, "config.json and the weights do not fit"),
        ({"quantization_config": {"quant_method": "awq"}}, "rounded already"),
        ({"architectures": ["Phi3VForCausalLM", "CLIP"]}, "no model that continues text"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(tmp_path, config, reason):
    assert reason in refused(folders.transformers(tmp_path / "model", config=config))


def test_weights_that_are_no_floating_point_numbers_are_refused(tmp_path):
    assert "kept as I8" in refused(folders.transformers(tmp_path / "model", dtype="I8"))


def test_a_model_without_its_tokenizer_is_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    (folder / "tokenizer.json").unlink()
    assert "tokenizer is missing" in refused(folder)


def test_a_model_that_is_not_for_conversations_is_refused(tmp_path):
    folder = folders.transformers(tmp_path / "model")
    (folder / "tokenizer_config.json").write_text("{}")
    assert "no chat template" in refused(folder)
    (folder / "chat_template.jinja").write_text(folders.TEMPLATE)
    recognize(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "\0" * 10, "[" * 100_000])
def test_a_config_that_cannot_be_read_is_refused(tmp_path, text):
    folder = folders.transformers(tmp_path / "model")
    (folder / "config.json").write_text(text)
    assert "config.json" in refused(folder)


EVERYWHERE = {
    f"openvino-{name}" for name in ("genai/CPU", "genai/GPU", "optimum/CPU", "optimum/GPU")
}


@pytest.mark.parametrize(
    ("made", "quantization", "npu"),
    [
        ({}, "int4", True),
        ({"group": "-1"}, "int4", True),
        ({"group": "64"}, "int4", False),
        ({"ratio": "0.6"}, "int4", False),
        ({"element": "u4", "mode": "int4_asym"}, "int4", False),
        ({"element": "i8", "mode": "int8_sym", "group": "-1"}, "int8", True),
        ({"element": "u8", "mode": "int8_asym", "group": "-1"}, "int8", False),
        ({"element": "f16", "mode": None}, "fp16", True),
        ({"element": "f32", "mode": None}, "fp32", False),
        ({"element": "i4", "mode": None}, "int4", False),
    ],
)
def test_openvino_s_form_tells_how_its_weights_are_and_whether_the_npu_takes_them(
    tmp_path, made, quantization, npu
):
    found = recognize(folders.openvino(tmp_path / "model", **made))
    assert (found.format, found.quantization) == (Format.OPENVINO, quantization)
    assert set(found.accelerators) == EVERYWHERE | ({"openvino-genai/NPU"} if npu else set())


def test_without_openvino_s_tokenizer_only_the_backend_with_its_own_can_run_it(tmp_path):
    found = recognize(folders.openvino(tmp_path / "model", tokenizers=False))
    assert found.accelerators == ("openvino-optimum/CPU", "openvino-optimum/GPU")


def test_openvino_s_form_without_any_tokenizer_is_refused(tmp_path):
    folder = folders.openvino(tmp_path / "model", tokenizers=False)
    (folder / "tokenizer.json").unlink()
    assert "tokenizer is missing" in refused(folder)


def test_openvino_s_weights_that_are_cut_short_are_refused(tmp_path):
    folder = folders.openvino(tmp_path / "model")
    cut(folder / "openvino_model.bin")
    assert "openvino_model.bin is cut short: it has 6,127 of at least 6,128" in refused(folder)
    (folder / "openvino_model.bin").unlink()
    assert "openvino_model.bin is missing" in refused(folder)


@pytest.mark.parametrize("name", ["openvino_model.xml", "openvino_detokenizer.xml"])
def test_a_graph_that_is_cut_short_is_refused(tmp_path, name):
    folder = folders.openvino(tmp_path / "model")
    cut(folder / name, 5)
    assert f"{name} is cut short" in refused(folder)


def test_a_graph_that_keeps_nothing_of_what_it_has_seen_is_refused(tmp_path):
    folder = folders.openvino(tmp_path / "model")
    graph = folder / "openvino_model.xml"
    graph.write_text(graph.read_text().replace("ReadValue", "Parameter"))
    assert "continues text with what it has seen" in refused(folder)


@pytest.mark.parametrize(
    ("provider", "accelerator"),
    [(None, "CPU"), ("dml", "DML"), ("cuda", "CUDA")],
)
def test_onnx_s_form_tells_for_what_it_was_built(tmp_path, provider, accelerator):
    found = recognize(folders.onnx(tmp_path / "model", provider=provider))
    assert (found.format, found.quantization) == (Format.ONNX, "int4")
    assert found.accelerators == (f"onnxruntime-genai/{accelerator}",)
    assert found.context_window == 4096


def test_onnx_weights_that_are_not_rounded_are_told_by_their_cache(tmp_path):
    found = recognize(folders.onnx(tmp_path / "model", provider="dml", quantized=False))
    assert found.quantization == "fp16"


def test_a_model_for_another_provider_is_refused(tmp_path):
    assert "provider 'qnn'" in refused(folders.onnx(tmp_path / "model", provider="QNN"))


def test_onnx_weights_that_are_cut_short_are_refused(tmp_path):
    folder = folders.onnx(tmp_path / "model")
    cut(folder / "model.onnx.data")
    assert "model.onnx.data is cut short" in refused(folder)
    (folder / "model.onnx.data").unlink()
    assert "model.onnx.data is missing" in refused(folder)


def test_weights_with_a_long_name_are_found(tmp_path):
    name = "phi3-" + "mini-" * 40 + ".onnx.data"
    folder = folders.onnx(tmp_path / "model", data=name)
    assert recognize(folder).weight_bytes > 8192
    cut(folder / name)
    assert f"{name} is cut short" in refused(folder)


def test_a_graph_that_leads_out_of_the_folder_is_refused(tmp_path):
    folder = folders.onnx(tmp_path / "model")
    config = json.loads((folder / "genai_config.json").read_text())
    config["model"]["decoder"]["filename"] = "../model.onnx"
    (folder / "genai_config.json").write_text(json.dumps(config))
    assert "outside of the folder" in refused(folder)


def test_an_onnx_folder_without_a_section_is_refused(tmp_path):
    folder = folders.onnx(tmp_path / "model")
    (folder / "genai_config.json").write_text('{"model": {"type": "phi3"}}')
    assert "no section 'decoder'" in refused(folder)


@pytest.mark.parametrize("inside_a_folder", [False, True])
def test_a_gguf_file_is_recognized_by_its_head(tmp_path, inside_a_folder):
    file = folders.gguf(tmp_path / "model" / "model.gguf")
    found = recognize(file.parent if inside_a_folder else file)
    assert (found.path, found.format, found.quantization) == (file, Format.GGUF, "q4_1")
    assert (found.model_type, found.context_window) == ("llama", 8192)
    assert "openvino-genai/NPU" not in found.accelerators


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"cut": 1}, "is cut short"),
        ({"cut": 4100}, "cut short or damaged within its head"),
        ({"architecture": "phi3"}, "OpenVINO reads GGUF files of llama, qwen2, qwen3 only"),
        ({"kind": 10}, "rounded in a way that OpenVINO does not read"),
        ({"template": None}, "no chat template"),
    ],
)
def test_a_gguf_file_that_cannot_be_run_is_refused(tmp_path, made, reason):
    assert reason in refused(folders.gguf(tmp_path / "model.gguf", **made))


def test_a_gguf_file_whose_lengths_are_absurd_is_refused_without_being_believed(tmp_path):
    file = folders.gguf(tmp_path / "model.gguf")
    content = bytearray(file.read_bytes())
    content[24:32] = (1 << 60).to_bytes(8, "little")
    file.write_bytes(content)
    assert "damaged within its head" in refused(file)


def test_several_gguf_files_in_a_folder_are_a_question_back(tmp_path):
    for name in ("a.gguf", "b.gguf"):
        folders.gguf(tmp_path / name)
    assert "holds 2 GGUF files" in refused(tmp_path)


def test_a_folder_above_the_model_s_names_the_right_one(tmp_path):
    folders.openvino(tmp_path / "int4")
    assert "but its folder int4 does" in refused(tmp_path)


@pytest.mark.parametrize("what", ["nothing", "empty", "file"])
def test_what_holds_no_model_is_refused(tmp_path, what):
    place = tmp_path / "place"
    if what == "empty":
        place.mkdir()
    elif what == "file":
        place.write_text("no model")
    refused(place)


@pytest.mark.parametrize("make", ["transformers", "openvino", "onnx", "gguf"])
def test_whatever_is_changed_in_a_file_nothing_but_a_refusal_comes_of_it(tmp_path, make):
    chance = random.Random(3)
    place = tmp_path / "model" / "model.gguf" if make == "gguf" else tmp_path / "model"
    getattr(folders, make)(place)
    files = sorted(file for file in (tmp_path / "model").iterdir() if file.stat().st_size)
    for _ in range(300):
        file = chance.choice(files)
        whole = file.read_bytes()
        changed = bytearray(whole)
        if chance.random() < 0.3:
            del changed[chance.randrange(len(changed)) :]
        else:
            # Heads lie in front, and what they say is believed the most.
            changed[chance.randrange(min(len(changed), 400))] = chance.randrange(256)
        file.write_bytes(changed)
        with suppress(NotUsable):
            recognize(tmp_path / "model")
        file.write_bytes(whole)
    recognize(tmp_path / "model")


def test_a_configuration_that_names_native_code_is_found_however_deep():
    from phi_sidecar.foreign_code import names_code

    deep = {"model": {"decoder": {"pipeline": [{"x": {"custom_ops_library": "ops.so"}}]}}}
    assert names_code(deep)
    assert not names_code({"model": {"decoder": {"session_options": {"provider_options": []}}}})


@pytest.mark.parametrize("whole", [True, False])
def test_an_adapter_is_refused_whether_the_model_that_it_changes_is_there_or_not(tmp_path, whole):
    folder = folders.transformers(tmp_path / "phi")
    if not whole:
        (folder / "config.json").unlink()
        (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    with pytest.raises(NotUsable, match="adapter") as refused:
        recognize(folder)
    assert "Merge the adapter" in refused.value.remedy
