"""Make an answer end well that was cut off, or that leaves something open."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind, blanked, read_on
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected

NAME = "unfinished"

_WORD_BEGUN = re.compile(r"\s*\S*\Z")
# Where code may stop and still read as whole.
_RESTS = re.compile(r"[,;)\]}](?=\s|\Z)|[)\]}]")
# A dot or an arrow with nothing behind it; `...`, `..` and `1.` are other things.
_BROKEN = re.compile(r"(?:(?<![.\d])\.|->|::)\Z")
# An assignment may go on in the next line, but not at the end.
_HANGING = re.compile(rf"(?:{_BROKEN.pattern[:-2]}|(?<![=!<>+])=)\Z")

# What asks for more on the same line.
_DANGLING = re.compile(
    r"(?:(?<![+])[+]|(?<!-)-|[*/%&|^<,!~(\[{=]|->|=>|(?<![.\d])\.|::"
    r"|(?<![\w.])(?:and|as|await|case|elif|else|extends|for|from|if|import|in|instanceof|is|lambda"
    r"|match|new|not|of|or|raise|return|switch|throw|typeof|unless|until|while|with|yield))\Z"
)


def trim_unfinished(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Keep whole lines, or of a single one what reads as whole; running text ends at a word."""
    head, newline, line = draft.text.rpartition("\n")
    if draft.mode is Mode.MULTI_LINE and newline and head.strip():
        text = _whole_statements(draft.text if draft.ended else head, context)
        reason = "The block would be left open."
    elif draft.ended:
        text = "" if _breaks_off(draft.text, context, _HANGING) else draft.text
        reason = "The answer broke off within an expression."
        if not draft.text.strip():
            return draft
    else:
        running = not context.language.code or context.place is not Kind.CODE
        end = len(_WORD_BEGUN.sub("", line)) if running else last_rest(line, context)
        text = head + newline + line[:end]
        reason = "The answer was too long for one line."
    if not text.strip():
        return Rejected(NAME, reason)
    return replace(draft, text=text, ended=True)


def reads_as_whole(line: str, context: CompletionContext, text: str | None = None) -> bool:
    """Tell whether a line, with those of the text before it, leaves nothing to be said."""
    said = line if text is None else text
    return not context.brackets_in(said).openers and not _breaks_off(said, context, _DANGLING)


def _whole_statements(text: str, context: CompletionContext) -> str:
    """Leave out the lines at the end that stand within a bracket still open, or break off."""
    lines = text.split("\n")
    heads = ("\n".join(lines[: count + 1]) for count in range(len(lines)))
    broken = (index for index, head in enumerate(heads) if _breaks_off(head, context, _BROKEN))
    lines = lines[: next(broken, len(lines))]
    for count in range(len(lines), 0, -1):
        kept = "\n".join(lines[:count])
        hangs = _breaks_off(kept, context, _HANGING)
        if kept.strip() and not hangs and not context.brackets_in(kept)[1]:
            return kept
    return ""


def _breaks_off(text: str, context: CompletionContext, ending: re.Pattern[str]) -> bool:
    """Tell whether the last line of a text ends in the middle of an expression."""
    if context.language.blocks is Blocks.NONE or context.place is not Kind.CODE:
        return False
    line = text[text.rfind("\n") + 1 :]
    if context.language.final_dots and line.rstrip().endswith("."):
        return False
    commented = any(mark in line for mark in context.language.comment_marks)
    if not commented and not ending.search(line.rstrip()):
        return False
    reading = read_on(context.before, text, context.language)
    if reading.kind_at_end is Kind.STRING:
        return False
    code = blanked(text, reading.stretches, keep_strings=True)
    return ending.search(code[code.rfind("\n") + 1 :].rstrip()) is not None


def last_rest(line: str, context: CompletionContext) -> int:
    """Return where a line last reads as whole, 0 for nowhere."""
    for match in reversed(list(_RESTS.finditer(line))):
        _, open_brackets = context.brackets_in(line[: match.end()])
        if not open_brackets:
            return match.end()
    return 0
