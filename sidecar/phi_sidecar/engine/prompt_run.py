"""How fast a model answers one prompt: read anew, decoded from, a few times over."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from phi_sidecar.accelerators.speeds import MIN_TOKENS
from phi_sidecar.generated import protocol as p

ANSWER_TOKENS = 64
REPEATS = 3

ENOUGH_MS = 20_000.0
"""After so long nothing is repeated: what takes that long says the same each time."""

_TOKENS_PER_LINE = 16

Generate = Callable[[p.RawPrompt, p.Sampling], Awaitable[p.GenerationMetrics]]


@dataclass(frozen=True)
class Figures:
    """What the repeats say together.

    Attributes:
        ttft_ms: the median, with nothing of the prompt cached; None where no token came.
        cached_ttft_ms: the same with all of it cached; None where that was not asked, too.
        tpot_ms: the typical run's; None where no answer had more than a token.
        typical: of the runs whose answers are long enough to tell, the middle one in speed.
    """

    prompt_tokens: int
    ttft_ms: float | None
    cached_ttft_ms: float | None
    tpot_ms: float | None
    typical: p.GenerationMetrics

    @property
    def tells(self) -> bool:
        """Whether the answers were long enough to say how fast it decodes."""
        return self.tpot_ms is not None and self.typical.completion_tokens >= MIN_TOKENS


async def measure_prompt(generate: Generate, tokens: int, *, cached: bool) -> Figures:
    """Have a prompt of about so many tokens answered, and again at once if `cached`."""
    runs: list[p.GenerationMetrics] = []
    again: list[p.GenerationMetrics] = []
    while len(runs) < REPEATS and sum(run.total_ms for run in runs) < ENOUGH_MS:
        prompt = _new_prompt(tokens)
        runs.append(await generate(prompt, p.Sampling(max_new_tokens=ANSWER_TOKENS)))
        if cached:
            again.append(await generate(prompt, p.Sampling(max_new_tokens=1)))
    typical = _typical(runs)
    return Figures(
        prompt_tokens=typical.prompt_tokens,
        ttft_ms=_median_ttft_ms(runs),
        cached_ttft_ms=_median_ttft_ms(again),
        tpot_ms=typical.tpot_ms,
        typical=typical,
    )


def _median_ttft_ms(runs: Sequence[p.GenerationMetrics]) -> float | None:
    told = [run.ttft_ms for run in runs if run.ttft_ms is not None]
    return median(told) if told else None


def _typical(runs: Sequence[p.GenerationMetrics]) -> p.GenerationMetrics:
    decoded = [run for run in runs if run.tpot_ms]
    telling = [run for run in decoded if run.completion_tokens >= MIN_TOKENS] or decoded
    if not telling:
        return runs[0]
    return sorted(telling, key=lambda run: run.tpot_ms or 0.0)[len(telling) // 2]


def _new_prompt(tokens: int) -> p.RawPrompt:
    """Return code with a beginning that was never there, so that nothing of it can be cached."""
    line = "total_{0} = add(total_{0}, values[{0}])\n"
    lines = (line.format(index % 10) for index in range(max(1, tokens // _TOKENS_PER_LINE)))
    return p.RawPrompt(kind="raw", text=f"# {secrets.token_hex(4)}\n{''.join(lines)}")
