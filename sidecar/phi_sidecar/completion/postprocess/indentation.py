"""Indent as the file does."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext, is_opener
from phi_sidecar.completion.indentation import Indentation, indent_of
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind, code_only, read_on
from phi_sidecar.completion.suggestion import Draft, Rejected

_RULE = re.compile(r"[^\s#=:][^=#]*?:(?![=:])")
"""Of a makefile: `target: what it needs`, and no variable."""


def fit_indentation(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Write tabs or spaces as the file does, and begin where the cursor's line may begin."""
    first, *others = draft.text.split("\n")
    if context.on_blank_line:
        first = _first_line(first, context)
    lines = [first, *(_as_in_file(line, context.indentation) for line in others)]
    if context.language.blocks is Blocks.INDENT:
        lines = lines[: _first_misplaced(lines, context)]
    return replace(draft, text="\n".join(lines))


def _first_line(line: str, context: CompletionContext) -> str:
    own = indent_of(line)
    if not own:
        return line
    width = context.indentation.width
    reached = width(context.indent + own)
    if reached <= _deepest(context):
        return context.indentation.nearest(reached)[len(context.indent) :] + line[len(own) :]
    return line[len(own) :]


def _deepest(context: CompletionContext) -> int:
    """The deepest column at which a line may begin here."""
    width = context.indentation.width
    if context.block_opener is not None:
        return width(indent_of(context.block_opener)) + context.indentation.columns
    if not context.lines_above:
        return 0
    above = context.lines_above[-1]
    step = context.indentation.columns if _begins_recipe(above, context) else 0
    return width(indent_of(above)) + step


def _first_misplaced(lines: list[str], context: CompletionContext) -> int:
    """Return the index of the first line that goes deeper where no block was opened."""
    previous = context.line_before + lines[0]
    for index, line in enumerate(lines[1:], start=1):
        if not line.strip():
            continue
        width = context.indentation.width
        deeper = width(indent_of(line)) > width(indent_of(previous))
        if deeper and not _may_go_deeper(previous, context):
            said = "\n".join(lines[:index])
            if not context.brackets_in(said).openers and not _inside_string(said, context):
                return index
        previous = line
    return len(lines)


def _may_go_deeper(line: str, context: CompletionContext) -> bool:
    # In YAML the keys of an item stand deeper than its dash, a long string deeper than its mark.
    return (
        is_opener(code_only(line, context.language), context.language)
        or _begins_recipe(line, context)
        or line.lstrip().startswith("- ")
        or line.rstrip().endswith(("|", ">", "|-", ">-", "\\"))
    )


def _begins_recipe(line: str, context: CompletionContext) -> bool:
    return bool(context.language.indents_with) and _RULE.match(line) is not None


def _inside_string(text: str, context: CompletionContext) -> bool:
    return read_on(context.before, text + "\n", context.language).kind_at_end is not Kind.CODE


def _as_in_file(line: str, indentation: Indentation) -> str:
    own = indent_of(line)
    said = line[len(own) :]
    if indentation.unit == "\t" and " " in own:
        # The star of a block comment stands one space behind its first line.
        star = " " if said.startswith("*") and own.endswith(" ") else ""
        return indentation.nearest(indentation.width(own) - len(star)) + star + said
    if indentation.unit != "\t" and "\t" in own:
        return indentation.nearest(indentation.width(own)) + said
    return line
