"""Between prompts and token ids, the same for every pipeline of OpenVINO GenAI."""

import secrets

import openvino as ov
import openvino_genai as ov_genai

from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import Capabilities, ChatPrompt, RawPrompt, Sampling

END_TOKENS = (b"<|im_end|>", b"<|end|>", b"<|endoftext|>", b"<|eot_id|>", b"</s>")
"""Names under which known families of models end a turn or a text. A model's own configuration
often lists only one of those that it writes."""


def end_token_ids(tokenizer: ov_genai.Tokenizer, config: ov_genai.GenerationConfig) -> set[int]:
    """Return every token that ends an answer, by tokenizer and generation config together."""
    vocabulary = tokenizer.get_vocab()
    named = {vocabulary[name] for name in END_TOKENS if name in vocabulary}
    own = {tokenizer.get_eos_token_id(), config.eos_token_id, *config.stop_token_ids}
    return {id for id in named | own if id >= 0}


def encode(tokenizer: ov_genai.Tokenizer, prompt: RawPrompt | ChatPrompt) -> ov.Tensor:
    """Return a prompt's ids, `int64[1, tokens]`, through the chat template if it is a chat."""
    if isinstance(prompt, ChatPrompt):
        history = [{"role": m.role.value, "content": m.content} for m in prompt.messages]
        text = tokenizer.apply_chat_template(history, add_generation_prompt=True)
        # The template has written the special tokens already.
        return tokenizer.encode(text + prompt.answer_start, add_special_tokens=False).input_ids
    return tokenizer.encode(prompt.text, add_special_tokens=True).input_ids


def refuse_if_too_long(prompt_tokens: int, sampling: Sampling, capabilities: Capabilities) -> None:
    """Compare a prompt with what fits beside an answer of up to a quarter of the window.

    Raises:
        PromptTooLong: it is longer.
    """
    answer = min(sampling.max_new_tokens, capabilities.context_window // 4)
    most = min(capabilities.max_prompt_tokens, capabilities.context_window - answer)
    if prompt_tokens > most:
        raise PromptTooLong(
            # Tokenizers cut what exceeds the model's window, so the count may be short.
            f"The prompt has {prompt_tokens} tokens or more; at most {most} fit beside the answer."
        )


def generation_config(
    sampling: Sampling, end_ids: set[int], room: int
) -> ov_genai.GenerationConfig:
    """Return the runtime's form of how to sample, with at most `room` tokens of answer."""
    config = ov_genai.GenerationConfig()
    config.max_new_tokens = max(1, min(sampling.max_new_tokens, room))
    config.stop_token_ids = end_ids
    config.do_sample = sampling.temperature > 0
    if config.do_sample:
        config.temperature = sampling.temperature
        config.top_p = sampling.top_p
        # Its own seed is always the same, and so would the answer be.
        config.rng_seed = secrets.randbits(32)
    config.apply_chat_template = False
    return config
