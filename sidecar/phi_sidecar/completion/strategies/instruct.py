"""The chat template with a rule, the text after the cursor, and the answer's start prefilled."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt, Question, build_prompt
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role
from phi_sidecar.prompts import prompt_text

_FENCE = "```"
_PREFILLED_LINES = 2
"""Cody's finding: with more lines prefilled the answer tends to be empty."""


def ask_by_chat(context: CompletionContext, mode: Mode, max_new_tokens: int) -> CompletionPrompt:
    """Ask for the code at the cursor as a person would, and begin the answer."""
    return build_prompt(context, _question, mode, max_new_tokens)


def _question(context: CompletionContext, head: str) -> Question:
    # Instruct models answer nothing when the start they are given ends in whitespace.
    stripped = head.rstrip()
    return Question(_chat_prompt(context, stripped), withheld=head[len(stripped) :], stop=(_FENCE,))


def _chat_prompt(context: CompletionContext, head: str) -> ChatPrompt:
    lines = head.split("\n")
    kept = 0
    while kept < len(lines) and sum(1 for line in lines[-kept:] if kept and line.strip()) < (
        _PREFILLED_LINES
    ):
        kept += 1
    start = "\n".join(lines[len(lines) - kept :])
    request = prompt_text("completion_request").substitute(
        path=context.path,
        language=context.language_id,
        snippets=_snippets(context),
        suffix=_after(context),
        prefix=context.header + "\n".join(lines[: len(lines) - kept]),
    )
    return ChatPrompt(
        kind="chat",
        messages=[
            ChatMessage(role=Role.system, content=prompt_text("completion_rule").substitute()),
            ChatMessage(role=Role.user, content=f"{request}\n{_FENCE}"),
        ],
        answer_start=f"{_FENCE}{context.language_id}\n{start}",
    )


def _snippets(context: CompletionContext) -> str:
    return "".join(
        f"\nSimilar code in {snippet.path}:\n{_FENCE}\n{snippet.text}\n{_FENCE}\n"
        for snippet in reversed(context.snippets)
    )


def _after(context: CompletionContext) -> str:
    """Return what the prompt tells of the text after the cursor.

    The brackets and quotes that an editor puts there while one types are left out: with each the
    cache of keys and values would be void from the top.
    """
    rest = context.line_after.strip()
    told = (rest if any(map(str.isalnum, rest)) else "", context.below)
    return "\n".join(filter(None, told))
