"""Between prompts and token ids, the same for every pipeline of OpenVINO GenAI."""

import secrets

import openvino as ov
import openvino_genai as ov_genai

from phi_sidecar.backends.end_tokens import END_TOKENS
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt, Sampling


def end_token_ids(tokenizer: ov_genai.Tokenizer, config: ov_genai.GenerationConfig) -> set[int]:
    """Return every token that ends an answer, by tokenizer and generation config together."""
    vocabulary = tokenizer.get_vocab()
    names = [name.encode() for name in END_TOKENS]
    named = {vocabulary[name] for name in names if name in vocabulary}
    own = {tokenizer.get_eos_token_id(), config.eos_token_id, *config.stop_token_ids}
    return {id for id in named | own if id >= 0}


def encode(tokenizer: ov_genai.Tokenizer, prompt: RawPrompt | ChatPrompt) -> ov.Tensor:
    """Return a prompt's ids, `int64[1, tokens]`, through the chat template if it is a chat."""
    # A chat's template has written the special tokens already.
    special = not isinstance(prompt, ChatPrompt)
    return tokenizer.encode(_text(tokenizer, prompt), add_special_tokens=special).input_ids


def count_tokens(tokenizer: ov_genai.Tokenizer, prompt: RawPrompt | ChatPrompt, most: int) -> int:
    """Return how many tokens a prompt has; past `most` it may be a few off.

    Tokenizers cut what exceeds the model's window. So what comes out that long is counted again,
    in pieces too short to be cut.
    """
    tokens = int(encode(tokenizer, prompt).shape[1])
    if tokens < most:
        return tokens
    text = _text(tokenizer, prompt)
    # A token stands for one byte at least, and a character has up to four.
    size = max(1, most // 4)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    counted = sum(
        int(tokenizer.encode(piece, add_special_tokens=False).input_ids.shape[1])
        for piece in pieces
    )
    return max(tokens, counted)


def _text(tokenizer: ov_genai.Tokenizer, prompt: RawPrompt | ChatPrompt) -> str:
    if not isinstance(prompt, ChatPrompt):
        return prompt.text
    history = [{"role": m.role.value, "content": m.content} for m in prompt.messages]
    written: str = tokenizer.apply_chat_template(history, add_generation_prompt=True)
    return written + prompt.answer_start


def generation_config(
    sampling: Sampling, end_ids: set[int], room: int, *, log_probs: bool = False
) -> ov_genai.GenerationConfig:
    """Return the runtime's form of how to sample, with at most `room` tokens of answer.

    With `log_probs` it tells of each token how probable the model held it, before penalties,
    temperature and cuts.
    """
    config = ov_genai.GenerationConfig()
    config.max_new_tokens = max(1, min(sampling.max_new_tokens, room))
    config.stop_token_ids = end_ids
    config.logprobs = int(log_probs)
    if sampling.frequency_penalty:
        config.frequency_penalty = sampling.frequency_penalty
    config.do_sample = sampling.temperature > 0
    if config.do_sample:
        config.temperature = sampling.temperature
        config.top_p = sampling.top_p
        # Its own seed is always the same, and so would the answer be.
        config.rng_seed = secrets.randbits(32)
    config.apply_chat_template = False
    return config
