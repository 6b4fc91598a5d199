"""Other answers beside the likeliest one, and which of them fits best before what follows."""

import asyncio
import math
from collections.abc import Coroutine, Sequence
from typing import TypeVar

from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.suggestion import Rejected, Suggestion
from phi_sidecar.completion.turnings import (
    Turning,
    first_line,
    is_worth_weighing,
    parted,
    turnings,
    weighed_text,
)
from phi_sidecar.engine.completion.asking import Answer
from phi_sidecar.engine.engine import Engine
from phi_sidecar.generated import protocol as p

WITHIN_S = 1.0
"""How much longer a person waits who asked for a suggestion."""

_FOR_ANSWERS = 0.75
"""The part of it in which the other answers must be there."""

T = TypeVar("T")


def is_worth_it(answer: Answer, within_s: float) -> bool:
    """Tell whether other answers may be better, and come in time: the prompt is read already."""
    metrics = answer.result.metrics
    decode_s = (metrics.tpot_ms or 0.0) * metrics.completion_tokens / 1000
    return decode_s <= within_s and is_worth_weighing(answer.outcome, answer.attempt.context)


async def weighed(answer: Answer, engine: Engine, within_s: float) -> Suggestion | Rejected:
    """Return what came of an answer, or what the model might have said instead and fits better.

    Whatever goes wrong on the way, the answer stands.

    Args:
        answer: what the model said, token by token the likeliest.
        engine: has the model that said it, and tells how probable a given text is.
        within_s: how long it may take.
    """
    outcome, attempt = answer.outcome, answer.attempt
    now_s = asyncio.get_running_loop().time
    until_s = now_s() + within_s
    turns = turnings(attempt.said, attempt.answer, attempt.begins)
    asking = [_other(turn, attempt, engine) for turn in turns]
    others = await _in_time(asking, within_s * _FOR_ANSWERS)
    said = [each for each in (outcome, *others) if isinstance(each, Suggestion)]
    lines = [first_line(each, attempt.context) for each in said]
    candidates = _different([*said, *(line for line in lines if line is not None)])
    if not candidates or candidates == [outcome]:
        return outcome
    asking_how = [_log_likelihood(each, attempt, engine) for each in candidates]
    told = await _in_time(asking_how, until_s - now_s())
    if told[0] is None:
        return outcome
    likely = [-math.inf if each is None else each for each in told]
    # The first one stands where none is likelier.
    return candidates[likely.index(max(likely))]


async def _in_time(work: Sequence[Coroutine[object, object, T]], within_s: float) -> list[T | None]:
    """Do some things at once; None stands for what failed or was not done in time."""
    if not work:
        return []
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.wait(tasks, timeout=max(0.0, within_s))
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    return [None if isinstance(each, BaseException) else each for each in ended]


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

    async with engine.generating(params, feed) as generation:
        result = await generation.result()
    found = other.finish(result.finish_reason)
    return found if isinstance(found, Suggestion) else None


def _different(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    kept: list[Suggestion] = []
    for each in suggestions:
        if each not in kept:
            kept.append(each)
    return kept


async def _log_likelihood(candidate: Suggestion, attempt: Attempt, engine: Engine) -> float | None:
    """Return how likely a suggestion is together with what follows it: a natural logarithm."""
    text = weighed_text(candidate, attempt.prompt, attempt.context)
    if text is None:
        return None
    prompt, end = parted(attempt.prompt.prompt)
    params = p.GenerateParams(
        lane=p.Lane.completion,
        prompt=prompt,
        sampling=p.Sampling(max_new_tokens=1),
        log_probs=True,
        given=end + text,
    )
    told: list[float | None] = []
    async with engine.generating(params, lambda chunk: told.append(chunk.log_prob)) as asked:
        await asked.result()
    # The first stretch is what was given.
    return told[0] if told else None
