"""What OpenVINO is told for each kind of device, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_PROMPT_LEN = "MAX_PROMPT_LEN"
MIN_RESPONSE_LEN = "MIN_RESPONSE_LEN"
PREFILL_CHUNK = "NPUW_LLM_PREFILL_CHUNK_SIZE"
"""How OpenVINO calls the static shapes of the NPU; each takes a number of tokens."""

MAX_PROMPT_TOKENS = 1024
"""Longest prompt by default: users report garbage past about 2,000 tokens on the NPU."""

MIN_RESPONSE_TOKENS = 512
"""Room for the answer by default."""

NPU_CHUNK_TOKENS = 256
"""A prompt is computed in whole chunks, full or not. Through NPUW on a CPU, 30 tokens took 0.4 s,
and 2.9 s in OpenVINO's own single chunk of 1,024."""

CPU_BLOCK_TOKENS = 32
GPU_BLOCK_TOKENS = 16
"""Size of a block of OpenVINO's KV cache (`KVCacheManager` of OpenVINO GenAI, whose pipeline reuses
whole blocks of a prompt's beginning)."""

BESIDE_TOKENS = 1280
"""Room in the KV cache beside a whole context: what a suggestion reads and writes at most, for it
not to wait for a chat that fills its own."""

COPY_OPTIONS = {
    "INFERENCE_PRECISION_HINT": "f32",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32",
}
"""How a processor shall compute with the copy.

Those that know bfloat16 would be given it, and round once more what others do not: the likeliest
word would depend on the machine. In 32 bits a token is no slower, a prompt takes a tenth longer.
What the matrices are multiplied with gets a scale for each 32 numbers, as the file's own blocks
have: the more numbers share one, the further off the probabilities are, and a table of tokens in
blocks is computed the slow way. With one for each row, the default, answers can be nonsense.
"""

WHOLE_KEYS = {"KV_CACHE_PRECISION": "f16"}
"""For the copy too, where the processor can.

Keys and values in 8 bits, the default, are rounded together with those before them, so that what is
read anew, or drafted in vain, changes what comes after. In 16 bits a step takes as long, and an
answer is the same whatever was read before.
"""

MOST_CHUNK_TOKENS = 256
"""The library's own default."""

GPU_CHUNK_TOKENS = 128
"""Between a GPU's speed, which small chunks waste, and a stop that waits for one; not measured."""


@dataclass(frozen=True)
class BatchingSettings:
    """For continuous batching.

    Attributes:
        options: for the runtime.
        block_tokens: of what size are the parts of prompts that it keeps.
        chunk_tokens: how much of a prompt it computes in one step.
    """

    options: Mapping[str, str]
    block_tokens: int
    chunk_tokens: int


@dataclass(frozen=True)
class StaticSettings:
    """For static shapes.

    Attributes:
        options: for the runtime.
        max_prompt_tokens: longest prompt that the shapes hold.
        context_window: prompt and answer together.
    """

    options: Mapping[str, str | int]
    max_prompt_tokens: int
    context_window: int


def batching_settings(
    device: str, cache: Path, weight_bytes: int, options: Mapping[str, str]
) -> BatchingSettings:
    """Return what the CPU or a GPU is told; `options` go first."""
    if device.split(".")[0] != "GPU":
        # No cache of compiled models: on this path it never hits, and a start takes twice as long
        # for writing it (2.4 s instead of 1.2 s; 2026.4.1 on a CPU).
        chunk_tokens = prefill_chunk_tokens(weight_bytes)
        return BatchingSettings(dict(options), CPU_BLOCK_TOKENS, chunk_tokens)
    # A GPU's kernels take long to compile and are kept there one by one, whatever becomes of the
    # model as a whole; without its weights that one stays small.
    told = {"CACHE_DIR": str(cache), "CACHE_MODE": "OPTIMIZE_SIZE", **options}
    return BatchingSettings(told, GPU_BLOCK_TOKENS, GPU_CHUNK_TOKENS)


def pool_blocks(context_window: int, block_tokens: int) -> int:
    """Return how many blocks the KV cache of continuous batching has: no request takes more."""
    return -(-(context_window + BESIDE_TOKENS) // block_tokens)


def static_settings(cache: Path, window: int, options: Mapping[str, str]) -> StaticSettings:
    """Return what the NPU is told for a model of some context window; `options` go first."""
    told: dict[str, str | int] = {
        MAX_PROMPT_LEN: MAX_PROMPT_TOKENS,
        MIN_RESPONSE_LEN: MIN_RESPONSE_TOKENS,
        PREFILL_CHUNK: NPU_CHUNK_TOKENS,
        # Faster tokens for a longer compile (OpenVINO's guide to LLMs on the NPU), which the cache
        # makes one for each model.
        "GENERATE_HINT": "BEST_PERF",
        "CACHE_DIR": str(cache),
        **options,
    }
    for name in (MAX_PROMPT_LEN, MIN_RESPONSE_LEN, PREFILL_CHUNK):
        told[name] = int(told[name])
    max_prompt = int(told[MAX_PROMPT_LEN])
    context_window = min(window, max_prompt + int(told[MIN_RESPONSE_LEN]))
    return StaticSettings(told, min(max_prompt, context_window - 1), context_window)


def prefill_chunk_tokens(weight_bytes: int) -> int:
    """Return how many prompt tokens a CPU computes in one step, 32 to 256 by the model's size.

    A step cannot be interrupted, so its length bounds how soon a cancel or a new request is
    noticed. The starter (98 MB) does 256 tokens in about 0.1 s on
    two cores, and the time grows with the weights. More in a step gains nothing; fewer cost up to
    a tenth of the time to the first token.
    """
    tokens = MOST_CHUNK_TOKENS * 150_000_000 // max(1, weight_bytes)
    whole_blocks = tokens // CPU_BLOCK_TOKENS * CPU_BLOCK_TOKENS
    return max(CPU_BLOCK_TOKENS, min(MOST_CHUNK_TOKENS, whole_blocks))
