"""How the next token is chosen from a network's logits."""

import secrets
from collections import Counter

import torch
from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopPLogitsWarper

from phi_sidecar.backends.stepping import Choose
from phi_sidecar.generated.protocol import Sampling


def choice(sampling: Sampling) -> Choose[torch.Tensor]:
    """Return what picks the tokens of one answer from `float[vocabulary]`."""
    penalty = sampling.frequency_penalty or 0.0
    counts: Counter[int] = Counter()
    pick = _sampled(sampling) if sampling.temperature > 0 else _likeliest

    def choose(logits: torch.Tensor) -> int:
        if penalty and counts:
            logits = logits.clone()
            logits[list(counts)] -= penalty * torch.tensor(list(counts.values())).to(logits)
        token = pick(logits)
        counts[token] += 1
        return token

    return choose


def log_prob(logits: torch.Tensor, token: int) -> float:
    """Return the natural logarithm of a token's probability, from `float[vocabulary]`."""
    return float(logits.float().log_softmax(-1)[token])


def _likeliest(logits: torch.Tensor) -> int:
    return int(logits.argmax())


def _sampled(sampling: Sampling) -> Choose[torch.Tensor]:
    warpers = LogitsProcessorList([TemperatureLogitsWarper(float(sampling.temperature))])
    if sampling.top_p < 1:
        warpers.append(TopPLogitsWarper(float(sampling.top_p)))
    # Of its own: the global generator may have been seeded by a library.
    generator = torch.Generator().manual_seed(secrets.randbits(63))
    # The warpers are made for whole sequences, which these ones do not look at.
    nothing = torch.empty((1, 0), dtype=torch.long)

    def pick(logits: torch.Tensor) -> int:
        scores = warpers(nothing, logits.float()[None])
        return int(torch.multinomial(scores.softmax(-1), 1, generator=generator))

    return pick
