"""What a replayed trace comes to."""

from measuring.typing import Answer, summarize
from phi_sidecar.generated import protocol as p


def result(
    outcome: p.CompletionOutcome, *, total_ms: float = 0.0, from_cache: bool = False
) -> p.InlineCompletionResult:
    suggested = outcome is p.CompletionOutcome.suggested
    place = p.Position(line=0, character=0)
    return p.InlineCompletionResult(
        trace_id="t",
        items=[p.InlineCompletionItem(text="x", range=p.Range(start=place, end=place))]
        if suggested
        else [],
        outcome=outcome,
        from_cache=from_cache,
        metrics=None
        if from_cache or not suggested
        else p.GenerationMetrics(
            ttft_ms=1.0,
            tpot_ms=1.0,
            total_ms=total_ms,
            prompt_tokens=1,
            cached_tokens=0,
            completion_tokens=1,
            executing_device="CPU",
        ),
    )


ANSWERS = [
    Answer(300.0, result(p.CompletionOutcome.suggested, total_ms=100.0)),
    Answer(500.0, result(p.CompletionOutcome.suggested, total_ms=200.0)),
    Answer(2.0, result(p.CompletionOutcome.suggested, from_cache=True)),
    Answer(None, None),
    Answer(5.0, result(p.CompletionOutcome.superseded)),
    Answer(5.0, result(p.CompletionOutcome.stale)),
    Answer(5.0, result(p.CompletionOutcome.nothing_to_add)),
    Answer(5.0, result(p.CompletionOutcome.unsuitable_place)),
]


def told(answers: list[Answer]) -> dict[str, float | None]:
    return {figure.name: figure.middle for figure in summarize(answers)}


def test_a_wait_counts_only_where_there_was_something_new_to_show():
    figures = told(ANSWERS)
    assert figures["new suggestion, pause included, p50"] == 300.0
    assert figures["new suggestion, pause included, p95"] == 500.0
    assert figures["new suggestion, pause excluded, p50"] == 100.0
    assert figures["suggestion typed through, p95"] == 2.0


def test_every_request_has_one_fate():
    figures = told(ANSWERS)
    assert figures["keys, and so requests"] == 8
    assert figures["answered with a suggestion"] == 37.5
    assert figures["overtaken by the next key"] == 37.5
    assert figures["answered that there is none"] == 25.0


def test_a_trace_without_any_suggestion_has_no_waits():
    figures = told([Answer(None, None)])
    assert figures["new suggestion, pause included, p50"] is None
    assert figures["overtaken by the next key"] == 100.0
