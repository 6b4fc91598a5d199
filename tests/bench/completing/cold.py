"""The first request of all: a long prompt of which nothing is in a cache."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence

from measuring.worker import generate
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.generated import protocol as p

from completing.llama_server import LlamaServer

PROMPT_TOKENS = 1_600
REPEATS = 5
OURS = "Phi Sidecar"


async def cold_first_tokens(
    active: ActiveModel,
    servers: Mapping[str, LlamaServer],
    source: str,
    tell: Callable[[str], None],
) -> dict[str, list[float]]:
    """Return how long each system took to the first token, in turn, in milliseconds."""
    taken_ms: dict[str, list[float]] = {name: [] for name in (OURS, *servers)}
    # Once unmeasured: allocations of a first long prompt are not the everyday case.
    for repeat in range(REPEATS + 1):
        tell(f"a cold prompt of {PROMPT_TOKENS} tokens: {repeat} of {REPEATS}")
        text = await prompt(active, source, repeat)
        names = list(taken_ms)
        turn = repeat % len(names)
        for name in names[turn:] + names[:turn]:
            began_s = time.perf_counter()
            if name == OURS:
                await generate(active, text, 1)
            else:
                await servers[name].first_token(text)
            if repeat:
                taken_ms[name].append((time.perf_counter() - began_s) * 1000)
    return taken_ms


async def prompt(active: ActiveModel, source: str, number: int) -> str:
    """Return a prompt of so many tokens, or a few more, whose beginning no cache can know."""
    text = f"# Part {number:04}, {time.perf_counter_ns()}\n{source}"
    low, high = 1, len(text)
    if await _tokens(active, text) < PROMPT_TOKENS:
        raise ValueError(f"the text has fewer than {PROMPT_TOKENS} tokens")
    while low < high:
        middle = (low + high) // 2
        enough = await _tokens(active, text[:middle]) >= PROMPT_TOKENS
        low, high = (low, middle) if enough else (middle + 1, high)
    return text[:low]


async def _tokens(active: ActiveModel, text: str) -> int:
    (count,) = await active.client.count_tokens([p.RawPrompt(kind="raw", text=text)])
    return count


def interleaved(taken_ms: Mapping[str, Sequence[float]], name: str) -> dict[Hashable, list[float]]:
    """Return a system's times by repeat: a stretch each for the drawing of both sides."""
    return {repeat: [ms] for repeat, ms in enumerate(taken_ms.get(name, ()))}
