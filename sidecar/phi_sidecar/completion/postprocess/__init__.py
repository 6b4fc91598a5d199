"""One filter per file: from what the model said to what is shown."""

from collections.abc import Callable

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.postprocess.chat_leftovers import drop_chat_leftovers
from phi_sidecar.completion.postprocess.echoed_prefix import strip_echoed_prefix
from phi_sidecar.completion.postprocess.fences import strip_fences
from phi_sidecar.completion.postprocess.following_lines import stop_at_following_lines
from phi_sidecar.completion.postprocess.indentation import fit_indentation
from phi_sidecar.completion.postprocess.repeated_lines import drop_repeated_lines
from phi_sidecar.completion.postprocess.repetition import drop_repetition
from phi_sidecar.completion.postprocess.scope import limit_to_scope
from phi_sidecar.completion.postprocess.suffix_overlap import trim_suffix_overlap
from phi_sidecar.completion.postprocess.too_short import drop_too_short
from phi_sidecar.completion.postprocess.trailing_whitespace import strip_trailing_whitespace
from phi_sidecar.completion.postprocess.unfinished import trim_unfinished
from phi_sidecar.completion.postprocess.unmatched_closers import cut_at_unmatched_closer
from phi_sidecar.completion.suggestion import Draft, Rejected, Suggestion

Filter = Callable[[Draft, CompletionContext], Draft | Rejected]

FILTERS: dict[str, Filter] = {
    # What a chat puts around code goes first, so that the rest sees code alone.
    "chat_leftovers": drop_chat_leftovers,
    "fences": strip_fences,
    "echoed_prefix": strip_echoed_prefix,
    # Then how far the text reaches.
    "scope": limit_to_scope,
    "repetition": drop_repetition,
    "unfinished": trim_unfinished,
    "following_lines": stop_at_following_lines,
    "repeated_lines": drop_repeated_lines,
    # Then how it fits the text after the cursor.
    "suffix_overlap": trim_suffix_overlap,
    "unmatched_closers": cut_at_unmatched_closer,
    # Then how it looks, and whether anything worth showing is left.
    "indentation": fit_indentation,
    "trailing_whitespace": strip_trailing_whitespace,
    "too_short": drop_too_short,
}
"""Every filter by its name, in the order in which they run."""


def run(draft: Draft, context: CompletionContext) -> Suggestion | Rejected:
    """Put a draft through every filter."""
    for apply in FILTERS.values():
        result = apply(draft, context)
        if isinstance(result, Rejected):
            return result
        draft = result
    return Suggestion(draft.text, draft.replace_after)
