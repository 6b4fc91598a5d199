from pathlib import Path

import pytest
from phi_sidecar.backends.openvino_genai.settings import (
    BESIDE_TOKENS,
    batching_settings,
    pool_blocks,
    prefill_chunk_tokens,
    static_settings,
)

CACHE = Path("compiled")
STARTER_BYTES = 98_000_000
PHI_3_MINI_BYTES = 2_200_000_000


def test_the_processor_keeps_no_compiled_model_because_it_would_never_be_used():
    settings = batching_settings("CPU", CACHE, STARTER_BYTES, {})
    assert settings.options == {}
    assert settings.block_tokens == 32


@pytest.mark.parametrize("device", ["GPU", "GPU.0", "GPU.1"])
def test_a_gpu_keeps_its_kernels_and_not_the_weights(device):
    settings = batching_settings(device, CACHE, PHI_3_MINI_BYTES, {})
    assert settings.options == {"CACHE_DIR": "compiled", "CACHE_MODE": "OPTIMIZE_SIZE"}
    assert settings.block_tokens == 16


@pytest.mark.parametrize(("window", "block_tokens"), [(4096, 32), (4033, 32), (8192, 16)])
def test_the_pool_holds_a_whole_context_and_a_suggestion_beside_it_and_no_more(
    window, block_tokens
):
    tokens = pool_blocks(window, block_tokens) * block_tokens
    assert 0 <= tokens - window - BESIDE_TOKENS < block_tokens


def test_the_larger_a_model_the_less_of_a_prompt_does_the_processor_compute_at_once():
    sizes = (1, STARTER_BYTES, 600_000_000, PHI_3_MINI_BYTES, 1 << 40)
    assert [prefill_chunk_tokens(size) for size in sizes] == [256, 256, 64, 32, 32]


def test_a_gpu_computes_as_much_whatever_the_model():
    small, large = (batching_settings("GPU", CACHE, size, {}) for size in (1, 1 << 40))
    assert small.chunk_tokens == large.chunk_tokens == 128


def test_the_npu_has_shapes_in_chunks_and_a_cache():
    settings = static_settings(CACHE, 4096, {})
    assert settings.options == {
        "MAX_PROMPT_LEN": 1024,
        "MIN_RESPONSE_LEN": 512,
        "NPUW_LLM_PREFILL_CHUNK_SIZE": 256,
        "GENERATE_HINT": "BEST_PERF",
        "CACHE_DIR": "compiled",
    }
    assert (settings.max_prompt_tokens, settings.context_window) == (1024, 1536)


def test_what_is_asked_for_goes_before_what_is_usual():
    options = {"MAX_PROMPT_LEN": "256", "MIN_RESPONSE_LEN": "128", "GENERATE_HINT": "FAST_COMPILE"}
    settings = static_settings(CACHE, 4096, options)
    assert settings.options["MAX_PROMPT_LEN"] == 256
    assert settings.options["GENERATE_HINT"] == "FAST_COMPILE"
    assert (settings.max_prompt_tokens, settings.context_window) == (256, 384)
    assert batching_settings("GPU", CACHE, 1, {"CACHE_DIR": "x"}).options["CACHE_DIR"] == "x"


def test_shapes_that_hold_more_than_the_model_was_made_for_are_not_filled():
    settings = static_settings(CACHE, 2048, {"MAX_PROMPT_LEN": "4096"})
    assert (settings.max_prompt_tokens, settings.context_window) == (2047, 2048)
