"""Answers without a model: for trying the product's surfaces, and for its tests."""

import re
import time
from collections.abc import Iterator, Sequence

from phi_sidecar.backends.base import (
    Accepted,
    Device,
    DeviceKind,
    Event,
    Finished,
    GenerateRequest,
    LoadedModel,
    LoadSpec,
    Piece,
    most_prompt_tokens,
)
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import Capabilities, ChatPrompt, FinishReason, RawPrompt

CONTEXT_WINDOW = 4096
TOKEN = re.compile(r"\s*\S+|\s+$")
"""What counts as a token here: a word with the space before it."""


class Echo:
    """The backend of the `echo` accelerator."""

    id = "echo"
    environment = None
    needs_model = False
    devices: Sequence[DeviceKind] = (
        DeviceKind(
            device="echo",
            name="Echo (no model)",
            always_present=True,
            absent_reason="",
            absent_remedy="",
        ),
    )

    def probe(self) -> Sequence[Device]:
        """Find the one device there is."""
        return [Device(device="echo", full_name="Repeats what it is asked")]

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Return at once. The option `token_ms` sets how long a token takes."""
        return EchoModel(token_s=float(spec.backend_options.get("token_ms", "5")) / 1000)


class EchoModel:
    """Repeats what it was asked, word by word."""

    executing_device = "echo"
    capabilities = Capabilities(
        context_window=CONTEXT_WINDOW,
        max_prompt_tokens=CONTEXT_WINDOW - 1,
        concurrent_requests=True,
        prefix_reuse=False,
        cancel_during_prefill=True,
    )

    def __init__(self, token_s: float) -> None:
        self._token_s = token_s
        self._accepted: list[Accepted] = []
        self._answers: dict[int, Iterator[Event]] = {}
        self._cancelled: list[int] = []

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Count the words."""
        return len(TOKEN.findall(_prompt_text(prompt)))

    def add(self, request: GenerateRequest) -> None:
        """Take in a request."""
        prompt_tokens = self.count_tokens(request.prompt)
        most = most_prompt_tokens(self.capabilities, request.sampling.max_new_tokens)
        if prompt_tokens > most:
            raise PromptTooLong(
                f"The prompt has {prompt_tokens} tokens; at most {most} fit beside the answer."
            )
        self._accepted.append(Accepted(request.id, prompt_tokens, cached_tokens=0))
        room = self.capabilities.context_window - prompt_tokens
        self._answers[request.id] = _answer(request, min(request.sampling.max_new_tokens, room))

    def cancel(self, request_id: int) -> None:
        """End a request at the next step."""
        if self._answers.pop(request_id, None) is not None:
            self._cancelled.append(request_id)

    def step(self) -> Sequence[Event]:
        """Say one word of each answer."""
        events: list[Event] = [*self._accepted]
        self._accepted.clear()
        events += [Finished(id, FinishReason.cancelled) for id in self._cancelled]
        self._cancelled.clear()
        if self._answers:
            time.sleep(self._token_s)
        for id in list(self._answers):
            event = next(self._answers[id])
            if isinstance(event, Finished):
                del self._answers[id]
            events.append(event)
        return events

    def close(self) -> None:
        """Nothing is held."""


def _prompt_text(prompt: RawPrompt | ChatPrompt) -> str:
    if isinstance(prompt, ChatPrompt):
        return "\n".join(message.content for message in prompt.messages)
    return prompt.text


def _answer(request: GenerateRequest, most: int) -> Iterator[Event]:
    if isinstance(request.prompt, ChatPrompt):
        text = f"You said: {request.prompt.messages[-1].content}"
    else:
        words = re.findall(r"\w+", request.prompt.text)
        text = f"echo({words[-1] if words else ''})\n"
    tokens = TOKEN.findall(text)
    for token in tokens[:most]:
        yield Piece(request.id, token, tokens=1)
    whole = len(tokens) <= most
    yield Finished(request.id, FinishReason.stop if whole else FinishReason.length)
