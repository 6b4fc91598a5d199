"""A chat whose answer is begun with the lines before the cursor."""

from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role

from quality.holes import Hole
from quality.peers.reading import (
    before_dedent,
    before_next_lines,
    before_repeats,
    first_line,
    without_overlap,
)
from quality.peers.way import Asked, Way

_CHARS_BEFORE = 10_000
_CHARS_AFTER = 100
_LINES_BEGUN = 2
_TOKENS_OF_A_LINE = 50
_TOKENS_OF_A_BLOCK = 128

_RULE = """\
You complete code. You get the code after the cursor, and the code before it inside a CODE tag. Go
on where that ends, inside a CODE tag, and stop when the statement or the block is complete."""


def _ask(hole: Hole) -> Asked:
    # Whitespace at the end of what is begun makes the answer empty.
    before = hole.before[-_CHARS_BEFORE:].rstrip()
    lines = before.split("\n")
    begun = len(lines)
    full = 0
    while begun > 0 and full < _LINES_BEGUN:
        begun -= 1
        full += bool(lines[begun].strip())
    above, start = "\n".join(lines[:begun]), "\n".join(lines[begun:])
    return Asked(
        ChatPrompt(
            kind="chat",
            messages=[
                ChatMessage(role=Role.system, content=_RULE),
                ChatMessage(
                    role=Role.user,
                    content=f"After the cursor:\n<AFTER>{hole.after[:_CHARS_AFTER]}</AFTER>\n"
                    f"Before the cursor:\n<CODE>{above}\n</CODE>",
                ),
            ],
            answer_start=f"<CODE>{start}",
        ),
        _TOKENS_OF_A_BLOCK if _several(hole) else _TOKENS_OF_A_LINE,
        stop=("</CODE>",) if _several(hole) else ("</CODE>", "\n\n"),
    )


def _several(hole: Hole) -> bool:
    return hole.context.on_blank_line and hole.context.opens_block


def _read(hole: Hole, answer: str) -> str:
    withheld = hole.before[len(hole.before.rstrip()) :]
    # A newline and an indentation that were taken off stand in the document already.
    text = answer.lstrip() if "\n" in withheld else answer.removeprefix(withheld)
    text = before_dedent(text, hole.context.indent) if _several(hole) else first_line(text)
    text = before_repeats(before_next_lines(text, hole.after))
    return without_overlap(text.rstrip(), hole.after)


CHAT_PREFILL = Way(name="peer-cody", ask=_ask, read=_read)
"""Cody's prefill, with the lengths of its profile for models on the device."""
