"""How sure the model is of what it says, and how sure it must be for that to be shown."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from phi_sidecar.generated.protocol import CompletionConfidence

NEEDED: Mapping[CompletionConfidence, float | None] = MappingProxyType(
    {
        CompletionConfidence.any: None,
        CompletionConfidence.likely: 0.4,
        CompletionConfidence.sure: 0.65,
    }
)
"""The least confidence in what is shown by itself, by how picky the person wants it.

Fitted on the starter's answers to half of HumanEval's even tasks, and told of on the other half:
docs/quality.md.
"""


@dataclass(frozen=True)
class Stretch:
    """Some tokens that the model said at once.

    Attributes:
        start: where their text begins, in characters of the suggestion; before it, if negative.
        end: behind their last character.
        log_prob: natural logarithm of their probability together; None where nobody can tell.
    """

    start: int
    end: int
    tokens: int
    log_prob: float | None

    def shifted(self, by: int) -> "Stretch":
        """Return it as seen from elsewhere in the text."""
        return Stretch(self.start + by, self.end + by, self.tokens, self.log_prob)

    def joined(self, next: "Stretch") -> "Stretch":
        """Return one stretch of this and the next."""
        known = self.log_prob is not None and next.log_prob is not None
        log_prob = (self.log_prob or 0.0) + (next.log_prob or 0.0) if known else None
        return Stretch(self.start, next.end, self.tokens + next.tokens, log_prob)


def needed(level: CompletionConfidence) -> float | None:
    """Return the least confidence to be shown; None where any will do."""
    return NEEDED[level]


def confidence_in(said: Iterable[Stretch], length: int) -> float | None:
    """Return how sure the model is of a text, from 0 to 1.

    It is the tokens' probabilities multiplied, to the power of one over the square root of their
    number: between the probability of the whole, which is small for any long text, and the mean,
    which lets a long text hide what it is unsure of. It told right from wrong better than either
    on the holes that it was fitted on; docs/quality.md says how to see it.

    Those that a text begins or ends within count: the model chose the whole of them.

    Args:
        said: what the text was made of, and perhaps more.
        length: of the text, in characters.
    """
    tokens, log_prob = 0, 0.0
    for stretch in said:
        if stretch.end <= 0 or stretch.start >= length:
            continue
        if stretch.log_prob is None:
            return None
        tokens += stretch.tokens
        log_prob += stretch.log_prob
    if not tokens or not math.isfinite(log_prob):
        return None
    # A sum of rounded logarithms may end up a little above 0, or beyond the smallest float.
    return min(1.0, math.exp(log_prob / math.sqrt(tokens))) or None


def after_typed(said: Sequence[Stretch], typed: int, length: int) -> tuple[Stretch, ...]:
    """Return what is left once so many characters of a text of some length were typed along.

    A token that was typed in part is as good as said; it counts only if nothing comes after it.
    """
    left = [each for each in said if typed < each.end and each.start < length]
    untouched = [each for each in left if max(each.start, 0) >= typed]
    return tuple(each.shifted(-typed) for each in untouched or left)
