"""Where an answer might as well have gone another way, and what each way is weighed by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from phi_sidecar.completion import postprocess
from phi_sidecar.completion.confidence import NEEDED, Stretch
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected, Suggestion
from phi_sidecar.generated.protocol import ChatPrompt, CompletionConfidence, RawPrompt

MOST_TURNINGS = 3
"""Each one is an answer more to wait for."""

_MOST_PASSED_OVER = 2
"""How many likelier tokens a turning passes over at most."""

LEAST_LOG_PROB = -3.0
"""Natural logarithm of how likely a turning is at least: of one in twenty few are right."""

AFTER_CHARS = 40
"""How much of the text after the cursor is weighed; more told nothing more."""

_PARTED_CHARS = 4
"""As long as what joins with punctuation to one token."""

_SURE_ENOUGH = NEEDED[CompletionConfidence.sure]


@dataclass(frozen=True)
class Turning:
    """Another token than the one that was said.

    Attributes:
        at: where in the answer, in characters.
        pass_over: how many likelier ones there are.
    """

    at: int
    pass_over: int


def is_worth_weighing(outcome: Suggestion | Rejected, context: CompletionContext) -> bool:
    """Tell whether a model was unsure, and there is something to hold its answer against."""
    unsure = isinstance(outcome, Rejected) or is_unsure(outcome)
    return unsure and bool(context.suffix.strip())


def is_unsure(suggestion: Suggestion) -> bool:
    """Tell whether a suggestion may not be the best that a model could make."""
    confidence = suggestion.confidence
    return confidence is not None and _SURE_ENOUGH is not None and confidence < _SURE_ENOUGH


def turnings(said: Sequence[Stretch], answer: str, begins: int) -> Sequence[Turning]:
    """Return where the first line of an answer may turn, the likeliest first.

    That is where the model was least sure of a token: all others share what is left of 1, so that
    the second likeliest has that at most, the third half of it.

    Args:
        said: the tokens, in characters of the answer.
        answer: what the model said.
        begins: where in it begins what was not known.
    """
    newline = answer.find("\n", begins)
    # What came behind its end was not read.
    last = len(answer) - 1 if newline < 0 else newline
    found = []
    before = 0.0
    for stretch in said:
        if stretch.log_prob is None or stretch.start > last:
            break
        if stretch.end <= begins:
            continue
        left = 1 - math.exp(min(0.0, stretch.log_prob))
        if stretch.tokens == 1 and left > 0:
            for passed in range(1, _MOST_PASSED_OVER + 1):
                found.append((before + math.log(left / passed), stretch.start, passed))
        before += stretch.log_prob
    likely = sorted((turn for turn in found if turn[0] >= LEAST_LOG_PROB), reverse=True)
    return [Turning(at, passed) for _, at, passed in likely[:MOST_TURNINGS]]


def first_line(suggestion: Suggestion, context: CompletionContext) -> Suggestion | None:
    """Return a suggestion's first line alone; None where that is nothing to show by itself.

    Nor is it where no line stands right below the cursor's: there nothing says that the block ends,
    and a model holds any line for less likely than none.
    """
    line = suggestion.text.partition("\n")[0].rstrip()
    below = context.suffix.partition("\n")[2].partition("\n")[0]
    if not line or suggestion.replace_after or not below.strip():
        return None
    shown = postprocess.run(Draft(line, Mode.SINGLE_LINE, ended=True), context)
    return replace(suggestion, text=line) if shown == Suggestion(line) else None


def parted(prompt: RawPrompt | ChatPrompt) -> tuple[RawPrompt | ChatPrompt, str]:
    """Return a prompt without its last characters, and these: `(` may be part of the token `()`.

    They are weighed with every candidate, or one would be told of from an earlier token on.
    """
    if isinstance(prompt, RawPrompt):
        at = max(1, len(prompt.text) - _PARTED_CHARS)
        return replace(prompt, text=prompt.text[:at]), prompt.text[at:]
    begun = prompt.answer_start
    at = max(0, len(begun) - _PARTED_CHARS)
    return replace(prompt, answer_start=begun[:at]), begun[at:]


def weighed_text(
    suggestion: Suggestion, prompt: CompletionPrompt, context: CompletionContext
) -> str | None:
    """Return a suggestion and what follows it, as text behind the prompt; None if it is not there.

    How likely a model holds both together says how well the suggestion fits between what stands
    before it and after it (Bayes).
    """
    if not suggestion.text.startswith(prompt.assumed):
        return None
    after = context.suffix[suggestion.replace_after :][:AFTER_CHARS]
    return prompt.cut + suggestion.text.removeprefix(prompt.assumed) + after
