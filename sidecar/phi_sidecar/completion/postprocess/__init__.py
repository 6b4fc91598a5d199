"""One filter per file: from what the model said to what is shown."""

from collections.abc import Callable

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.postprocess.balance import keep_balance
from phi_sidecar.completion.postprocess.chat_leftovers import drop_chat_leftovers
from phi_sidecar.completion.postprocess.echoed_prefix import strip_echoed_prefix
from phi_sidecar.completion.postprocess.empty_comments import drop_empty_comments
from phi_sidecar.completion.postprocess.fences import strip_fences
from phi_sidecar.completion.postprocess.following_lines import stop_at_following_lines
from phi_sidecar.completion.postprocess.indentation import fit_indentation
from phi_sidecar.completion.postprocess.line_ends import end_lines_alike
from phi_sidecar.completion.postprocess.margin import indent_from_cursor
from phi_sidecar.completion.postprocess.parroted import drop_parroted
from phi_sidecar.completion.postprocess.path_line import cut_at_path_line
from phi_sidecar.completion.postprocess.repeated_lines import drop_repeated_lines
from phi_sidecar.completion.postprocess.repetition import drop_repetition
from phi_sidecar.completion.postprocess.scope import limit_to_scope
from phi_sidecar.completion.postprocess.suffix_overlap import trim_suffix_overlap
from phi_sidecar.completion.postprocess.too_short import drop_too_short
from phi_sidecar.completion.postprocess.trailing_whitespace import strip_trailing_whitespace
from phi_sidecar.completion.postprocess.unfinished import trim_unfinished
from phi_sidecar.completion.postprocess.unmatched_closers import cut_at_unmatched_closer
from phi_sidecar.completion.postprocess.unmatched_tags import cut_at_unmatched_tag
from phi_sidecar.completion.suggestion import Draft, Rejected, Suggestion

Filter = Callable[[Draft, CompletionContext], Draft | Rejected]

FILTERS: dict[str, Filter] = {
    "line_ends": end_lines_alike,
    # What a chat puts around code goes first, so that the rest sees code alone.
    "chat_leftovers": drop_chat_leftovers,
    "fences": strip_fences,
    "echoed_prefix": strip_echoed_prefix,
    # Then how far the text reaches.
    "margin": indent_from_cursor,
    "scope": limit_to_scope,
    "path_line": cut_at_path_line,
    "repetition": drop_repetition,
    "unfinished": trim_unfinished,
    "following_lines": stop_at_following_lines,
    "repeated_lines": drop_repeated_lines,
    "parroted": drop_parroted,
    # Then how it fits the text after the cursor.
    "suffix_overlap": trim_suffix_overlap,
    "unmatched_closers": cut_at_unmatched_closer,
    "unmatched_tags": cut_at_unmatched_tag,
    # Then how it looks, and whether anything worth showing is left.
    "indentation": fit_indentation,
    "empty_comments": drop_empty_comments,
    "trailing_whitespace": strip_trailing_whitespace,
    "balance": keep_balance,
    "too_short": drop_too_short,
}
"""Every filter by its name, in the order in which they run."""


Observe = Callable[[str, Draft, Draft | Rejected], None]
"""Told of a filter that changed something: its name, what it was given, what it made of it."""


def run(
    draft: Draft, context: CompletionContext, observe: Observe | None = None
) -> Suggestion | Rejected:
    """Put a draft through every filter."""
    for name, apply in FILTERS.items():
        result = apply(draft, context)
        if observe is not None and _shows(result) != _shows(draft):
            observe(name, draft, result)
        if isinstance(result, Rejected):
            return result
        draft = result
    return Suggestion(draft.text, draft.replace_after)


def _shows(result: Draft | Rejected) -> tuple[str, int] | None:
    return None if isinstance(result, Rejected) else (result.text, result.replace_after)
