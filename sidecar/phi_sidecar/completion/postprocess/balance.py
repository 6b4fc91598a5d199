"""Leave brackets, strings and comments as paired as they were."""

import re
from collections.abc import Iterator
from dataclasses import replace

from phi_sidecar.completion.brackets import PARTNER, faults
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.lexical import Kind, lead_to, read_led, read_on
from phi_sidecar.completion.postprocess.unfinished import reads_as_whole
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "balance"

_SEPARATOR = re.compile(r"[\s,;]+\Z")
_CLOSED_BY = {opener: closer for closer, opener in PARTNER.items()}


def keep_balance(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Cut or close what the text leaves open, unless the text after the cursor closes it."""
    if not context.language.code or is_balanced(draft, context):
        return draft
    for text in _others(draft, context):
        fitted = replace(draft, text=text)
        if text.strip() and is_balanced(fitted, context):
            return fitted
    return Rejected(NAME, "It would leave a bracket or a string open.")


def is_balanced(draft: Draft, context: CompletionContext) -> bool:
    """Tell whether with the text nothing is open, and nothing closed, that was not so before."""
    return _pairs(draft, context) and not _swallows(draft, context)


def _pairs(draft: Draft, context: CompletionContext) -> bool:
    text, language = draft.text, context.language
    before, after = context.before, context.suffix
    rest = after[draft.replace_after :]
    was = faults(before, "", after, language)
    if faults(before, text, rest, language).no_worse_than(was):
        return True
    if context.sees_end or not _body_follows(text, context):
        return False
    # The block's end lies beyond what was looked at.
    closers = "".join(_CLOSED_BY[each.character] for each in context.brackets_in(text).openers)
    end = f"\n{context.indent}{closers[::-1]}"
    return bool(closers) and faults(before, text + end, rest, language).no_worse_than(was)


def _body_follows(text: str, context: CompletionContext) -> bool:
    """Tell whether the next line is indented as the inside of what the text opens would be."""
    if context.line_after.strip() or not context.lines_below:
        return False
    width = context.indentation.width
    opener = (context.line_before + text).rsplit("\n", 1)[-1]
    return width(indent_of(context.lines_below[0])) > width(indent_of(opener))


def _swallows(draft: Draft, context: CompletionContext) -> bool:
    """Tell whether a string or a comment of the text's would go on into what follows."""
    language = context.language
    before, after = context.before, context.suffix
    was, now = lead_to(before, "", language), lead_to(before, draft.text, language)
    line, newline, below = after.partition("\n")
    rest, rest_of_line = after[draft.replace_after :], line[draft.replace_after :]
    opening = read_led(now, rest_of_line + newline, language).opening
    if not newline or not opening:
        # The line's end ends a string too, but not as it should be.
        left = read_led(now, rest_of_line, language).quote
        return bool(left) and not read_led(was, line, language).quote
    if opening == read_led(was, line + newline, language).opening:
        return False
    if read_led(was, after, language).opening and not read_led(now, rest, language).opening:
        # What is left open below the cursor without the text is closed with it.
        return False
    return not _ends_comment(opening, below, context)


def _ends_comment(opening: str, below: str, context: CompletionContext) -> bool:
    """Tell whether the text below ends the comment that is opened, and no other one by that."""
    for begin, end in context.language.block_comments:
        if opening == begin:
            ends, begins = below.find(end), below.find(begin)
            return ends >= 0 and (begins < 0 or ends < begins)
    return False


def _others(draft: Draft, context: CompletionContext) -> Iterator[str]:
    """Yield what the text could be instead, the best first."""
    text = draft.text
    lines = text.split("\n")
    for count in range(len(lines) - 1, 0, -1):
        kept = "\n".join(lines[:count])
        if reads_as_whole(lines[count - 1], context, kept):
            yield kept
    line = lines[0]
    cuts = sorted(_ends(line, context), reverse=True)
    for cut in cuts:
        kept = _SEPARATOR.sub("", line[:cut])
        if reads_as_whole(kept, context, kept):
            yield kept
    openers = context.brackets_in(line).openers
    closers = "".join(_CLOSED_BY[each.character] for each in reversed(openers))
    if openers and line.rstrip().endswith(openers[-1].character):
        yield line.rstrip() + closers


def _ends(line: str, context: CompletionContext) -> set[int]:
    """Return where a line may be cut: before what it leaves open, or closes without need."""
    found = context.brackets_in(line)
    ends = {each.offset for each in (*found.openers, *found.closers)}
    for stretch in read_on(context.before, line, context.language).stretches:
        if stretch.kind in (Kind.STRING, Kind.COMMENT) and stretch.start:
            ends |= {stretch.start, stretch.end}
    return ends
