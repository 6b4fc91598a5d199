"""Whether an answer on its way has said all that its place has room for."""

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.postprocess.following_lines import stop_at_following_lines
from phi_sidecar.completion.postprocess.suffix_overlap import trim_suffix_overlap
from phi_sidecar.completion.postprocess.unmatched_closers import cut_at_unmatched_closer
from phi_sidecar.completion.suggestion import Draft, Rejected

_CLOSERS = ")]}"


def reaches_what_is_there(draft: Draft, context: CompletionContext) -> bool:
    """Tell whether the newest character leads into what stands after the cursor, or closes it.

    The filters decide, so that what comes later would be cut off anyway: the rest of the line,
    a bracket that nothing opened, the next line that is there already. It is asked for each
    character, and looks only where one may make a difference.
    """
    newest = draft.text[-1:]
    if newest == "\n":
        return _shortens(stop_at_following_lines(draft, context), draft)
    after = context.line_after.strip()
    if newest not in _CLOSERS and newest != after[-1:]:
        return False
    fitted = trim_suffix_overlap(draft, context)
    if _shortens(fitted, draft):
        # Closers alone may be written over by more than is there: `f(█)` and `x) + 1`.
        code_follows = any(character.isalnum() for character in after)
        return code_follows and not _leads_further_back(draft.text, after, fitted)
    return newest in _CLOSERS and (
        isinstance(fitted, Rejected) or _shortens(cut_at_unmatched_closer(fitted, context), draft)
    )


def _leads_further_back(text: str, after: str, fitted: Draft | Rejected) -> bool:
    """Tell whether the text has begun to say what follows before the place where it was cut."""
    kept = 0 if isinstance(fitted, Rejected) else len(fitted.text)
    return any(
        text.endswith(after[: len(text) - start])
        for start in range(kept)
        if text[start] == after[0]
    )


def _shortens(filtered: Draft | Rejected, draft: Draft) -> bool:
    return isinstance(filtered, Rejected) or len(filtered.text) < len(draft.text.rstrip())
