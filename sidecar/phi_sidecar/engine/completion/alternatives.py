"""Other suggestions beside the best one, for a person who asked to see some."""

import asyncio
from collections.abc import Sequence

from phi_sidecar.completion.strategies import Strategy, second_way
from phi_sidecar.completion.suggestion import Mode, Suggestion
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.asking import Asking, Spot

WITHIN_S = 1.0
"""How much longer a person waits for them, who has to wait for the best one anyway."""


async def alternatives_to(
    best: Suggestion, spot: Spot, asking: Asking, active: ActiveModel, most_tokens: int
) -> tuple[Suggestion, ...]:
    """Ask for as much and for more or less, in the best way and in the second best.

    What is not there in time is left out, and so is what says the same.
    """
    second = second_way(active.completion_style, spot.context)
    asked_before = Mode.MULTI_LINE if "\n" in best.text else Mode.SINGLE_LINE
    other = Mode.SINGLE_LINE if asked_before is Mode.MULTI_LINE else Mode.MULTI_LINE
    ways: Sequence[tuple[Mode, Strategy | None]] = ((other, None), (asked_before, second))
    one_at_a_time = asyncio.Semaphore(
        len(ways) if active.loaded.capabilities.concurrent_requests else 1
    )

    async def ask(mode: Mode, strategy: Strategy | None) -> Suggestion | None:
        async with one_at_a_time:
            answer = await asking.answer(spot, most_tokens, Asked(), mode=mode, strategy=strategy)
        return answer.outcome if isinstance(answer.outcome, Suggestion) else None

    tasks = [asyncio.create_task(ask(*way)) for way in ways]
    try:
        await asyncio.wait(tasks, timeout=WITHIN_S)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    return _different(best, [each for each in ended if isinstance(each, Suggestion)])


def _different(best: Suggestion, others: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    kept = {best.text.rstrip(): best}
    for each in others:
        kept.setdefault(each.text.rstrip(), each)
    return tuple(kept.values())[1:]
