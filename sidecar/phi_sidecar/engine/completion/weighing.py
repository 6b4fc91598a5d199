"""Other answers beside the likeliest one, and which of them fits best before what follows."""

import asyncio
import contextlib
import math
from collections.abc import Sequence

from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.suggestion import Rejected, Suggestion
from phi_sidecar.completion.turnings import Turning, is_worth_weighing, turnings, weighed_text
from phi_sidecar.engine.completion.asking import Answer
from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated import protocol as p

WITHIN_S = 1.0
"""How much longer a person waits who asked for a suggestion."""


async def weighed(answer: Answer, engine: Engine) -> Suggestion | Rejected:
    """Return what came of an answer, or what the model might have said instead and fits better.

    Whatever goes wrong on the way, the answer stands.

    Args:
        answer: what the model said, token by token the likeliest.
        engine: has the model that said it, and tells how probable a given text is.
    """
    outcome, attempt = answer.outcome, answer.attempt
    if not is_worth_weighing(outcome, attempt.context) or _decode_s(answer) > WITHIN_S:
        return outcome
    turns = turnings(attempt.said, attempt.answer, attempt.begins)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            others = await asyncio.gather(*(_other(turn, attempt, engine) for turn in turns))
            said = [each for each in (outcome, *others) if isinstance(each, Suggestion)]
            candidates = _different([*said, *(each.first_line() for each in said)])
            if candidates:
                return await _fittest(candidates, attempt, engine)
    return outcome


def _decode_s(answer: Answer) -> float:
    """Return about how long another answer takes: the prompt is read already."""
    metrics = answer.result.metrics
    return (metrics.tpot_ms or 0.0) * metrics.completion_tokens / 1000


async def _other(turn: Turning, attempt: Attempt, engine: Engine) -> Suggestion | None:
    """Have the model say something else at a place in its answer, and go on from there."""
    other = Attempt(attempt.context, attempt.prompt)
    params = p.GenerateParams(
        lane=p.Lane.completion,
        prompt=attempt.prompt.prompt,
        sampling=p.Sampling(max_new_tokens=attempt.prompt.max_new_tokens, pass_over=turn.pass_over),
        stop=list(attempt.prompt.stop),
        log_probs=True,
        given=attempt.answer[: turn.at],
    )

    def feed(chunk: p.TextChunk) -> None:
        if other.feed(chunk.text, chunk.tokens, chunk.log_prob):
            generation.cancel()

    try:
        async with engine.generating(params, feed) as generation:
            result = await generation.result()
    except PhiSidecarError:
        return None
    found = other.finish(result.finish_reason)
    return found if isinstance(found, Suggestion) else None


def _different(suggestions: Sequence[Suggestion]) -> Sequence[Suggestion]:
    kept: list[Suggestion] = []
    for each in suggestions:
        if each not in kept:
            kept.append(each)
    return kept


async def _fittest(
    candidates: Sequence[Suggestion], attempt: Attempt, engine: Engine
) -> Suggestion:
    if len(candidates) == 1:
        return candidates[0]
    weights = await asyncio.gather(*(_weight(each, attempt, engine) for each in candidates))
    # The first one stands where none is heavier.
    return candidates[weights.index(max(weights))]


async def _weight(candidate: Suggestion, attempt: Attempt, engine: Engine) -> float:
    """Return how likely a suggestion is with what follows it: a natural logarithm."""
    text = weighed_text(candidate, attempt.prompt, attempt.context)
    if text is None:
        return -math.inf
    params = p.GenerateParams(
        lane=p.Lane.completion,
        prompt=attempt.prompt.prompt,
        sampling=p.Sampling(max_new_tokens=1),
        log_probs=True,
        given=text,
    )
    told: list[float | None] = []
    try:
        async with engine.generating(params, lambda chunk: told.append(chunk.log_prob)) as asked:
            await asked.result()
    except PhiSidecarError:
        return -math.inf
    # The first stretch is what was given.
    return -math.inf if not told or told[0] is None else told[0]
