import json

import pytest
from phi_sidecar.backends.transformers_text.config_file import read_config
from phi_sidecar.errors import ModelDamaged

# What matters of Phi-3-mini-4k-instruct's.
PHI3_4K = {
    "architectures": ["Phi3ForCausalLM"],
    "model_type": "phi3",
    "hidden_size": 3072,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 4096,
    "original_max_position_embeddings": 4096,
    "rope_scaling": None,
    "sliding_window": 2047,
}


@pytest.fixture
def read(tmp_path):
    def write_and_read(told):
        text = told if isinstance(told, str) else json.dumps(told)
        (tmp_path / "config.json").write_text(text, encoding="utf-8")
        return read_config(tmp_path)

    return write_and_read


def test_the_keys_and_values_of_a_token_are_counted(read):
    assert read(PHI3_4K).kv_values_per_token == 2 * 32 * 3072


def test_shared_heads_take_less(read):
    assert read(PHI3_4K | {"num_key_value_heads": 8}).kv_values_per_token == 2 * 32 * 768


def test_a_head_may_have_a_size_of_its_own(read):
    assert read(PHI3_4K | {"head_dim": 128}).kv_values_per_token == 2 * 32 * 32 * 128


def test_a_model_is_good_for_as_much_as_it_attends_to_at_once(read):
    assert read(PHI3_4K).longest == 2047
    assert read(PHI3_4K | {"sliding_window": None}).longest == 4096


def test_past_the_positions_it_was_first_trained_with_the_held_keys_would_not_fit(read):
    # Phi-3.5-mini-instruct: 131,072 positions, by factors that change after 4,096.
    scaled = {"max_position_embeddings": 131072, "rope_scaling": {"type": "longrope"}}
    assert read(PHI3_4K | scaled | {"sliding_window": 262144}).longest == 4096


def test_weights_that_are_quantized_already_are_told(read):
    assert not read(PHI3_4K).quantized
    assert read(PHI3_4K | {"quantization_config": {"bits": 4}}).quantized


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", "null", json.dumps(PHI3_4K | {"num_hidden_layers": "many"})]
)
def test_a_file_that_is_no_configuration_is_damage(read, told):
    with pytest.raises(ModelDamaged, match=r"config\.json"):
        read(told)


def test_a_folder_without_one_is_damage(tmp_path):
    with pytest.raises(ModelDamaged):
        read_config(tmp_path)
