"""What a model that computes batches is put together from: the seam to a runtime."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from phi_sidecar.backends.stepping import Choose, LogProb, Tokens
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt, Sampling

Logits = TypeVar("Logits")
Said = TypeVar("Said", covariant=True)


@dataclass(frozen=True)
class Stretch:
    """Tokens of one sequence that are computed in a step.

    Attributes:
        ids: the tokens.
        past: how many tokens of the sequence are before them, with keys and values.
        blocks: where all of them have theirs, in order; with room for `ids`.
        asked: after how many of the last `ids` it is asked what comes next.
    """

    ids: Sequence[int]
    past: int
    blocks: Sequence[int]
    asked: int


class BlockNetwork(Protocol[Said]):
    """A causal language model whose keys and values lie in blocks."""

    def compute(self, stretches: Sequence[Stretch]) -> Sequence[Said]:
        """Return what is said after each token that is asked for, stretch by stretch."""

    def copy(self, source: int, target: int) -> None:
        """Copy the keys and values of a block."""

    def close(self) -> None:
        """Give the memory back."""


class CountingTokens(Tokens, Protocol):
    """A tokenizer that counts what is longer than it would encode."""

    def count(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""


@dataclass(frozen=True)
class BatchedParts(Generic[Logits]):
    """What a model is put together from.

    Attributes:
        blocks: how many the network has.
        block_tokens: how many tokens have their keys and values in one.
        chunk_tokens: how many are computed in a step at most, for a stop to be noticed in time.
        choice: makes, for one answer, what picks its tokens.
        log_prob: tells how probable a token was.
    """

    network: BlockNetwork[Logits]
    tokens: CountingTokens
    blocks: int
    block_tokens: int
    chunk_tokens: int
    choice: Callable[[Sampling], Choose[Logits]]
    log_prob: LogProb[Logits]
