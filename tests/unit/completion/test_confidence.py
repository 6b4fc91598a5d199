"""How sure the model is of what it says."""

import math

import pytest
from phi_sidecar.completion.attempt import Attempt
from phi_sidecar.completion.confidence import NEEDED, Stretch, confidence_in, needed
from phi_sidecar.completion.strategies.continuation import ask_to_continue
from phi_sidecar.completion.suggestion import Mode, Suggestion
from phi_sidecar.generated.protocol import CompletionConfidence, FinishReason


def suggestion(text, *stretches):
    return Suggestion(text, said=tuple(Stretch(*each) for each in stretches))


def test_the_confidence_lies_between_the_mean_of_the_tokens_and_all_of_them_together():
    said = suggestion("abcde", (0, 2, 1, math.log(0.9)), (2, 5, 3, math.log(0.1)))
    assert said.confidence == pytest.approx((0.9 * 0.1) ** (1 / 2))


def test_of_texts_with_tokens_as_probable_the_shorter_one_is_surer():
    short, long = (suggestion("a" * n, (0, n, n, n * math.log(0.9))) for n in (2, 20))
    assert short.confidence > long.confidence


def test_only_the_tokens_of_what_is_shown_count():
    sure, unsure = math.log(0.9), math.log(0.001)
    before, within, behind = (-3, 0, 1, unsure), (0, 4, 1, sure), (4, 9, 1, unsure)
    assert suggestion("abcd", before, within, behind).confidence == pytest.approx(0.9)


def test_a_token_that_the_text_begins_or_ends_within_counts():
    assert suggestion("ab", (-1, 3, 1, math.log(0.5))).confidence == pytest.approx(0.5)


def test_nobody_can_tell_where_one_token_is_unknown_or_none_is_there():
    assert suggestion("ab", (0, 1, 1, -0.1), (1, 2, 1, None)).confidence is None
    assert suggestion("ab").confidence is None
    assert suggestion("ab", (0, 2, 1, float("-inf"))).confidence is None
    assert suggestion("ab", (0, 2, 1, float("nan"))).confidence is None
    assert suggestion("ab", (0, 2, 1, -1e9)).confidence is None


def test_no_confidence_is_above_one():
    assert confidence_in([Stretch(0, 2, 1, 1e-9)], 2) == 1.0


def test_once_the_unsure_token_is_typed_the_rest_is_surer():
    said = suggestion("compute(1)", (0, 7, 1, math.log(0.1)), (7, 10, 1, math.log(0.9)))
    assert said.after_typed(0).confidence == said.confidence
    assert said.after_typed(3).confidence == pytest.approx(0.9)
    assert said.after_typed(7).confidence == pytest.approx(0.9)


def test_within_the_last_token_that_one_counts_to_its_end():
    said = suggestion("compute(1)", (-1, 10, 1, math.log(0.3)), (10, 11, 1, math.log(0.9)))
    for typed in range(9):
        assert said.after_typed(typed).confidence == pytest.approx(0.3)


def test_a_pickier_level_asks_for_no_less():
    levels = [needed(level) or 0.0 for level in CompletionConfidence]
    assert levels == sorted(levels)
    assert needed(CompletionConfidence.any) is None
    assert all(value is None or 0 <= value < 1 for value in NEEDED.values())


def fed(context, *pieces):
    attempt = Attempt(context, ask_to_continue(context, Mode.SINGLE_LINE, 40))
    for tokens, (text, log_prob) in enumerate(pieces, 1):
        if attempt.feed(text, tokens, log_prob):
            break
    return attempt.finish(FinishReason.stop)


def test_an_answer_tells_how_sure_the_model_was_of_what_is_left_of_it(context_at):
    context = context_at("import os\nx = [f(█)]")
    outcome = fed(context, ("a", math.log(0.25)), (")]", math.log(0.01)), ("\n", 0.0))
    assert outcome.text == "a"
    assert outcome.confidence == pytest.approx(0.25)


def test_what_was_cut_off_the_prompt_and_said_again_does_not_count(context_at):
    context = context_at("import os\nname = os.pa█")
    outcome = fed(context, ("pa", math.log(0.5)), ("th", math.log(0.75)), ("\n", 0.0))
    assert outcome.text == "th"
    assert outcome.confidence == pytest.approx(0.75)


def test_text_that_lags_behind_its_tokens_is_of_all_of_them(context_at):
    context = context_at("import os\nname = █")
    outcome = fed(context, (" ", math.log(0.5)), ("", math.log(0.5)), ("é", math.log(0.5)))
    assert outcome.text == "é"
    of_both = confidence_in([Stretch(0, 1, 2, 2 * math.log(0.5))], 1)
    assert outcome.confidence == pytest.approx(of_both)


def test_a_backend_that_cannot_tell_is_believed(context_at):
    outcome = fed(context_at("import os\nname = █"), (" x", None), ("\n", None))
    assert outcome.text == "x"
    assert outcome.confidence is None
