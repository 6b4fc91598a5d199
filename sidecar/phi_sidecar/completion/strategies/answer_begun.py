"""A chat that is asked for the file, its answer begun with all that stands before the cursor."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt, Question, build_prompt
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role
from phi_sidecar.prompts import prompt_text

_FENCE = "```"


def ask_by_answer_begun(
    context: CompletionContext, mode: Mode, max_new_tokens: int
) -> CompletionPrompt:
    """Ask for the whole file, and have the model go on with an answer that it has half given.

    The text before the cursor is the prompt's end, so that typing only appends to it, and the model
    need not find the place at which the answer begins.
    """
    return build_prompt(context, _question, mode, max_new_tokens)


def _question(context: CompletionContext, head: str) -> Question:
    snippets = "".join(
        f" {snippet.path} has:\n{_FENCE}\n{snippet.text}\n{_FENCE}\n"
        for snippet in reversed(context.snippets)
    )
    below = f"\n{_FENCE}\n{context.below}\n{_FENCE}" if context.below else ""
    asked = prompt_text("completion_file").substitute(
        path=context.path,
        language=context.language_id,
        snippets=snippets,
        below=f" Further below it goes on like this:{below}" if below else "",
    )
    return Question(
        ChatPrompt(
            kind="chat",
            messages=[ChatMessage(role=Role.user, content=asked)],
            answer_start=f"{_FENCE}{context.language_id}\n{context.header}{head}",
        ),
        stop=(_FENCE,),
    )
