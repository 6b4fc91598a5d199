"""Between prompts and token ids, by the tokenizer that the library reads from a model's folder."""

import json

import numpy as np
import onnxruntime_genai as og

from phi_sidecar.backends.detokenizer import REPLACEMENT
from phi_sidecar.backends.end_tokens import END_TOKENS
from phi_sidecar.errors import ModelDamaged
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt

NO_TOKEN = -1
"""What the library returns for a name that is no token."""

MOST_TOKENS_PER_CHARACTER = 4
"""A character has up to four bytes in UTF-8."""


class FolderTokens:
    """The tokens of a model."""

    def __init__(self, model: og.Model) -> None:
        self._tokenizer = og.Tokenizer(model)
        # A text gets what the tokenizer puts around it; a chat's template has written that already.
        self._texts = og.Tokenizer(model)
        self._texts.update_options(add_special_tokens="true")
        named = {self._tokenizer.to_token_id(name) for name in END_TOKENS}
        ends = named | {int(id) for id in self._tokenizer.eos_token_ids}
        self.end_ids = frozenset(ends - {NO_TOKEN})
        self._anchor: list[int] = self._tokenizer.encode("a").tolist()[-1:]
        self._anchor_text = self._tokenizer.decode(np.array(self._anchor, dtype=np.int32))
        self._begins_with_space = self._anchor_text.startswith(" ")

    def encode(self, prompt: RawPrompt | ChatPrompt) -> list[int]:
        """Return a prompt's ids, through the chat template if it is a chat."""
        if isinstance(prompt, RawPrompt):
            text, tokenizer = prompt.text, self._texts
        else:
            text, tokenizer = self._written(prompt), self._tokenizer
        # Its texts end at a NUL, and are UTF-8.
        clean = text.replace("\0", "\ufffd").encode("utf-8", errors="replace").decode("utf-8")
        ids: list[int] = tokenizer.encode(clean).tolist()
        return ids

    def decode(self, ids: list[int]) -> str:
        """Return the text of ids, without special tokens."""
        text = self._continued(ids)
        if text.endswith(REPLACEMENT):
            text = self._salvaged(ids)
        # A tokenizer that puts a space in front of a text's first word takes it away again.
        return text.removeprefix(" ") if self._begins_with_space else text

    def _continued(self, ids: list[int]) -> str:
        # The library dies of a division by zero on no ids, and makes a broken character of ids
        # that are all special: so there is always something in front.
        whole: str = self._tokenizer.decode(np.array(self._anchor + ids, dtype=np.int32))
        return whole[len(self._anchor_text) :]

    def _salvaged(self, ids: list[int]) -> str:
        """Decode around broken characters: the library leaves out all that follows one."""
        text = ""
        start = 0
        while start < len(ids):
            for end in range(start + 1, min(start + MOST_TOKENS_PER_CHARACTER, len(ids)) + 1):
                character = self._continued(ids[start:end])
                if not character.endswith(REPLACEMENT):
                    text += character
                    start = end
                    break
            else:
                text += REPLACEMENT
                start += 1
        return text

    def _written(self, chat: ChatPrompt) -> str:
        messages = [{"role": m.role.value, "content": m.content} for m in chat.messages]
        try:
            written: str = self._tokenizer.apply_chat_template(
                json.dumps(messages), add_generation_prompt=True
            )
        except RuntimeError as error:
            raise ModelDamaged(
                f"The model's chat template cannot be used: {error}",
                remedy="Prepare the model again, or import one whose folder has a template.",
            ) from error
        return written + chat.answer_start
