"""Take away what a chat model says around code."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "chat_leftovers"

_SPECIAL = re.compile(r"<\|[a-z_]+\|>|</s>|<s>")
_OPENING = re.compile(
    r"\A\s*(?:sure[,!.]|certainly[,!.]|of course[,!.]|here(?:'s| is| are)\b"
    r"|to (?:complete|finish)\b|the (?:completed|following) (?:code|function)\b)[^\n]*(?:\n|\Z)",
    re.IGNORECASE,
)
_APOLOGY = re.compile(r"\A\s*(?:i(?:'m| am) sorry|i cannot|i can't|as an ai)\b", re.IGNORECASE)


def drop_chat_leftovers(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """End at a special token, take off "Here is ...", drop apologies; running text is left."""
    special = _SPECIAL.search(draft.text)
    text = draft.text[: special.start()] if special else draft.text
    ended = draft.ended or special is not None
    if context.language.code and context.on_blank_line:
        if _APOLOGY.match(text):
            return Rejected(NAME, "The model spoke instead of writing code.")
        opening = _OPENING.match(text)
        if opening:
            text = text[opening.end() :].lstrip("\n")
            if not text.strip():
                return Rejected(NAME, "The model spoke instead of writing code.")
    return replace(draft, text=text, ended=ended)
