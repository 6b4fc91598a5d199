"""How the next token is chosen from a model's logits."""

from collections import Counter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from phi_sidecar.backends.stepping import Choose
from phi_sidecar.generated.protocol import Sampling

Logits: TypeAlias = NDArray[np.float32]
"""`float32[vocabulary]`."""


def choice(sampling: Sampling) -> Choose[Logits]:
    """Return what picks the tokens of one answer.

    Not the libraries' own: ONNX Runtime GenAI has no frequency penalty and fixes sampling with a
    generator's first token, and OpenVINO GenAI's cannot be had apart from its pipelines.
    """
    penalty = sampling.frequency_penalty or 0.0
    counts: Counter[int] = Counter()
    random = np.random.default_rng()
    to_pass_over = sampling.pass_over

    def choose(logits: Logits) -> int:
        nonlocal to_pass_over
        if to_pass_over:
            logits = logits.copy()
            logits[np.argpartition(-logits, to_pass_over)[:to_pass_over]] = -np.inf
            to_pass_over = 0
        if penalty and counts:
            logits = logits.copy()
            logits[list(counts)] -= penalty * np.fromiter(counts.values(), np.float32)
        if sampling.temperature > 0:
            probabilities = nucleus(logits / sampling.temperature, sampling.top_p)
            token = int(random.choice(len(probabilities), p=probabilities))
        else:
            token = int(logits.argmax())
        counts[token] += 1
        return token

    return choose


def log_prob(logits: Logits, token: int) -> float:
    """Return the natural logarithm of a token's probability."""
    highest = logits.max()
    return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))


def nucleus(logits: Logits, top_p: float) -> NDArray[np.float64]:
    """Return the probabilities of the likeliest tokens that make up `top_p`; all others have 0."""
    scores = np.exp((logits - logits.max()).astype(np.float64))
    scores /= scores.sum()
    if top_p < 1:
        # Of those that are less likely than this not even all together are in it.
        likely = np.flatnonzero(scores >= (1 - top_p) / len(scores))
        order = likely[np.argsort(-scores[likely])]
        before = np.cumsum(scores[order]) - scores[order]
        # The likeliest one stays, however little is asked for.
        kept = order[: max(1, int((before < top_p).sum()))]
        shares = np.zeros_like(scores)
        shares[kept] = scores[kept]
        scores = shares / shares.sum()
    return scores
