"""Examples as turns of a chat, with a mark where the cursor stands."""

from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, Role

from quality.holes import Hole
from quality.peers.reading import without_fence, without_overlap
from quality.peers.way import Asked, Way

_CONTEXT_CHARS = 1_024 * 3
_BEFORE_SHARE = 0.75
_TOKENS = 64

_RULE = """\
You are a programming assistant. You get a piece of code with <CURSOR> where the cursor is. Answer
with the code that replaces <CURSOR>, and with nothing else."""

_EXAMPLES = (
    ('def greet(name):\n    print(f"Hello, {<CURSOR>}")', "name"),
    (
        "function sum(a, b) {\n    return a + b;\n}\n\nfunction sub(a, b) {\n    <CURSOR>\n}",
        "return a - b;",
    ),
    ('names = ["Ada", "Alan"]\nfor name in names:\n    <CURSOR>', "print(name)"),
)


def _ask(hole: Hole) -> Asked:
    before = hole.before[-int(_CONTEXT_CHARS * _BEFORE_SHARE) :]
    after = hole.after[: int(_CONTEXT_CHARS * (1 - _BEFORE_SHARE))]
    messages = [ChatMessage(role=Role.system, content=_RULE)]
    for code, answer in _EXAMPLES:
        messages.append(ChatMessage(role=Role.user, content=code))
        messages.append(ChatMessage(role=Role.assistant, content=answer))
    messages.append(ChatMessage(role=Role.user, content=f"{before}<CURSOR>{after}"))
    return Asked(ChatPrompt(kind="chat", messages=messages, answer_start=""), _TOKENS)


def _read(hole: Hole, answer: str) -> str:
    return without_overlap(without_fence(answer).rstrip(), hole.after)


FEW_SHOT = Way(name="peer-lsp-ai", ask=_ask, read=_read)
"""lsp-ai's few turns for chat models, with its window and its length of an answer."""
