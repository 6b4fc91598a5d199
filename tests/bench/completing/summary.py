"""What a comparison comes to: a table of the systems, ratios to the faster peer, aims."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import fmean, median
from typing import TypeVar

from measuring.figures import Aim, Figure, Section, Spread, Table, percentile
from measuring.report import number, with_unit

from completing.alone import COLD_TOKENS, SHORT_TOKENS, by_repeat, mean_ms, typical_ms
from completing.comparison import Block, Measured
from completing.player import Stroke
from completing.resampling import RESAMPLES, Ratio, Statistic, paired_ratio

STRETCH_KEYS = 10
"""Keys of a trace that are drawn together."""

FEWEST = 10
"""New suggestions of a peer that say something of its speed, unless every one has fewer."""

HALF = 0.5
NO_MORE = 1.0

COLD = f"first token, cold, {COLD_TOKENS} tokens"
TOKEN = f"further token, behind {SHORT_TOKENS}"

TITLE = "Ghost text while typing into real files"

T = TypeVar("T")

Samples = dict[Hashable, list[float]]


def section(measured: Measured) -> Section:
    """Return the section that tells what was measured."""
    columns = {name: figures_of(measured, name) for name in (*measured.ours, *measured.peers)}
    tables = [systems_table(columns)]
    if ratios := _ratios(measured):
        tables.append(ratios_table(ratios))
    if stages := stages_table(measured.blocks, measured.ours[0]):
        tables.append(stages)
    aims = [
        Aim(f"{name}, of the faster peer's", None if ratio is None else ratio.value, limit, "")
        for name, limit, _, ratio in ratios or ((*aim, "", None) for aim in AIMS)
    ]
    figures = [
        replace(figure, name=f"{name}: {figure.name}")
        for name, column in columns.items()
        for figure in column
    ]
    figures += [_interval(name, ratio) for name, _, _, ratio in ratios if ratio is not None]
    return Section("completion", TITLE, figures, aims, tables, _note(measured))


def appeared_ms(blocks: Sequence[Block], system: str) -> Samples:
    """Return, by stretch, how long new suggestions took to come to the screen."""
    return _by_stretch(
        blocks, system, lambda stroke: stroke.answered_ms if stroke.appeared else None
    )


def waited_ms(blocks: Sequence[Block], system: str) -> Samples:
    """Return the same with those that were typed along, which take no time."""
    return _by_stretch(blocks, system, lambda stroke: stroke.waited_ms)


def cpu_and_shown(blocks: Sequence[Block], system: str) -> dict[Hashable, list[tuple[float, int]]]:
    """Return, by block, the processor's seconds and how many suggestions came to the screen."""
    return {
        (block.round, block.trace): [(block.spent.cpu_s, sum(s.appeared for s in block.strokes))]
        for block in blocks
        if block.system == system
    }


def cpu_per_suggestion(values: Sequence[tuple[float, int]]) -> float | None:
    """Return the seconds per suggestion."""
    shown = sum(count for _, count in values)
    return sum(cpu_s for cpu_s, _ in values) / shown if shown else None


def systems_table(columns: Mapping[str, Sequence[Figure]]) -> Table:
    """Return the figures of every system, side by side."""
    rows = [
        (figures[0].name, *(with_unit(figure.value, figure.unit) for figure in figures))
        for figures in zip(*columns.values(), strict=True)
    ]
    return Table(("", *columns), rows)


def figures_of(measured: Measured, system: str) -> Sequence[Figure]:
    """Return the figures of one system, the same ones for all."""
    blocks = [block for block in measured.blocks if block.system == system]
    strokes = [stroke for block in blocks for stroke in block.strokes]
    new = _all(appeared_ms(blocks, system))
    every = _all(waited_ms(blocks, system))
    alone = measured.alone
    return [
        Figure("keys pressed", "", len(strokes)),
        Figure("new suggestion, from the key, p50", "ms", percentile(new, 50)),
        Figure("new suggestion, from the key, p95", "ms", percentile(new, 95)),
        Figure("new suggestions", "", len(new)),
        Figure("those typed along counted as 0: p50", "ms", percentile(every, 50)),
        Figure("those typed along counted as 0: p95", "ms", percentile(every, 95)),
        Figure("keys answered before the next", "%", _share(strokes, lambda s: bool(s.answer))),
        Figure("keys with a suggestion on screen", "%", _share(strokes, lambda s: s.visible)),
        Figure("keys saved by Tab", "", sum(s.covers - 1 for s in strokes if s.taken)),
        Figure("prompt tokens computed", "", sum(block.spent.prompt_tokens for block in blocks)),
        Figure("requests of which that is not told", "", sum(b.spent.untold for b in blocks)),
        Figure("processor time", "s", sum(block.spent.cpu_s for block in blocks)),
        Figure(
            "processor time per new suggestion",
            "s",
            cpu_per_suggestion(_all(cpu_and_shown(blocks, system))),
        ),
        Figure(COLD, "ms", typical_ms(alone.cold_ms, system)),
        Figure(TOKEN, "ms", mean_ms(alone.token_ms, system)),
        Figure("keys late by more than 5 ms", "%", _share(strokes, lambda s: s.late_ms > 5)),
    ]


Compared = tuple[str, float, str, Ratio | None]
"""A name, what the ratio should not exceed, the unit, and the ratio."""


def _ratios(measured: Measured) -> Sequence[Compared]:
    if not measured.peers:
        return ()
    blocks, ahead, without = measured.blocks, measured.ours[0], measured.ours[1]

    def asked_alone(
        taken_ms: Mapping[str, Sequence[float]], middle: Callable[[Sequence[float]], float]
    ) -> Ratio | None:
        peers = [by_repeat(taken_ms, name) for name in measured.peers if name in taken_ms]
        return _to_the_best(by_repeat(taken_ms, ahead), peers, middle)

    def waits(percent: int) -> Ratio | None:
        times = {name: appeared_ms(blocks, name) for name in (ahead, *measured.peers)}
        counts = {name: len(_all(times[name])) for name in measured.peers}
        enough = min(FEWEST, max(counts.values()))
        peers = [times[name] for name, count in counts.items() if count >= enough]
        return _to_the_best(times[ahead], peers, partial(percentile, percent=percent))

    cpu = _to_the_best(
        cpu_and_shown(blocks, without),
        [cpu_and_shown(blocks, name) for name in measured.peers],
        cpu_per_suggestion,
    )
    cold = asked_alone(measured.alone.cold_ms, median)
    token = asked_alone(measured.alone.token_ms, fmean)
    found = (("ms", waits(50)), ("ms", waits(95)), ("s", cpu), ("ms", cold), ("ms", token))
    return [(*aim, *each) for aim, each in zip(AIMS, found, strict=True)]


AIMS = (
    ("new suggestion p50", HALF),
    ("new suggestion p95", HALF),
    ("processor time per new suggestion, no look-ahead", NO_MORE),
    (COLD, HALF),
    (TOKEN, NO_MORE),
)


def _interval(name: str, ratio: Ratio) -> Figure:
    """Return a ratio as a figure, for scripts: its least and most are the interval's ends."""
    low = ratio.value if ratio.low is None else ratio.low
    high = ratio.value if ratio.high is None else ratio.high
    spread = Spread(ratio.value, low, high, RESAMPLES)
    return Figure(f"{name}, of the faster peer's, 95 % interval", "", spread=spread)


def ratios_table(ratios: Sequence[Compared]) -> Table:
    """Return the ratios to the faster peer with what chance leaves of them."""
    rows = []
    for name, limit, unit, ratio in ratios:
        if ratio is None:
            rows.append((name, "-", "-", "-", "-", number(limit)))
            continue
        between = "-"
        if ratio.low is not None and ratio.high is not None:
            between = f"{ratio.low:.2f} … {ratio.high:.2f}"
        values = (with_unit(ratio.ours, unit), with_unit(ratio.theirs, unit))
        rows.append((name, *values, f"{ratio.value:.2f}", between, number(limit)))
    return Table(
        ("beside the faster peer", "ours", "the peer's", "ratio", "95 % interval", "aim"), rows
    )


def stages_table(blocks: Sequence[Block], system: str) -> Table | None:
    """Return where the time of new suggestions went; None where it is not told."""
    by_stage: dict[str, list[float]] = defaultdict(list)
    for block in blocks:
        for stroke in block.strokes if block.system == system else ():
            answer = stroke.answer
            stages = block.stages.get(answer.id) if answer and not answer.known else None
            if not stages or not stroke.appeared or stroke.answered_ms is None:
                continue
            beside = stroke.answered_ms - sum(stages.values())
            if beside < 0:
                # An earlier key's answer, still on its way, was this one's too.
                continue
            for stage, ms in stages.items():
                by_stage[stage].append(ms)
            by_stage["everything else, both ways"].append(beside)
    if not by_stage:
        return None
    rows = [
        (stage, *(with_unit(percentile(values, each), "ms") for each in (50, 95)), str(len(values)))
        for stage, values in by_stage.items()
    ]
    return Table((f"where it goes: {system}", "p50", "p95", "n"), rows)


def _to_the_best(
    ours: Mapping[Hashable, Sequence[T]],
    peers: Sequence[Mapping[Hashable, Sequence[T]]],
    statistic: Statistic[T],
) -> Ratio | None:
    """Return the ratio to the peer that is best at this."""
    found = [paired_ratio(ours, theirs, statistic) for theirs in peers]
    return max(filter(None, found), key=lambda ratio: ratio.value, default=None)


def _by_stretch(
    blocks: Sequence[Block], system: str, value: Callable[[Stroke], float | None]
) -> Samples:
    samples: Samples = defaultdict(list)
    for block in blocks:
        for stroke in block.strokes if block.system == system else ():
            if (ms := value(stroke)) is not None:
                samples[block.trace, stroke.index // STRETCH_KEYS].append(ms)
    return samples


def _all(samples: Mapping[Hashable, Sequence[T]]) -> list[T]:
    return [value for values in samples.values() for value in values]


def _share(strokes: Sequence[Stroke], holds: Callable[[Stroke], bool]) -> float | None:
    return 100 * sum(map(holds, strokes)) / len(strokes) if strokes else None


def _note(measured: Measured) -> str:
    beside = (
        f"llama.cpp {measured.peer}, compiled for this processor, {measured.threads} threads."
        if measured.without_peer is None
        else f"Without llama.cpp: {measured.without_peer}."
    )
    return (
        f"{beside} The same keys at the same times for every system, in turn; what is typed along "
        "a suggestion on the screen leaves it there. docs/benchmarks.md says how it is measured."
    )
