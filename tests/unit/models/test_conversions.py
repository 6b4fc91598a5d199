import dataclasses
from pathlib import Path

import pytest
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.models.conversion.architecture import NotAModel, read_architecture
from phi_sidecar.models.conversion.conversions import BUILDER, CONVERSIONS, OPTIMUM, command
from phi_sidecar.models.conversion.needs import needs
from phi_sidecar.models.conversion.stages import Stages

# As the config.json of Phi-3-mini-4k-instruct has it.
PHI3_MINI = {
    "architectures": ["Phi3ForCausalLM"],
    "auto_map": {"AutoConfig": "configuration_phi3.Phi3Config"},
    "model_type": "phi3",
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "vocab_size": 32064,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
}
SMALL = PHI3_MINI | {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "vocab_size": 49152,
    "num_hidden_layers": 30,
    "tie_word_embeddings": True,
}
SOURCE, TARGET, WORK = Path("/the models/phi 3"), Path("/made/here"), Path("/made/work")


def convert(name, config=PHI3_MINI):
    return command(CONVERSIONS[name], read_architecture(config), SOURCE, TARGET, WORK)


def test_phi_3_has_the_parameters_that_its_makers_tell():
    architecture = read_architecture(PHI3_MINI)
    assert round(architecture.parameters / 1e9, 2) == 3.82
    assert architecture.kv_bytes_per_token == 393_216


def test_int4_is_the_cookbook_s_command():
    said = convert("openvino-int4")
    assert said.module == OPTIMUM
    assert said.args == (
        "export",
        "openvino",
        f"--model={SOURCE}",
        "--task=text-generation-with-past",
        "--library=transformers",
        "--weight-format=int4",
        "--sym",
        "--ratio=0.6",
        "--group-size=128",
        str(TARGET),
    )
    assert said.notes == ()


def test_the_npu_s_int4_has_every_layer_in_four_bits():
    assert {"--weight-format=int4", "--sym", "--ratio=1.0"} <= set(
        convert("openvino-int4-npu").args
    )


@pytest.mark.parametrize("weights", ["fp16", "int8"])
def test_other_weights_are_named_and_not_grouped(weights):
    args = convert(f"openvino-{weights}").args
    assert f"--weight-format={weights}" in args
    assert not [arg for arg in args if arg.startswith("--group-size")]


@pytest.mark.parametrize(
    ("name", "config", "group"),
    [
        ("openvino-int4", SMALL, "--group-size=64"),
        ("openvino-int4", SMALL | {"hidden_size": 288}, "--group-size=32"),
        ("openvino-int4", SMALL | {"hidden_size": 90}, "--group-size=-1"),
        # The NPU takes 128 or one scale per channel, which suits large models.
        ("openvino-int4-npu", PHI3_MINI, "--group-size=-1"),
        ("openvino-int4-npu", PHI3_MINI | {"num_hidden_layers": 2}, "--group-size=128"),
        ("openvino-int4-npu", SMALL, "--group-size=-1"),
        ("onnx-int4-cpu", PHI3_MINI, "int4_block_size=32"),
        ("onnx-int4-dml", PHI3_MINI, "int4_block_size=128"),
        ("onnx-int4-dml", SMALL, "int4_block_size=64"),
    ],
)
def test_the_group_size_divides_the_model_s_rows(name, config, group):
    assert group in convert(name, config).args


def test_another_group_size_than_usual_is_told_with_the_reason():
    (note,) = convert("openvino-int4", SMALL).notes
    assert note == "Groups of 128 weights do not divide this model's 576: groups of 64 are used."
    (note,) = convert("openvino-int4-npu", SMALL).notes
    assert note.endswith("one scale per channel is used.")
    assert convert("openvino-int4-npu").notes == ()


def test_the_width_of_the_heads_counts_as_well():
    odd = PHI3_MINI | {"head_dim": 48, "num_attention_heads": 30}
    assert "--group-size=32" in convert("openvino-int4", odd).args


@pytest.mark.parametrize("name", CONVERSIONS)
def test_code_that_comes_with_a_model_is_never_run(name):
    args = convert(name).args
    assert not [arg for arg in args if "trust" in arg]
    if convert(name).module == BUILDER:
        # What it would otherwise do.
        assert "hf_remote=false" in args


def test_the_builder_s_options_come_last_and_a_path_with_spaces_is_one_argument():
    said = convert("onnx-int4-cpu")
    assert said.args == (
        f"--input={SOURCE}",
        f"--output={TARGET}",
        f"--cache_dir={WORK / 'builder'}",
        "--precision=int4",
        "--execution_provider=cpu",
        "--extra_options",
        "hf_remote=false",
        "hf_token=false",
        "int4_block_size=32",
        "int4_accuracy_level=4",
        "int4_algo_config=rtn_last",
    )


@pytest.mark.parametrize("name", CONVERSIONS)
def test_what_a_conversion_makes_runs_on_accelerators_that_exist(name):
    conversion = CONVERSIONS[name]
    backends = load_backends()
    for accelerator in (*conversion.accelerators, conversion.tried_on):
        backends.of(accelerator)


MIDDLE = PHI3_MINI | {
    "hidden_size": 1536,
    "intermediate_size": 4096,
    "num_hidden_layers": 16,
    "num_attention_heads": 24,
    "num_key_value_heads": 24,
    "vocab_size": 49152,
}


@pytest.mark.parametrize(
    ("name", "middle_mb", "small_mb"),
    [
        # Measured: the largest anonymous memory, with models of 604 and 134 million parameters.
        ("openvino-fp16", 1830, 715),
        ("openvino-int8", 1313, 933),
        ("openvino-int4", 1736, 954),
        ("openvino-int4-npu", 1264, 920),
        ("onnx-int4-cpu", 6828, 1988),
        ("onnx-int4-dml", 3434, 1170),
    ],
)
def test_the_memory_is_estimated_above_what_was_measured_but_not_by_much(name, middle_mb, small_mb):
    for config, measured_mb in ((MIDDLE, middle_mb), (SMALL, small_mb)):
        needed = needs(CONVERSIONS[name], read_architecture(config))
        assert measured_mb * 1e6 < needed.memory < measured_mb * 1.8e6


@pytest.mark.parametrize(
    ("name", "middle_mb", "small_mb"),
    [
        # Measured, with the same models.
        ("openvino-fp16", 1215, 277),
        ("openvino-int8", 611, 143),
        ("openvino-int4", 488, 114),
        ("openvino-int4-npu", 385, 90),
        ("onnx-int4-cpu", 675, 104),
        ("onnx-int4-dml", 436, 133),
        ("onnx-fp16-dml", 1212, 273),
        ("onnx-fp32-cpu", 2420, 543),
    ],
)
def test_the_size_is_estimated_above_what_was_measured_but_not_by_much(name, middle_mb, small_mb):
    for config, measured_mb in ((MIDDLE, middle_mb), (SMALL, small_mb)):
        needed = needs(CONVERSIONS[name], read_architecture(config))
        assert measured_mb * 1e6 < needed.result < measured_mb * 2.3e6
        assert needed.disk >= needed.result * 2


def test_a_conversion_tells_the_layer_and_what_comes_after():
    told = []
    stages = Stages("Converting Phi-3 to ONNX INT4", 32, told.append)
    stages.begin()
    for line in (
        "Extra options: {}",
        "Reading layer 4",
        "Reading LM head",
        "Saving ONNX model in x",
    ):
        stages.hear(line)
    assert [step.step.removeprefix("Converting Phi-3 to ONNX INT4: ") for step in told] == [
        "reading the model",
        "layer 5 of 32",
        "the last layer",
        "writing the result",
    ]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "names no model_type"),
        ({"model_type": "phi3", "hidden_size": "3072"}, "hidden_size"),
        (PHI3_MINI | {"architectures": ["Phi3VForConditionalGeneration"]}, "continues text"),
        (PHI3_MINI | {"num_hidden_layers": 0}, "num_hidden_layers"),
    ],
)
def test_a_config_that_describes_no_such_model_is_refused(config, reason):
    with pytest.raises(NotAModel, match=reason):
        read_architecture(config)


def test_heads_that_are_not_told_apart_are_as_many_as_the_others():
    lacking = {key: value for key, value in PHI3_MINI.items() if key != "num_key_value_heads"}
    architecture = read_architecture(lacking)
    assert architecture == dataclasses.replace(read_architecture(PHI3_MINI), kv_heads=32)
