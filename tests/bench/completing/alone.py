"""Requests alone: the first token of a long prompt that no cache knows, and those that follow."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from measuring.worker import generate
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.generated import protocol as p

from completing.llama_server import LlamaServer

COLD_TOKENS = 1_600
SHORT_TOKENS = 256
"""Prompts: as long as one becomes, and one behind which a token's time is that of decoding."""

ANSWER_TOKENS = 64
REPEATS = 8
"""Each of the files, from its beginning and from its middle: drafts make a token's time depend on
the text."""

OURS = "Phi Sidecar"


@dataclass(frozen=True)
class Alone:
    """What each system took, by its name, once for each repeat; in milliseconds.

    Attributes:
        cold_ms: to the first token behind `COLD_TOKENS`.
        token_ms: for each further token, behind `SHORT_TOKENS` of a text that changes.
    """

    cold_ms: Mapping[str, list[float]] = field(default_factory=dict)
    token_ms: Mapping[str, list[float]] = field(default_factory=dict)


async def measure_alone(
    active: ActiveModel,
    servers: Mapping[str, LlamaServer],
    long_source: str,
    sources: Sequence[str],
    tell: Callable[[str], None],
) -> Alone:
    """Ask each system in turn: a long prompt of one text, and short ones of several."""
    names = [OURS, *servers]
    alone = Alone({name: [] for name in names}, {name: [] for name in names})
    # Once unmeasured: allocations of a first long prompt are not the everyday case.
    for repeat in range(REPEATS + 1):
        tell(f"one request alone: {repeat} of {REPEATS}")
        long = await prompt(active, long_source, repeat, COLD_TOKENS)
        half, which = divmod(repeat, len(sources))
        source = sources[which]
        there = source[source.find("\n", len(source) // 2) + 1 if half % 2 else 0 :]
        short = await prompt(active, there, repeat, SHORT_TOKENS)
        turn = repeat % len(names)
        for name in names[turn:] + names[:turn]:
            began_s = time.perf_counter()
            if name == OURS:
                await generate(active, long, 1)
            else:
                await servers[name].first_token(long)
            cold_ms = (time.perf_counter() - began_s) * 1000
            token_ms = await _token_ms(active if name == OURS else servers[name], short)
            if repeat:
                alone.cold_ms[name].append(cold_ms)
                alone.token_ms[name].append(token_ms)
    return alone


async def _token_ms(asked: ActiveModel | LlamaServer, text: str) -> float:
    """Return what a token takes: ours as it arrives here, the peer's by its own clock."""
    if isinstance(asked, LlamaServer):
        return await asked.token_ms(text, ANSWER_TOKENS)
    token_ms = (await generate(asked, text, ANSWER_TOKENS)).tpot_ms
    if token_ms is None:
        raise ValueError("the answer ended at once")
    return token_ms


async def prompt(active: ActiveModel, source: str, number: int, tokens: int) -> str:
    """Return a prompt of so many tokens, or a few more, whose beginning no cache can know."""
    text = f"# Part {number:04}, {time.perf_counter_ns()}\n{source}"
    low, high = 1, len(text)
    if await _tokens(active, text) < tokens:
        raise ValueError(f"the text has fewer than {tokens} tokens")
    while low < high:
        middle = (low + high) // 2
        enough = await _tokens(active, text[:middle]) >= tokens
        low, high = (low, middle) if enough else (middle + 1, high)
    return text[:low]


async def _tokens(active: ActiveModel, text: str) -> int:
    (count,) = await active.client.count_tokens([p.RawPrompt(kind="raw", text=text)])
    return count


def typical_ms(taken_ms: Mapping[str, Sequence[float]], name: str) -> float | None:
    """Return the median of a system's times; None where it was not asked."""
    found = taken_ms.get(name, ())
    return median(found) if found else None


def mean_ms(taken_ms: Mapping[str, Sequence[float]], name: str) -> float | None:
    """Return the mean of a system's times, which are of different texts; None as above."""
    found = taken_ms.get(name, ())
    return fmean(found) if found else None


def by_repeat(taken_ms: Mapping[str, Sequence[float]], name: str) -> dict[Hashable, list[float]]:
    """Return a system's times by repeat: a stretch each for the drawing of both sides."""
    return {repeat: [ms] for repeat, ms in enumerate(taken_ms.get(name, ()))}
