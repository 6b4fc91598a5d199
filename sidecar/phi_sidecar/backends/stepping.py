"""For runtimes that are driven token by token: prefill in chunks, prefix reuse, streaming.

Nothing in here knows a runtime: a backend brings its network, its tokenizer and its choice of
tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from phi_sidecar.backends.base import (
    Accepted,
    Finished,
    GenerateRequest,
    Piece,
    continued,
    most_prompt_tokens,
)
from phi_sidecar.backends.detokenizer import Detokenizer
from phi_sidecar.backends.sequential import Decoding, SequentialModel
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import (
    Capabilities,
    ChatPrompt,
    FinishReason,
    RawPrompt,
    Sampling,
)

CONTEXT_TOKENS = 4
"""How much of a prompt's end an answer that continues it is decoded with, so that the space
between the two is neither lost nor doubled."""

Logits = TypeVar("Logits")
"""What a network says about the next token, in the runtime's own form."""

Said = TypeVar("Said", covariant=True)
"""The same, where it only comes out."""

Choose = Callable[[Logits], int]
"""Picks the next token's id; it is told all of one answer's logits, one after the other, and leaves
them as they are."""

LogProb = Callable[[Logits, int], float]
"""Natural logarithm of how probable logits make a token."""


class Network(Protocol[Said]):
    """A causal language model on its device, with the keys and values of what it was fed."""

    @property
    def chunk_tokens(self) -> int:
        """How many tokens it may be fed at once, for a stop to be noticed in time; may change."""

    def rewind(self, tokens: int) -> None:
        """Keep the keys and values of the first tokens alone; 0 forgets all."""

    def feed(self, ids: Sequence[int]) -> None:
        """Compute the keys and values of what comes next, at most `chunk_tokens`."""

    def predict(self, ids: Sequence[int]) -> Said:
        """Do the same, and return what is said about the token after them."""

    def close(self) -> None:
        """Give the memory back."""


class Tokens(Protocol):
    """A model's tokenizer and template."""

    end_ids: frozenset[int]
    """The tokens that end an answer; never part of its text."""

    def encode(self, prompt: RawPrompt | ChatPrompt) -> list[int]:
        """Return a prompt's ids, through the chat template if it is a chat."""

    def decode(self, ids: list[int]) -> str:
        """Return the text of ids, without special tokens."""


@dataclass(frozen=True)
class Parts(Generic[Logits]):
    """What a model is put together from.

    Attributes:
        choice: makes, for one answer, what picks its tokens.
        log_prob: tells how probable a token was.
    """

    network: Network[Logits]
    tokens: Tokens
    choice: Callable[[Sampling], Choose[Logits]]
    log_prob: LogProb[Logits]


class SteppedModel(SequentialModel, Generic[Logits]):
    """A `LoadedModel` whose step is one chunk of a prefill, or one token."""

    def __init__(
        self, parts: Parts[Logits], capabilities: Capabilities, executing_device: str
    ) -> None:
        super().__init__()
        self.capabilities = capabilities
        self.executing_device = executing_device
        self._parts = parts
        self._held = _Held(parts.network, reuse=capabilities.prefix_reuse)
        self._texts: dict[tuple[int, ...], str] = {}

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""
        return len(self._parts.tokens.encode(prompt))

    def accept(self, request: GenerateRequest) -> Accepted:
        """Count the prompt's tokens, and refuse one that does not fit beside its answer."""
        tokens = self.count_tokens(request.prompt)
        most = most_prompt_tokens(self.capabilities, request.sampling.max_new_tokens)
        if tokens > most:
            raise PromptTooLong(
                f"The prompt has {tokens} tokens; at most {most} fit beside the answer."
            )
        return Accepted(request.id, tokens, cached_tokens=0)

    def start(self, request: GenerateRequest) -> Decoding:
        """Keep what the prompt has in common with what was fed before."""
        return _SteppedDecoding(
            request,
            self._parts,
            self._held,
            texts=self._texts,
            context_window=self.capabilities.context_window,
        )

    def close(self) -> None:
        """Give the memory back."""
        self._parts.network.close()


class _Held(Generic[Logits]):
    """The tokens whose keys and values a network has."""

    def __init__(self, network: Network[Logits], *, reuse: bool) -> None:
        self._network = network
        self._reuse = reuse
        self._ids: list[int] = []

    def keep_common(self, ids: Sequence[int]) -> int:
        """Forget all but the longest common beginning; returns how long that is.

        The last token is always computed again: what is said after it was not kept.
        """
        common = _common(self._ids, ids[:-1]) if self._reuse else 0
        # Should the network fail, nothing of it is relied on.
        self._ids, kept = [], self._ids[:common]
        self._network.rewind(common)
        self._ids = kept
        return common

    def feed(self, ids: Sequence[int]) -> None:
        held, self._ids = self._ids, []
        self._network.feed(ids)
        self._ids = [*held, *ids]

    def predict(self, ids: Sequence[int]) -> Logits:
        held, self._ids = self._ids, []
        logits = self._network.predict(ids)
        held.extend(ids)
        self._ids = held
        return logits


class _SteppedDecoding(Decoding, Generic[Logits]):
    """One answer, step by step."""

    def __init__(
        self,
        request: GenerateRequest,
        parts: Parts[Logits],
        held: _Held[Logits],
        *,
        texts: dict[tuple[int, ...], str],
        context_window: int,
    ) -> None:
        self._id = request.id
        self._network = parts.network
        self._end_ids = parts.tokens.end_ids
        self._choose = parts.choice(request.sampling)
        self._log_prob = parts.log_prob if request.log_probs else None
        self._held = held
        ids = parts.tokens.encode(request.prompt)
        self._room = max(1, min(request.sampling.max_new_tokens, context_window - len(ids)))
        context = continued(request.prompt, ids)[-CONTEXT_TOKENS:]
        self._detokenizer = Detokenizer(parts.tokens.decode, texts, context)
        self.cached_tokens = held.keep_common(ids)
        self._unfed = ids[self.cached_tokens :]
        self._cancelled = False
        self._finish: FinishReason | None = None

    def next(self) -> Piece | Finished | None:
        if self._cancelled:
            return Finished(self._id, FinishReason.cancelled)
        if self._finish is not None:
            return Finished(self._id, self._finish)
        chunk = max(1, self._network.chunk_tokens)
        if len(self._unfed) > chunk:
            self._held.feed(self._unfed[:chunk])
            del self._unfed[:chunk]
            return None
        logits = self._held.predict(self._unfed)
        token = self._choose(logits)
        self._unfed = [token]
        self._room -= 1
        log_prob = None
        if self._log_prob is not None:
            log_prob = 0.0 if token in self._end_ids else self._log_prob(logits, token)
        return Piece(self._id, self._text(token), tokens=1, log_prob=log_prob)

    def cancel(self) -> None:
        self._cancelled = True

    def _text(self, token: int) -> str:
        if token in self._end_ids:
            self._finish = FinishReason.stop
            return self._detokenizer.flush()
        text = self._detokenizer.add([token])
        if self._room == 0:
            self._finish = FinishReason.length
            text += self._detokenizer.flush()
        return text


def _common(held: Sequence[int], wanted: Sequence[int]) -> int:
    for at, (one, other) in enumerate(zip(held, wanted, strict=False)):
        if one != other:
            return at
    return min(len(held), len(wanted))
