"""How fast the accelerator is: what `phi-sidecar bench` prints."""

import secrets
from statistics import median

from phi_sidecar.engine.engine import Engine
from phi_sidecar.generated import protocol as p

PROMPT_TOKENS = (64, 256, 1024)
ANSWER_TOKENS = 64
REPEATS = 3

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


async def _measure_length(engine: Engine, tokens: int) -> Row:
    cold, cached, decode, counted = [], [], [], 0
    for _ in range(REPEATS):
        # A new beginning each time, so that nothing of it can be cached.
        text = f"# {secrets.token_hex(4)}\n" + _code(tokens)
        first = await _generate(engine, text, ANSWER_TOKENS)
        again = await _generate(engine, text, 1)
        counted = first.prompt_tokens
        cold.append(first.ttft_ms or 0.0)
        cached.append(again.ttft_ms or 0.0)
        if first.tpot_ms is not None:
            decode.append(first.tpot_ms)
    return {
        "promptTokens": counted,
        "ttftColdMs": round(median(cold), 1),
        "ttftCachedMs": round(median(cached), 1),
        "tpotMs": round(median(decode), 2) if decode else None,
    }


async def _generate(engine: Engine, text: str, tokens: int) -> p.GenerationMetrics:
    params = p.GenerateParams(
        lane=p.Lane.completion,
        prompt=p.RawPrompt(kind="raw", text=text),
        sampling=p.Sampling(max_new_tokens=tokens),
    )
    active = engine.active
    async with engine.generating(params, lambda _: None) as generation:
        metrics = (await generation.result()).metrics
    engine.note_speed(metrics, active)
    return metrics


def _code(tokens: int) -> str:
    """Return code of about so many tokens."""
    line = "total_{0} = add(total_{0}, values[{0}])\n"
    tokens_per_line = 16
    return "".join(line.format(index % 10) for index in range(max(1, tokens // tokens_per_line)))


def _ms(value: float | int | str | None) -> str:
    return "-" if value is None else f"{value} ms"
