import json

import pytest
from phi_sidecar.backends.onnxruntime_genai.folder import read_folder
from phi_sidecar.errors import ModelDamaged

PHI_3_MINI = {"num_hidden_layers": 32, "num_key_value_heads": 32, "head_size": 96}


@pytest.fixture
def write(tmp_path):
    """Write a configuration as the library's builder does."""

    def write_config(provider_options=(), context_length=4096, type="phi3", **decoder):
        session = {"log_id": "onnxruntime-genai", "provider_options": list(provider_options)}
        model = {
            "context_length": context_length,
            "type": type,
            "decoder": {"session_options": session, **PHI_3_MINI, **decoder},
        }
        (tmp_path / "genai_config.json").write_text(json.dumps({"model": model}))
        return tmp_path

    return write_config


@pytest.mark.parametrize(
    ("provider_options", "built_for"),
    [
        ([], "cpu"),
        ([{"dml": {}}], "dml"),
        ([{"DML": {}}], "dml"),
        ([{"cuda": {"enable_cuda_graph": "0"}}], "cuda"),
        ([{"qnn": {"backend_path": "QnnHtp.dll"}}], "qnn"),
    ],
)
def test_it_tells_the_provider_that_a_model_was_built_for(write, provider_options, built_for):
    assert read_folder(write(provider_options)).built_for == built_for


def test_a_token_takes_twice_as_much_on_the_processor(write):
    assert read_folder(write()).kv_bytes == 786_432
    assert read_folder(write([{"dml": {}}])).kv_bytes == 393_216


@pytest.mark.parametrize(
    ("memory_bytes", "window"), [(8 << 30, 4096), (1 << 30, 2730), (1 << 29, 1365)]
)
def test_the_window_is_what_the_memory_for_keys_and_values_allows(write, memory_bytes, window):
    folder = read_folder(write([{"dml": {}}]))
    assert folder.window_within(131_072, memory_bytes) == window


def test_the_window_is_no_longer_than_asked_for(write):
    assert read_folder(write()).window_within(2048, 8 << 30) == 2048


@pytest.mark.parametrize(
    ("type", "window"), [("phi3", 4096), ("phi3small", 8192), ("llama", 131_072)]
)
def test_a_sequence_ends_where_its_positions_would_be_scaled_otherwise(write, type, window):
    assert read_folder(write(context_length=131_072, type=type)).window == window


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model": 3}', '{"model": {"decoder": {}}}'])
def test_a_configuration_that_is_none_is_a_damaged_model(tmp_path, content):
    (tmp_path / "genai_config.json").write_text(content)
    with pytest.raises(ModelDamaged, match=tmp_path.name) as raised:
        read_folder(tmp_path)
    assert raised.value.remedy


def test_a_folder_without_a_configuration_is_a_damaged_model(tmp_path):
    with pytest.raises(ModelDamaged, match="FileNotFoundError"):
        read_folder(tmp_path)
