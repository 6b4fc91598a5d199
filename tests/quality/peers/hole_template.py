"""A file with a named hole, examples, and an answer tag that is opened."""

from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role

from quality.holes import Hole
from quality.peers.reading import (
    before_next_lines,
    before_repeats,
    before_unmatched_closer,
    without_fence,
    without_overlap,
)
from quality.peers.way import Asked, Way

_PROMPT_CHARS = 1_024 * 3
_BEFORE_SHARE = 0.3
_AFTER_SHARE = 0.2
_TOKENS = 128

_RULE = """\
You fill holes. A file is given in which one place is marked {{FILL_HERE}}. Answer with the text
that belongs there, inside a COMPLETION tag, and with nothing else. Keep the indentation.

## EXAMPLE
<QUERY>
function total(prices) {
  let sum = 0
  for (const price of prices) {
    {{FILL_HERE}}
  }
  return sum
}
</QUERY>
<COMPLETION>sum += price</COMPLETION>

## EXAMPLE
<QUERY>
def area(width, height):
    return {{FILL_HERE}}

print(area(2, 3))
</QUERY>
<COMPLETION>width * height</COMPLETION>
"""


def _ask(hole: Hole) -> Asked:
    before = hole.before[-int(_PROMPT_CHARS * _BEFORE_SHARE) :]
    after = hole.after[: int(_PROMPT_CHARS * _AFTER_SHARE)]
    query = f"<QUERY>\n{before}{{{{FILL_HERE}}}}{after}\n</QUERY>\nFill the {{{{FILL_HERE}}}} hole."
    return Asked(
        ChatPrompt(
            kind="chat",
            messages=[
                ChatMessage(role=Role.system, content=_RULE),
                ChatMessage(role=Role.user, content=query),
            ],
            answer_start="<COMPLETION>",
        ),
        _TOKENS,
        stop=("</COMPLETION>",),
    )


def _read(hole: Hole, answer: str) -> str:
    text = without_fence(answer).lstrip("\n").partition("\n\n")[0]
    text = before_next_lines(text, hole.after, alike=True)
    text = before_unmatched_closer(before_repeats(text))
    start = hole.after.split("\n", 1)[0].strip()
    if len(start) > 1:
        text = text.partition(start)[0]
    return without_overlap(text.rstrip(), hole.after)


HOLE_TEMPLATE = Way(name="peer-continue", ask=_ask, read=_read)
"""Continue's template for chat models, in words of our own, with its share of the prompt for what
stands before and after the cursor and its filters."""
