"""Take off the fences that a chat model puts around code."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.lexical import Kind
from phi_sidecar.completion.suggestion import Draft, Rejected

_OPENING = re.compile(r"\A\s*(?:```|~~~)[\w+#.-]*[ \t]*\n")
_CLOSING = re.compile(r"(?:\A|\n)[ \t]*(?:```|~~~)|```")
_WITHOUT_BACKTICKS = frozenset(
    ("python", "c", "cpp", "java", "rust", "csharp", "yaml", "json", "css", "toml")
)
_QUOTED = re.compile(r"\A\s*`(?P<code>[^`\n]+)`\s*\Z")


def strip_fences(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Keep what stands within the fences; in running text a fence is text like any other."""
    if not context.language.code:
        return draft
    quoted = _QUOTED.match(draft.text)
    if quoted and context.place is Kind.CODE and not _has_backticks(context):
        return replace(draft, text=quoted["code"])
    if "```" not in draft.text and "~~~" not in draft.text:
        return draft
    text = _OPENING.sub("", draft.text, count=1)
    closing = _CLOSING.search(text)
    if closing is None:
        return replace(draft, text=text)
    return replace(draft, text=text[: closing.start()], ended=True)


def _has_backticks(context: CompletionContext) -> bool:
    """Tell whether a backtick is code here: a string, a command, a name."""
    return "`" in context.language.long_quotes or context.language.lexer not in _WITHOUT_BACKTICKS
