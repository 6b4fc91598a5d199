"""`phi-sidecar bench --quality`: which way of asking fills holes best, with this model, here."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Never

from tqdm import tqdm

from phi_sidecar.cli import print_json
from phi_sidecar.completion.confidence import NEEDED
from phi_sidecar.completion.strategies import WAYS, Strategy, strategy_for
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.installation import Installation
from phi_sidecar.generated.protocol import CompletionConfidence
from phi_sidecar.quality.comparison import Advice, Tried, advise, try_ways
from phi_sidecar.quality.exercises import exercises

DEFAULT = "default"
"""The product's own choice for the model's family: it may be another way at each kind of place."""

RECOMMENDED = "recommended"

USABLE = (RECOMMENDED, DEFAULT, *WAYS)
"""What the model may be asked in from then on."""

_DIGITS = 4


@dataclass(frozen=True)
class Compared:
    """What was measured.

    Attributes:
        now: the way that is gone now.
        used: the one that is gone from now on; None where that was not asked for.
    """

    tried: Sequence[Tried]
    advice: Advice
    now: str
    used: str | None

    @property
    def of_now(self) -> Tried:
        """How the way that is gone now did."""
        return next(each for each in self.tried if each.name == self.now)

    @property
    def levels(self) -> Mapping[CompletionConfidence, Tried]:
        """What the way that is gone now shows with each setting."""
        return {level: self.of_now.shown_at(NEEDED[level]) for level in CompletionConfidence}


def misuse_of(args: argparse.Namespace) -> str | None:
    """Say what is wrong with the arguments, before anything is measured; None where nothing is."""
    if args.use is not None and not args.quality:
        return "--use goes with --quality."
    if args.use not in (None, *USABLE):
        return f"There is no way called {args.use!r}. There are: {', '.join(USABLE)}."
    return None


async def bench_quality(
    installation: Installation, engine: Engine, args: argparse.Namespace
) -> int:
    """Fill the holes in each way, print how many are right, and recommend a way."""
    active = engine.active
    now = active.way if active.way in WAYS else None
    tried = await _try_all(engine, {DEFAULT: strategy_for(active.completion_style), **WAYS})
    advice = advise(tried, now or DEFAULT)
    used = advice.name if args.use == RECOMMENDED else args.use
    if used is not None:
        chosen = None if used == DEFAULT else used
        installation.ways.choose(active.info.id, active.info.quantization, chosen)
    compared = Compared(tried, advice, now or DEFAULT, used)
    if args.json:
        print_json(as_json(engine, compared))
    else:
        print(text(engine, compared))
    return 0


async def _try_all(engine: Engine, ways: Mapping[str, Strategy]) -> Sequence[Tried]:
    holes = exercises()
    # It takes minutes on a slow device.
    bar: tqdm[Never] = tqdm(
        total=len(holes) * len(ways), unit="hole", leave=False, file=sys.stderr, disable=None
    )

    def report(way: str, done: int) -> None:
        if not done and bar.disable:
            print(f"Filling {len(holes)} holes: {way}", file=sys.stderr, flush=True)
        bar.set_description(way, refresh=False)
        bar.update(1 if done else 0)

    with bar:
        return await try_ways(engine, ways, holes, report)


def as_json(engine: Engine, compared: Compared) -> dict[str, object]:
    """Return the figures for scripts."""
    active, advice = engine.active, compared.advice
    return {
        "accelerator": active.selection.accelerator,
        "executingDevice": active.loaded.executing_device,
        "model": active.info.name,
        "quantization": active.info.quantization,
        "holes": len(exercises()),
        "way": compared.now,
        "rows": [
            {
                "way": each.name,
                "right": each.right,
                "empty": each.empty,
                "medianMs": round(each.ms, 1),
            }
            for each in compared.tried
        ],
        "levels": [
            {"level": level.value, "shown": shown.shown, "right": shown.right}
            for level, shown in compared.levels.items()
        ],
        "recommended": advice.name,
        "gain": {
            "share": round(advice.more.difference, _DIGITS),
            "low": round(advice.more.low, _DIGITS),
            "high": round(advice.more.high, _DIGITS),
        },
        "why": advice.why,
        "used": compared.used,
    }


def text(engine: Engine, compared: Compared) -> str:
    """Return the figures for people."""
    active, advice = engine.active, compared.advice
    width = max(len(each.name) for each in compared.tried) + 2
    lines = [
        f"{active.info.name} ({active.info.quantization}) on {active.selection.accelerator}, "
        f"executing on {active.loaded.executing_device}",
        f"{len(exercises())} holes in small Python functions, judged by their tests",
        f"  {'way':<{width}}{'right':>6}{'empty':>8}{'median':>11}",
    ]
    for each in compared.tried:
        mark = "*" if each.name == compared.now else " "
        figures = f"{each.right:>6}{each.empty:>8}{f'{each.ms:.0f} ms':>11}"
        lines.append(f"{mark} {each.name:<{width}}{figures}")
    if any(answer.confidence is not None for answer in compared.of_now.answers):
        lines.append(f"  {'shown if':<{width}}{'right':>6}{'shown':>8}")
        for level, shown in compared.levels.items():
            lines.append(f"  {level.value:<{width}}{shown.right:>6}{shown.shown:>8}")
    lines.append(f"Recommended: {advice.name}. {advice.why}")
    if compared.used is not None:
        lines.append(f"From its next start on it is asked in the way: {compared.used}.")
    elif advice.name != compared.now:
        lines.append("With --use it is asked in that way from its next start on.")
    return "\n".join(lines)
