"""Time to first token and time per token: ours, and OpenVINO GenAI called directly."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.generated import protocol as p

from measuring.direct import Direct
from measuring.figures import Aim, Section, difference, excess_percent, repeated
from measuring.worker import generate

PROMPT_TOKENS = (256, 1_600)
ANSWER_TOKENS = 48
CACHED_ANSWER_TOKENS = 2
REPEATS = 9

TTFT_AIM_MS = 5.0
TPOT_AIM_PERCENT = 3.0

OURS = "Phi Sidecar"
DIRECT = {"llm": "LLMPipeline", "continuous": "ContinuousBatchingPipeline"}
SYSTEMS = (OURS, *DIRECT.values())

What = tuple[str, int]
"""`cold`, `cached` or `tpot`, and the prompt's length in tokens."""


@dataclass
class Samples:
    """Every measurement of one system, in milliseconds."""

    of: dict[What, list[float]] = field(default_factory=lambda: defaultdict(list))


async def measure_generation(
    active: ActiveModel, direct: Direct, source: str, tell: Callable[[str], None]
) -> Section:
    """Ask all three for the same, in turn, so that the machine's moods meet them alike."""
    samples = {system: Samples() for system in SYSTEMS}
    asked = _Asked(active, direct)
    # Once unmeasured: allocations of a first long prompt are not the everyday case.
    await asked.all_of(await prompt(direct, source, max(PROMPT_TOKENS), 0), Samples(), SYSTEMS)
    for repeat in range(REPEATS):
        tell(f"generation: {repeat + 1} of {REPEATS}")
        for tokens in PROMPT_TOKENS:
            text = await prompt(direct, source, tokens, repeat + 1)
            turn = repeat % len(SYSTEMS)
            for system in SYSTEMS[turn:] + SYSTEMS[:turn]:
                await asked.one(system, text, tokens, samples[system])
    return _section(samples)


async def prompt(direct: Direct, source: str, tokens: int, number: int) -> str:
    """Return a prompt of exactly so many tokens that no cache can know the beginning of."""
    return await direct.trim(f"# Part {number:04} of {tokens:04}\n{source}", tokens)


@dataclass
class _Asked:
    active: ActiveModel
    direct: Direct

    async def all_of(self, text: str, samples: Samples, systems: tuple[str, ...]) -> None:
        for system in systems:
            await self.one(system, text, 0, samples)

    async def one(self, system: str, text: str, tokens: int, samples: Samples) -> None:
        """Continue a text twice: cold, then with its beginning in the cache."""
        cold_ms, tpot_ms = await self._continue(system, text, ANSWER_TOKENS, p.Lane.chat)
        cached_ms, _ = await self._continue(system, text, CACHED_ANSWER_TOKENS, p.Lane.completion)
        samples.of["cold", tokens].append(cold_ms)
        samples.of["cached", tokens].append(cached_ms)
        samples.of["tpot", tokens].append(tpot_ms)

    async def _continue(
        self, system: str, text: str, tokens: int, lane: p.Lane
    ) -> tuple[float, float]:
        if system == OURS:
            timed = await generate(self.active, text, tokens, lane)
            return timed.ttft_ms, timed.tpot_ms or 0.0
        api = next(api for api, name in DIRECT.items() if name == system)
        at_ms = await self.direct.generate(api, text, tokens)
        return at_ms[0], (at_ms[-1] - at_ms[0]) / max(1, len(at_ms) - 1)


def _section(samples: dict[str, Samples]) -> Section:
    figures, aims = [], []
    for tokens in PROMPT_TOKENS:
        for kind, name in (("cold", "TTFT cold"), ("cached", "TTFT cached"), ("tpot", "TPOT")):
            values = {system: samples[system].of[kind, tokens] for system in SYSTEMS}
            figures += [
                repeated(f"{name}, {tokens} prompt tokens: {system}", values[system])
                for system in SYSTEMS
            ]
            # Both are the same engine, so that together they tell better what it takes.
            direct = [value for name in DIRECT.values() for value in values[name]]
            over = f"{name} over OpenVINO GenAI, {tokens} prompt tokens"
            if kind == "tpot":
                excess = excess_percent(values[OURS], direct)
                aims.append(Aim(over, excess, TPOT_AIM_PERCENT, "%"))
            else:
                above = difference(values[OURS], direct)
                aims.append(Aim(over, above, TTFT_AIM_MS, "ms"))
    return Section(
        "generation",
        "Generation: TTFT and TPOT, beside OpenVINO GenAI called directly",
        figures,
        aims,
        note=(
            "Same prompts, same run, in turn. Ours is timed in the sidecar's process, so the way "
            "to the worker and back is in it; its time per token is a chat's. The aims compare "
            "with both pipelines' values taken together."
        ),
    )
