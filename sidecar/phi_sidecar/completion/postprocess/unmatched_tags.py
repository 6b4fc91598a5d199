"""Cut at a closing tag that closes what is not open."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected
from phi_sidecar.completion.tags import left_open, tags, unmatched

NAME = "unmatched_tags"


def cut_at_unmatched_tag(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut before the first closing tag whose element the text below closes, or that has none."""
    if not context.language.markup or "</" not in draft.text:
        return draft
    waiting = _closed_by_nothing(context, context.suffix[draft.replace_after :])
    # Its first tag may have been begun before the cursor.
    before = context.line_before
    known = {tag.offset for tag in tags(before, context.language)}
    said = (tag for tag in tags(before + draft.text, context.language) if tag.offset not in known)
    for closer in unmatched(said):
        if closer.name in waiting:
            while waiting.pop() != closer.name:
                pass
            continue
        if not waiting and context.skipped_chars:
            # It may have been opened above what was looked at.
            break
        kept = draft.text[: max(0, closer.offset - len(before))].rstrip()
        if not kept.strip():
            return Rejected(NAME, "The element that would be closed is closed already.")
        return replace(draft, text=kept, ended=True)
    return draft


def _closed_by_nothing(context: CompletionContext, after: str) -> list[str]:
    """Return the elements open at the cursor that the text after it does not close."""
    waiting = left_open(tags(context.before, context.language))
    missing: list[str] = []
    for closer in unmatched(tags(after, context.language)):
        if closer.name not in waiting:
            continue
        while (name := waiting.pop()) != closer.name:
            missing.append(name)
    return [*waiting, *reversed(missing)]
