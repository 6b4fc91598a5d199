"""From the records of runs to what people read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean, quantiles

from quality import sandbox
from quality.bootstrap import Pair, paired_interval
from quality.records import Record

Runs = Mapping[str, Sequence[Record]]
"""Records by the name of the way that made them."""


def overview(runs: Runs, *, by: Callable[[Record], str]) -> str:
    """Return a table of every way, for all holes and for each part of them.

    `places %` are those at which the product suggests while somebody types; elsewhere it waits to
    be asked, as it is here everywhere.
    """
    rows = [(part, name, *_figures(records)) for part, name, records in _parts(runs, by)]
    heads = (
        *("holes", "way", "n", "shown %", "places %"),
        *("right %", "right of shown %", "first line right %"),
        *("exact %", "first line exact %", "similarity", "p50 ms", "p95 ms"),
    )
    return _table(heads, rows)


def filters(runs: Runs) -> str:
    """Return how often each filter changed or dropped an answer, and what came of it.

    Where several touched the same one, it counts for each.
    """
    rows: list[tuple[str, ...]] = []
    for name, records in runs.items():
        changed = Counter(each for record in records for each in record.changed_by)
        dropped = Counter(record.dropped_by for record in records if record.dropped_by)
        mended, spoilt = Counter[str](), Counter[str]()
        for record in records:
            touched = [*record.changed_by, *filter(None, [record.dropped_by])]
            if record.draft_right is not None and record.draft_right != record.passed:
                (mended if record.passed else spoilt).update(touched)
        for each in sorted({*changed, *dropped}, key=lambda each: -changed[each]):
            share = _percent(changed[each] / len(records))
            rows.append(
                (
                    *(name, each, share, _percent(dropped[each] / len(records))),
                    *(str(mended[each]), str(spoilt[each])),
                )
            )
        refused = Counter(r.detail for r in records if r.outcome == "unsuitablePlace")
        rows += [
            (name, f"not asked: {why}", "", _percent(count / len(records)), "", "")
            for why, count in refused.most_common()
        ]
    heads = ("way", "filter", "changed %", "left nothing %", "made right", "made wrong")
    return _table(heads, rows)


def pairs(before: Sequence[Record], after: Sequence[Record]) -> Sequence[Pair]:
    """Return which holes each of two runs filled rightly, of those that both have."""
    known = {record.id: record for record in before}
    return [
        Pair(record.source, known[record.id].passed, record.passed)
        for record in after
        if record.id in known
    ]


def comparison(runs: Runs, baseline: str) -> str:
    """Return how many more holes each way fills rightly than one of them does."""
    rows = []
    groups = sorted({record.group for records in runs.values() for record in records})
    for name, records in runs.items():
        if name == baseline:
            continue
        for part in ("all", *groups):
            both = pairs(runs[baseline], [r for r in records if part in ("all", r.group)])
            interval = paired_interval(both)
            between = f"({_percent(interval.low)} to {_percent(interval.high)})"
            told = f"{_percent(interval.difference)} {between}"
            sure = "is no chance" if interval.excludes_none else "may be chance"
            rows.append((name, part, str(len(both)), told, sure))
    heads = ("way", "holes", "n", f"more right than {baseline}, in points of 100 (95 %)", "this")
    return _table(heads, rows)


def _parts(runs: Runs, by: Callable[[Record], str]) -> Iterable[tuple[str, str, Sequence[Record]]]:
    parts: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for name, records in runs.items():
        for record in records:
            parts[by(record)][name].append(record)
    for part in sorted(parts):
        for name, records in parts[part].items():
            yield part, name, records


def _figures(records: Sequence[Record]) -> tuple[str, ...]:
    shown = [record for record in records if record.is_shown]
    asked = [record.total_ms for record in records if record.asked]
    tested = [record for record in records if record.first_line_verdict is not None]
    line_right = [r.first_line_verdict == sandbox.Verdict.PASSED for r in tested]
    return (
        str(len(records)),
        _percent(len(shown) / len(records)),
        _percent(mean(record.typed_refusal is None for record in records)),
        _percent(mean(record.passed for record in records)),
        _percent(mean(record.passed for record in shown)) if shown else "",
        _percent(mean(line_right)) if line_right else "",
        _percent(mean(record.exact for record in records)),
        _percent(mean(record.first_line_exact for record in records)),
        f"{mean(record.similarity for record in records):.2f}",
        f"{_percentile(asked, 50):.0f}",
        f"{_percentile(asked, 95):.0f}",
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )
