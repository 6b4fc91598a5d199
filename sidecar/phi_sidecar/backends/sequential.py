"""For runtimes that do one generation at a time: the same seam, with a queue in front."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from phi_sidecar.backends.base import Accepted, Event, Failed, Finished, GenerateRequest, Piece
from phi_sidecar.generated.protocol import (
    Capabilities,
    ChatPrompt,
    FinishReason,
    Lane,
    RawPrompt,
)


class ModelBroken(Exception):
    """The runtime cannot be relied on any more: the model ends as a whole, and its process."""


class Decoding(ABC):
    """One generation that the runtime is doing.

    Attributes:
        cached_tokens: those of the prompt whose keys and values are reused; known when it starts.
    """

    cached_tokens: int = 0

    @abstractmethod
    def next(self) -> Piece | Finished | None:
        """Wait briefly for what comes next; None when nothing came yet."""

    @abstractmethod
    def cancel(self) -> None:
        """Make the runtime stop; `next` then ends in `Finished(cancelled)`."""


class SequentialModel(ABC):
    """A `LoadedModel` that decodes one request and queues the others.

    The newest completion goes first, then chats in the order they came. What is under way is
    never interrupted for another: these runtimes hold one set of keys and values.
    """

    capabilities: Capabilities
    executing_device: str

    def __init__(self) -> None:
        self._waiting: list[tuple[GenerateRequest, Accepted]] = []
        self._ended_waiting: list[int] = []
        self._current: tuple[int, Decoding] | None = None

    @abstractmethod
    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""

    @abstractmethod
    def accept(self, request: GenerateRequest) -> Accepted:
        """Count the prompt's tokens.

        Raises:
            PromptTooLong: the prompt exceeds the capabilities.
        """

    @abstractmethod
    def start(self, request: GenerateRequest) -> Decoding:
        """Have the runtime begin."""

    @abstractmethod
    def close(self) -> None:
        """Give the memory back."""

    def add(self, request: GenerateRequest) -> None:
        """Take in a request, behind those that go first."""
        self._waiting.append((request, self.accept(request)))

    def cancel(self, request_id: int) -> None:
        """End a request, waiting or under way."""
        if self._current is not None and self._current[0] == request_id:
            self._current[1].cancel()
            return
        for index, (request, _) in enumerate(self._waiting):
            if request.id == request_id:
                del self._waiting[index]
                self._ended_waiting.append(request_id)
                return

    def step(self) -> Sequence[Event]:
        """Do the next bit of the one request under way."""
        events: list[Event] = [Finished(id, FinishReason.cancelled) for id in self._ended_waiting]
        self._ended_waiting.clear()
        if self._current is None and self._waiting:
            request, accepted = self._waiting.pop(self._next_index())
            try:
                decoding = self.start(request)
            except ModelBroken:
                raise
            except Exception as error:  # noqa: BLE001 (whatever a runtime raises ends one request)
                events += [accepted, Failed(request.id, error)]
            else:
                self._current = (request.id, decoding)
                events.append(replace(accepted, cached_tokens=decoding.cached_tokens))
        if self._current is not None:
            id, decoding = self._current
            try:
                event = decoding.next()
            except ModelBroken:
                raise
            except Exception as error:  # noqa: BLE001 (the same, later)
                self._current = None
                return [*events, Failed(id, error)]
            if isinstance(event, Finished):
                self._current = None
            if event is not None:
                events.append(event)
        return events

    def _next_index(self) -> int:
        for index in reversed(range(len(self._waiting))):
            if self._waiting[index][0].lane is Lane.completion:
                return index
        return 0
