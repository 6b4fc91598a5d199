"""The tables of how sure the model was, and of what is shown for it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from phi_sidecar.completion.confidence import NEEDED
from phi_sidecar.generated.protocol import CompletionConfidence

from quality import silence
from quality.certainty import SCORES, Score, mean, products
from quality.records import Record
from quality.silence import Range, Suggestion
from quality.tables import percent, table

BETAS: Mapping[CompletionConfidence, float] = MappingProxyType(
    {CompletionConfidence.likely: 0.5, CompletionConfidence.sure: 0.25}
)
"""How much it counts, beside being right, that what is right is shown: precision comes first."""

_STEPS = tuple(step / 10 for step in range(10))


def fitting(records: Sequence[Record], score: Score = products) -> Sequence[Suggestion]:
    """Return what the thresholds are fitted on."""
    return silence.suggestions([record for record in records if record.first_half], score)


def reporting(records: Sequence[Record], score: Score = products) -> Sequence[Suggestion]:
    """Return what is told of: the other half."""
    return silence.suggestions([record for record in records if not record.first_half], score)


def levels(records: Sequence[Record]) -> str:
    """Return what each setting shows: the threshold it has, and the one that a fit would give."""
    rows = []
    for level in CompletionConfidence:
        needed = NEEDED[level] or 0.0
        beta = BETAS.get(level)
        fitted = silence.fit(fitting(records), beta) if beta is not None else 0.0
        for name, threshold in {"as it is": needed, "as fitted now": fitted}.items():
            shown = silence.shown_at(threshold, reporting(records))
            right = silence.right_range(threshold, reporting(records))
            rows.append(
                (
                    *(level.value, name, f"{threshold:.2f}", percent(shown.share)),
                    *(_range(right, 100, 1), percent(shown.kept)),
                )
            )
    heads = ("setting", "threshold", "at least", "shown %", "right of shown %", "of the right %")
    return table(heads, rows)


def curve(records: Sequence[Record]) -> str:
    """Return how many of the suggestions are shown, and right, by the threshold."""
    among = reporting(records)
    rows = []
    for threshold in _STEPS:
        shown = silence.shown_at(threshold, among)
        right = _range(silence.right_range(threshold, among), 100, 1) if shown.share else ""
        rows.append((f"{threshold:.1f}", percent(shown.share), right, percent(shown.kept)))
    return table(("at least", "shown %", "right of shown %", "of the right %"), rows)


def levels_elsewhere(records: Sequence[Record]) -> str:
    """Return what each setting shows of code that no threshold was fitted on, set by set."""
    rows = []
    for group in sorted({record.group for record in records}):
        among = silence.suggestions([r for r in records if r.group == group], products)
        for level in CompletionConfidence:
            shown = silence.shown_at(NEEDED[level] or 0.0, among)
            rows.append(
                (
                    *(group, level.value, str(len(among)), percent(shown.share)),
                    *(percent(shown.right) if shown.share else "", percent(shown.kept)),
                )
            )
    heads = ("holes", "setting", "n", "shown %", "right of shown %", "of the right %")
    return table(heads, rows)


def scores(records: Sequence[Record], others: Mapping[str, Score]) -> str:
    """Return the area under the curve for each way to tell how sure the model was.

    On both halves: nothing is fitted for it.
    """
    rows = []
    for name, score in {**SCORES, **others}.items():
        # Where one of the two is not known neither counts, so that both order the same ones.
        both = [r for r in records if score(r) is not None and mean(r) is not None]
        among, usual = silence.suggestions(both, score), silence.suggestions(both, mean)
        if not among:
            continue
        more = silence.area_difference(usual, among)
        sure = "is no chance" if more.low > 0 or more.high < 0 else "may be chance"
        rows.append(
            (
                *(name, str(len(among)), f"{silence.area(among):.3f}"),
                *(_range(more, 1, 3), sure if name != "mean" else ""),
            )
        )
    heads = ("score", "n", "area", "more than the mean's", "this")
    return table(heads, sorted(rows, key=lambda row: row[2], reverse=True))


def _range(range: Range, times: float, digits: int) -> str:
    value, low, high = (
        f"{times * each:.{digits}f}" for each in (range.value, range.low, range.high)
    )
    return f"{value} ({low} to {high})"
