"""A tokenizer of transformers, and the template it carries."""

from collections.abc import Iterable
from pathlib import Path

from transformers import AutoTokenizer, GenerationConfig, PreTrainedTokenizerFast

from phi_sidecar.backends.end_tokens import END_TOKENS
from phi_sidecar.backends.transformers_text.config_file import REMEDY
from phi_sidecar.errors import ModelDamaged
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt


class TokenizerTokens:
    """The tokens of a model, by the tokenizer in its folder."""

    def __init__(self, folder: Path, config: GenerationConfig) -> None:
        """Load it; the configuration names the tokens that end an answer.

        Raises:
            ModelDamaged: there is none that can be read.
        """
        self._tokenizer = _load(folder)
        self.end_ids = frozenset(_end_ids(self._tokenizer, config))

    def encode(self, prompt: RawPrompt | ChatPrompt) -> list[int]:
        """Return a prompt's ids, through the chat template if it is a chat."""
        # A chat's template has written the special tokens already.
        special = not isinstance(prompt, ChatPrompt)
        encoded = self._tokenizer(
            self._text(prompt), add_special_tokens=special, truncation=False, verbose=False
        )
        ids: list[int] = encoded["input_ids"]
        return ids

    def decode(self, ids: list[int]) -> str:
        """Return the text of ids as it is, without special tokens."""
        text: str = self._tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def _text(self, prompt: RawPrompt | ChatPrompt) -> str:
        if not isinstance(prompt, ChatPrompt):
            return prompt.text
        history = [{"role": m.role.value, "content": m.content} for m in prompt.messages]
        if not self._tokenizer.chat_template:
            raise ModelDamaged(
                "The model comes without a chat template.",
                remedy="Choose a model that was made for chat.",
            )
        written: str = self._tokenizer.apply_chat_template(
            history, tokenize=False, add_generation_prompt=True
        )
        return written + prompt.answer_start


def _load(folder: Path) -> PreTrainedTokenizerFast:
    try:
        # Code that comes with a model is never run.
        tokenizer = AutoTokenizer.from_pretrained(
            folder, use_fast=True, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # what its readers run into comes out as anything
        raise ModelDamaged(
            f"The tokenizer of {folder.name} cannot be read: {type(error).__name__}.",
            remedy=REMEDY,
        ) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ModelDamaged(
            f"The folder {folder.name} has no tokenizer.json.",
            remedy=REMEDY,
        )
    template = folder / "chat_template.jinja"
    if not tokenizer.chat_template and template.is_file():
        # Newer versions of transformers write it there; older ones do not look.
        tokenizer.chat_template = template.read_text(encoding="utf-8")
    return tokenizer


def _end_ids(tokenizer: PreTrainedTokenizerFast, config: GenerationConfig) -> Iterable[int]:
    vocabulary = tokenizer.get_vocab()
    yield from (vocabulary[name] for name in END_TOKENS if name in vocabulary)
    named = config.eos_token_id
    for id in (*(named if isinstance(named, list) else [named]), tokenizer.eos_token_id):
        if id is not None:
            yield int(id)
