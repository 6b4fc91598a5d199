"""What the chat panel needs to show a long answer, in a headless browser."""

from collections.abc import Sequence

from measuring.figures import Aim, Figure, Section, percentile, repeated
from measuring.node import ROOT, NotMeasured, measured_by

SCRIPT = ROOT / "tests" / "bench" / "panel.mjs"

TIMEOUT_S = 300
AIM_MS = 8.0
# An update at the end of a long answer may not take much longer than one at its beginning.
AIM_GROWTH = 2.0

TITLE = "Chat panel, a long answer"
AIM = "panel update, p95"
GROWTH = "panel update, p95 of the last tenth to that of the first"


def measure_panel() -> Section:
    """Have the bundled panel draw a long answer, streamed and restored."""
    try:
        measured = measured_by(SCRIPT, who="the browser", timeout_s=TIMEOUT_S)
    except NotMeasured as error:
        return _missing(str(error))
    return panel_section(
        measured["lines"],
        measured["updatesMs"],
        longest_tasks_ms=measured["longestTasksMs"],
        drawn_ms=measured["drawnMs"],
    )


def panel_section(
    lines: int,
    updates_ms: Sequence[float],
    *,
    longest_tasks_ms: Sequence[float],
    drawn_ms: Sequence[float],
) -> Section:
    """Return the section of the times of all updates, in their order."""
    tenth = max(1, len(updates_ms) // 10)
    first, last = updates_ms[:tenth], updates_ms[-tenth:]
    p95 = percentile(updates_ms, 95)
    first_p95, last_p95 = percentile(first, 95), percentile(last, 95)
    growth = last_p95 / first_p95 if first_p95 and last_p95 is not None else None
    count = len(updates_ms)
    figures = [
        Figure("update, p50", "ms", percentile(updates_ms, 50), of=count),
        Figure("update, p95", "ms", p95, of=count),
        Figure("update, longest", "ms", max(updates_ms, default=None), of=count),
        Figure("update, p95 of the first tenth", "ms", first_p95, of=len(first)),
        Figure("update, p95 of the last tenth", "ms", last_p95, of=len(last)),
        repeated("restored at once, until all is drawn", drawn_ms),
        repeated("restored at once, longest task over 50 ms", longest_tasks_ms),
    ]
    aims = [Aim(AIM, p95, AIM_MS, "ms"), Aim(GROWTH, growth, AIM_GROWTH, "")]
    note = f"{lines} lines; script and layout of each update."
    return Section("panel", TITLE, figures, aims, note=note)


def _missing(why: str) -> Section:
    aims = [Aim(AIM, None, AIM_MS, "ms"), Aim(GROWTH, None, AIM_GROWTH, "")]
    return Section("panel", TITLE, aims=aims, missing=why)
