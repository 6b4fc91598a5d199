"""Cut at a bracket that closes what is not open."""

from dataclasses import replace

from phi_sidecar.completion.brackets import PARTNER
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.postprocess.balance import is_balanced
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "unmatched_closers"


def cut_at_unmatched_closer(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut before the first closer whose opener is closed already, or that has none."""
    if _begins_branch(draft, context):
        return draft
    if is_balanced(draft, context) and not _may_close_unseen(draft, context):
        return draft
    cut = _first_unmatched(draft, context)
    if cut is None:
        return draft
    kept = draft.text[:cut].rstrip()
    if not kept.strip():
        return Rejected(NAME, "The bracket that would be closed is closed already.")
    return replace(draft, text=kept)


def _first_unmatched(draft: Draft, context: CompletionContext) -> int | None:
    # What the text writes over closes nothing any more.
    still_open = context.left_open_after(context.suffix[draft.replace_after :])
    waiting = [bracket.character for bracket in still_open]
    closers, _ = context.brackets_in(draft.text)
    for closer in closers:
        if not waiting or waiting.pop() != PARTNER[closer.character]:
            return closer.offset
    return None


def _begins_branch(draft: Draft, context: CompletionContext) -> bool:
    """Tell whether there is no more yet than the brace before an `else` or a `catch`."""
    braces = context.language.blocks is Blocks.BRACES
    return braces and context.on_blank_line and draft.text.strip() == "}"


def _may_close_unseen(draft: Draft, context: CompletionContext) -> bool:
    """Tell whether a line of the text closes a block whose end may lie beyond what is looked at."""
    if context.sees_end:
        return False
    closers, openers = context.brackets_in(draft.text)
    return sum(closer.leads for closer in closers) > len(openers)
