"""Take away comments that say nothing."""

from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.lexical import Kind, read_up_to
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "empty_comments"


def drop_empty_comments(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Leave out empty comments at the end; between other lines they may part paragraphs."""
    marks = context.language.comment_marks
    if not marks or context.place is Kind.STRING:
        return draft
    lines = draft.text.split("\n")
    count = len(lines)
    while count and _says_nothing(lines[count - 1], count - 1, context):
        count -= 1
    if count == len(lines) or all(not line.strip() for line in lines[count:]):
        return draft
    kept = "\n".join(lines[:count])
    if not kept.strip():
        return Rejected(NAME, "The comment would say nothing.")
    return replace(draft, text=kept, ended=True)


def _says_nothing(line: str, index: int, context: CompletionContext) -> bool:
    said = line.strip()
    if index == 0 and not context.on_blank_line:
        opening = read_up_to(context.before, context.language).opening
        in_line = opening in context.language.line_comments
        return in_line and bool(said) and not said.strip("#/*! ")
    return not said or said in context.language.comment_marks or said in ("///", "//!", "/* */")
