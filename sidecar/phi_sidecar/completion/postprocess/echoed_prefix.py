"""Take off text before the cursor that the model said again."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind
from phi_sidecar.completion.suggestion import Draft, Rejected

_LEAST = 4
"""Shorter text before the cursor may well come again on purpose."""

_LETTER = re.compile(r"\w")
_ONE_SPACE = re.compile(r" (?=\S)")
_LIST_MARK = re.compile(r"\A\s*(?:[-*+]|\d+[.)])[ \t]*\Z")
_SAID_LIST_MARK = re.compile(r"\A[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?=\S)")


def strip_echoed_prefix(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Take off an echo of the cursor's line, with or without lines above it."""
    draft = _without_echo(draft, context)
    text = _without_mark(draft.text, context)
    # One space is said again; more of them align something.
    if context.line_before[-1:] == " " and not context.on_blank_line and _ONE_SPACE.match(text):
        text = text[1:]
    return replace(draft, text=text)


def _without_mark(text: str, context: CompletionContext) -> str:
    """Take off a list's mark, a comment's, or a quote that stands just before the cursor."""
    before = context.line_before.strip()
    said = text.lstrip(" \t")
    mark = _SAID_LIST_MARK.match(text)
    lists = context.language.blocks in (Blocks.INDENT, Blocks.NONE)
    if lists and mark and _LIST_MARK.match(context.line_before):
        return text[mark.end() :]
    if context.place is Kind.COMMENT and before in context.language.comment_marks:
        return said[len(before) :].lstrip(" \t") if said.startswith(before) else text
    quote = context.open_quote
    just_opened = quote and context.line_before.endswith(quote)
    # A quote that is not the answer's last one would end the string before it began.
    if just_opened and text.startswith(quote) and quote in text[len(quote) :].rstrip():
        return text[len(quote) :]
    return text


def _without_echo(draft: Draft, context: CompletionContext) -> Draft:
    line = context.line_before.strip()
    text = draft.text.lstrip("\n")
    if len(line) >= _LEAST and _LETTER.search(line):
        body = text.lstrip()
        if body.startswith(line):
            return replace(draft, text=_behind(line, body, context))
    for count in (3, 2, 1):
        echo = "\n".join(above.strip() for above in context.lines_above[-count:])
        lines = text.split("\n")
        said = "\n".join(each.strip() for each in lines[:count])
        if len(echo) < _LEAST * count or said != echo or len(lines) == count:
            continue
        rest = "\n".join(lines[count:])
        if line:
            stripped = rest.lstrip()
            if stripped.startswith(line):
                return replace(draft, text=_behind(line, stripped, context))
            continue
        return replace(draft, text=rest.removeprefix(context.indent))
    return draft


def _behind(line: str, said: str, context: CompletionContext) -> str:
    rest = said[len(line) :]
    return rest.removeprefix(" ") if context.line_before.endswith(" ") else rest
