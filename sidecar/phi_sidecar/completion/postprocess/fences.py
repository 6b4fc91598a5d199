"""Take off the fences that a chat model puts around code."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

_OPENING = re.compile(r"\A\s*```[\w+#.-]*[ \t]*\n")
_CLOSING = re.compile(r"\n?[ \t]*```")


def strip_fences(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Keep what stands within the fences; in running text a fence is text like any other."""
    if not context.language.code or "```" not in draft.text:
        return draft
    text = _OPENING.sub("", draft.text, count=1)
    closing = _CLOSING.search(text)
    if closing is None:
        return replace(draft, text=text)
    return replace(draft, text=text[: closing.start()], ended=True)
