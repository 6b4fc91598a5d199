"""The lines below the cursor on top, then the text before it, to be continued."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt, Question, build_prompt
from phi_sidecar.completion.strategies.above import snippets_above
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import RawPrompt

_APART = "\n\n\n"
"""As between two files, or two functions of one: what comes next is no part of what was above."""


def ask_with_after_first(
    context: CompletionContext, mode: Mode, max_new_tokens: int
) -> CompletionPrompt:
    """Ask for what comes next, with the names and the style of what comes later in sight.

    On top it stays while the person types, as text between the cursor's and the answer would not.
    """
    return build_prompt(context, _question, mode, max_new_tokens)


def _question(context: CompletionContext, head: str) -> Question:
    after = f"{context.below}{_APART}" if context.below else ""
    text = snippets_above(context) + after + context.header + head
    return Question(RawPrompt(kind="raw", text=text))
