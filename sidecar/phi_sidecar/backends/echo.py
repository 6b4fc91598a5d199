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
)
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import Capabilities, ChatPrompt, FinishReason

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
        return [Device(device="echo", full_name="answers without a model")]

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

    def add(self, request: GenerateRequest) -> None:
        """Take in a request."""
        prompt_tokens = len(TOKEN.findall(_prompt_text(request)))
        if prompt_tokens > self.capabilities.max_prompt_tokens:
            raise PromptTooLong(
                f"The prompt has {prompt_tokens} tokens; "
                f"at most {self.capabilities.max_prompt_tokens} fit."
            )
        self._accepted.append(Accepted(request.id, prompt_tokens, cached_tokens=0))
        self._answers[request.id] = _answer(request)

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


def _prompt_text(request: GenerateRequest) -> str:
    if isinstance(request.prompt, ChatPrompt):
        return "\n".join(message.content for message in request.prompt.messages)
    return request.prompt.text


def _answer(request: GenerateRequest) -> Iterator[Event]:
    if isinstance(request.prompt, ChatPrompt):
        text = f"You said: {request.prompt.messages[-1].content}"
    else:
        words = re.findall(r"\w+", request.prompt.text)
        text = f"echo({words[-1] if words else ''})\n"
    tokens = TOKEN.findall(text)
    for token in tokens[: request.sampling.max_new_tokens]:
        yield Piece(request.id, token, tokens=1)
    whole = len(tokens) <= request.sampling.max_new_tokens
    yield Finished(request.id, FinishReason.stop if whole else FinishReason.length)
