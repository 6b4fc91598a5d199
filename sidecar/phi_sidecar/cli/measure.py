"""How fast accelerators are: `phi-sidecar bench` measures one, `accelerators measure` each."""

import argparse
import asyncio
from collections.abc import Sequence

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.cli import INTERRUPTED, print_json
from phi_sidecar.cli.progress import Bar
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.measuring import Measuring
from phi_sidecar.engine.prompt_run import measure_prompt
from phi_sidecar.generated import protocol as p
from phi_sidecar.wire import unstructure

PROMPT_TOKENS = (64, 256, 1024)

Row = dict[str, float | int | str | None]


async def measure(engine: Engine) -> dict[str, object]:
    """Measure time to first token, cold and cached, and time per token, at several lengths."""
    active = engine.active
    fitting = [n for n in PROMPT_TOKENS if n < active.loaded.capabilities.max_prompt_tokens]
    return {
        "accelerator": active.selection.accelerator,
        "executingDevice": active.loaded.executing_device,
        "model": active.info.name,
        "quantization": active.info.quantization,
        "loadMs": round(active.loaded.load_ms, 1),
        "warmUpMs": round(active.loaded.warm_up_ms, 1),
        "rows": [await _measure_length(engine, tokens) for tokens in fitting],
    }


def table(measured: dict[str, object]) -> str:
    """Return the figures for people."""
    lines = [
        f"{measured['model']} ({measured['quantization']}) on {measured['accelerator']}, "
        f"executing on {measured['executingDevice']}",
        f"load {measured['loadMs']} ms, warm-up {measured['warmUpMs']} ms",
        f"{'prompt tokens':>14}{'TTFT cold':>12}{'TTFT cached':>13}{'TPOT':>10}{'tokens/s':>10}",
    ]
    rows = measured["rows"]
    assert isinstance(rows, list)
    for row in rows:
        cold, cached, tpot = row["ttftColdMs"], row["ttftCachedMs"], row["tpotMs"]
        speed = f"{1000 / tpot:.0f}" if tpot else "-"
        lines.append(
            f"{row['promptTokens']:>14}{_ms(cold):>12}{_ms(cached):>13}{_ms(tpot):>10}{speed:>10}"
        )
    return "\n".join(lines)


async def measure_accelerators(
    installation: Installation, selected: Selection, args: argparse.Namespace
) -> int:
    """Measure those that could answer now and print a table; after Ctrl-C what there is of it."""
    only = args.id or ([args.accelerator] if args.accelerator else None)
    result, code = None, 0
    with Bar() as bar:
        measuring = Measuring(installation, selected, bar.report)
        try:
            result = await measuring.run(only)
        except asyncio.CancelledError:
            code = INTERRUPTED
    result = result or p.MeasureAcceleratorsResult(measurements=measuring.measurements)
    if args.json:
        print_json(unstructure(result))
    else:
        print(comparison(result))
    return code


def comparison(result: p.MeasureAcceleratorsResult) -> str:
    """Return what was measured of each accelerator, and what was not, for people."""
    measured = [one for one in result.measurements if one.ttft_ms is not None]
    lines = _columns(measured) if measured else ["Nothing was measured."]
    for one in result.measurements:
        if said := " ".join(text for text in (one.reason, one.remedy) if text):
            lines.append(f"{one.id}: {said}")
    if result.best is not None:
        lines.append(f"Best here: {result.best}. {result.why or ''}".rstrip())
    return "\n".join(lines)


def _columns(measured: Sequence[p.AcceleratorMeasurement]) -> list[str]:
    heads = ("accelerator", "model", "TTFT", "prompt tokens/s", "tokens/s")
    cells = [heads]
    for one in measured:
        model = f"{one.model} ({one.quantization})" if one.model else "-"
        figures = (one.prompt_tokens_per_second, one.tokens_per_second)
        read, written = ("-" if figure is None else f"{figure:.1f}" for figure in figures)
        cells.append((one.id, model, f"{one.ttft_ms:.0f} ms", read, written))
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    return [
        "  ".join(
            [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
            + [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        )
        for row in cells
    ]


async def _measure_length(engine: Engine, tokens: int) -> Row:
    async def generate(prompt: p.RawPrompt, sampling: p.Sampling) -> p.GenerationMetrics:
        return await _generate(engine, prompt, sampling)

    figures = await measure_prompt(generate, tokens, cached=True)
    return {
        "promptTokens": figures.prompt_tokens,
        "ttftColdMs": _rounded(figures.ttft_ms, 1),
        "ttftCachedMs": _rounded(figures.cached_ttft_ms, 1),
        "tpotMs": _rounded(figures.tpot_ms, 2),
    }


async def _generate(
    engine: Engine, prompt: p.RawPrompt, sampling: p.Sampling
) -> p.GenerationMetrics:
    params = p.GenerateParams(lane=p.Lane.completion, prompt=prompt, sampling=sampling)
    active = engine.active
    async with engine.generating(params, lambda _: None) as generation:
        metrics = (await generation.result()).metrics
    engine.note_speed(metrics, active)
    return metrics


def _rounded(ms: float | None, digits: int) -> float | None:
    return None if ms is None else round(ms, digits)


def _ms(value: float | int | str | None) -> str:
    return "-" if value is None else f"{value} ms"
