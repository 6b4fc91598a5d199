"""The text before the cursor, to be continued as it stands."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt, Question, build_prompt
from phi_sidecar.completion.strategies.above import snippets_above
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import RawPrompt


def ask_to_continue(
    context: CompletionContext, mode: Mode, max_new_tokens: int
) -> CompletionPrompt:
    """Ask for what comes next, with no word about it."""
    return build_prompt(context, _question, mode, max_new_tokens)


def _question(context: CompletionContext, head: str) -> Question:
    return Question(RawPrompt(kind="raw", text=snippets_above(context) + context.header + head))
