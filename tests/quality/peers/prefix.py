"""The text before the cursor as it stands, continued."""

from phi_sidecar.generated.protocol import RawPrompt

from quality.holes import Hole
from quality.peers.reading import before_next_lines, first_line, last_lines, without_overlap
from quality.peers.way import Asked, Way

_LINES_BEFORE = 256
_TOKENS = 128
_TOKENS_IN_TIME = 64
"""llama.vscode ends an answer that has a line end after 500 ms: so many tokens at 128 a second.

A number of tokens, so that the answers do not depend on what else the machine does.
"""

_WINDOW_TOKENS = 2_000
_CHARS_PER_TOKEN = 3
_SHORT_TOKENS = 60


def _prefix(hole: Hole) -> Asked:
    return Asked(RawPrompt(kind="raw", text=last_lines(hole.before, _LINES_BEFORE)), _TOKENS)


def _trimmed(hole: Hole, answer: str) -> str:
    text = before_next_lines(answer.rstrip("\n"), hole.after)
    return without_overlap(text.rstrip(), hole.after)


PREFIX = Way(
    name="peer-llama.vscode",
    ask=_prefix,
    read=_trimmed,
    is_enough=lambda answer, tokens: tokens >= _TOKENS_IN_TIME and "\n" in answer,
)
"""llama.vscode's lengths. Its `/infill` needs a model with tokens for filling in the middle; with
any other there is the plain continuation, which never sees what follows the cursor."""


def _short_prefix(hole: Hole) -> Asked:
    text = hole.before[-_WINDOW_TOKENS * _CHARS_PER_TOKEN :]
    return Asked(RawPrompt(kind="raw", text=text), _SHORT_TOKENS)


def _line_or_block(hole: Hole, answer: str) -> str:
    context = hole.context
    several = context.on_blank_line or context.opens_block
    return (answer if several else first_line(answer)).rstrip()


LINE_OR_BLOCK = Way(name="peer-llm-ls", ask=_short_prefix, read=_line_or_block)
"""llm-ls: up to 60 tokens; several lines where the syntax tree is open for them, else one; nothing
is taken off."""
