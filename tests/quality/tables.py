"""From the records of runs to what people read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from statistics import mean, median, quantiles

from phi_sidecar.quality import sandbox
from phi_sidecar.quality.bootstrap import Pair, paired_interval, paired_ratio

from quality.records import Record

Runs = Mapping[str, Sequence[Record]]
"""Records by the name of the way that made them."""


def overview(runs: Runs, *, by: Callable[[Record], str]) -> str:
    """Return a table of every way, for all holes and for each part of them.

    `places %` are those at which the product suggests while somebody types; elsewhere it waits to
    be asked, as it is here everywhere. `edits` is the median of the edit distances.
    """
    rows = [(part, name, *_figures(records)) for part, name, records in _parts(runs, by)]
    heads = (
        *("holes", "way", "n", "places %", "empty %"),
        *("right %", "right of shown %", "first line right %"),
        *("exact %", "first line exact %", "edits", "p50 ms", "p95 ms"),
    )
    return table(heads, rows)


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
            share = percent(changed[each] / len(records))
            rows.append(
                (
                    *(name, each, share, percent(dropped[each] / len(records))),
                    *(str(mended[each]), str(spoilt[each])),
                )
            )
        refused = Counter(r.detail for r in records if r.outcome == "unsuitablePlace")
        rows += [
            (name, f"not asked: {why}", "", percent(count / len(records)), "", "")
            for why, count in refused.most_common()
        ]
    heads = ("way", "filter", "changed %", "left nothing %", "made right", "made wrong")
    return table(heads, rows)


def pairs(before: Sequence[Record], after: Sequence[Record]) -> Sequence[Pair]:
    """Return which holes each of two runs filled rightly, of those that both have."""
    known = {record.id: record for record in before}
    return [
        Pair(record.source, known[record.id].passed, record.passed)
        for record in after
        if record.id in known
    ]


AIM = 1.1
"""How many times as many holes as the best baseline are to be filled rightly."""


def comparison(runs: Runs, baseline: str) -> str:
    """Return how many more holes each way fills rightly than one of them does."""
    rows = []
    groups = sorted({record.group for records in runs.values() for record in records})
    for name, records in runs.items():
        if name == baseline:
            continue
        for part in ("all", *groups) if len(groups) > 1 else ("all",):
            both = pairs(runs[baseline], [r for r in records if part in ("all", r.group)])
            if not both:
                continue
            interval, ratio = paired_interval(both), paired_ratio(both)
            more = _between(*(100 * each for each in astuple(interval)), digits=1)
            times = _between(*astuple(ratio), digits=2)
            sure = "is no chance" if interval.excludes_none else "may be chance"
            rows.append((name, part, str(len(both)), more, times, sure))
    heads = ("way", "holes", "n", f"points more than {baseline}", "times as many", "this")
    return table(heads, rows)


def best(runs: Runs, among: Iterable[str]) -> str | None:
    """Return the way that fills most holes rightly; None where none of them was run."""
    tried = [name for name in among if runs.get(name)]
    return max(tried, key=lambda name: mean(r.passed for r in runs[name]), default=None)


def by_situation(runs: Runs) -> str:
    """Return the share of right ones of each way at each kind of place, the best one marked."""
    parts: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for name, records in runs.items():
        for record in records:
            parts[record.situation][name].append(record)
    rows = []
    for situation, ways in sorted(parts.items(), key=lambda part: -_most(part[1])):
        # A run that was ended may have nothing of it.
        shares = {name: mean(r.passed for r in ways[name]) if ways[name] else None for name in runs}
        best = max(share for share in shares.values() if share is not None)
        marked = [_marked(share, best) for share in shares.values()]
        rows.append((situation, str(_most(ways)), *marked))
    return table(("where the cursor stands", "n", *runs), rows)


def _marked(share: float | None, best: float) -> str:
    if share is None:
        return ""
    return f"**{percent(share)}**" if share == best and best else percent(share)


def _most(ways: Mapping[str, Sequence[Record]]) -> int:
    return max(len(records) for records in ways.values())


def _between(middle: float, low: float, high: float, *, digits: int) -> str:
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


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
        percent(mean(record.typed_refusal is None for record in records)),
        percent(1 - len(shown) / len(records)),
        percent(mean(record.passed for record in records)),
        percent(mean(record.passed for record in shown)) if shown else "",
        percent(mean(line_right)) if line_right else "",
        percent(mean(record.exact for record in records)),
        percent(mean(record.first_line_exact for record in records)),
        f"{median(record.edits for record in records):.0f}",
        f"{_percentile(asked, 50):.0f}",
        f"{_percentile(asked, 95):.0f}",
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def percent(share: float) -> str:
    """Return a share of 1 in hundredths."""
    return f"{100 * share:.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, which can be read as it stands."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )
