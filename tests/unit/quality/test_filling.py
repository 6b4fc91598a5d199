"""What the filters did to an answer is found out by reading it once more."""

import pytest
from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.context import PromptBudget, build_context
from phi_sidecar.completion.policy import choose_mode
from phi_sidecar.completion.strategies import STRATEGIES
from phi_sidecar.generated.protocol import (
    ChatMessage,
    ChatPrompt,
    FinishReason,
    GenerateResult,
    GenerationMetrics,
    RawPrompt,
    Role,
)
from phi_sidecar.models.catalog import CompletionStyle
from quality.candidates import CANDIDATES
from quality.filling import as_text, read_again
from quality.holes import Hole, Kind

HOLE = Hole(
    group="group",
    source="source.py",
    language="python",
    kind=Kind.SINGLE_LINE,
    before="def total(values):\n    result = first(values)\n    ",
    text="result += 1",
    after="\n    return result\n",
)
CONTEXT = build_context(HOLE.document, HOLE.line, HOLE.column, PromptBudget(500))


def answered(text, reason=FinishReason.stop):
    metrics = GenerationMetrics(
        ttft_ms=1.0,
        tpot_ms=1.0,
        total_ms=1.0,
        prompt_tokens=1,
        cached_tokens=0,
        completion_tokens=1,
        executing_device="none",
    )
    return GenerateResult(text=text, finish_reason=reason, metrics=metrics)


@pytest.mark.parametrize(
    ("said", "reason", "changed", "dropped"),
    [
        ("\n    result += 1", FinishReason.stop, (), None),
        ("\n    return result", FinishReason.stop, ("scope",), "too_short"),
        ("\n    result = first(values)", FinishReason.stop, (), "repeated_lines"),
        ("\n    result += 1  ", FinishReason.stop, ("trailing_whitespace",), None),
        ("\n    result += len(", FinishReason.length, (), "unfinished"),
        ("\nresult", FinishReason.stop, (), "cut"),
    ],
)
def test_each_filter_that_changed_or_dropped_an_answer_is_named(said, reason, changed, dropped):
    ask = STRATEGIES[CompletionStyle.CONTINUATION]
    prompt = ask(CONTEXT, choose_mode(CONTEXT), 40)
    if dropped == "cut":
        assert prompt.fallback is not None
    read = read_again(CONTEXT, prompt, answered(said, reason))
    assert (read.changed_by, read.dropped_by) == (changed, dropped)


def test_what_an_answer_was_before_the_filters_is_kept():
    prompt = STRATEGIES[CompletionStyle.CONTINUATION](CONTEXT, choose_mode(CONTEXT), 40)
    assert read_again(CONTEXT, prompt, answered("\n    result += 1  ")).draft == "result += 1  "
    assert read_again(CONTEXT, prompt, answered("\nresult")).draft is None


def test_a_question_is_kept_as_it_can_be_read():
    assert as_text(RawPrompt(kind="raw", text="x = ")) == "x = "
    chat = ChatPrompt(
        kind="chat", messages=[ChatMessage(role=Role.user, content="Go on.")], answer_start="x"
    )
    assert as_text(chat) == "[user]\nGo on.\n[answer]\nx"


@pytest.mark.parametrize("name", CANDIDATES)
def test_every_candidate_asks_to_go_on_from_the_cursor(name):
    prompt = CANDIDATES[name](CONTEXT, choose_mode(CONTEXT), 40)
    assert (as_text(prompt.prompt) + prompt.cut).endswith(HOLE.before)
    attempt = Attempt(CONTEXT, prompt)
    attempt.feed(f"{prompt.cut}result += 1\n")
    assert attempt.finish(FinishReason.stop).text == "result += 1"
