"""What `scripted-phi3` writes: after the last token of a prompt, the pieces that follow it.

A piece comes once in all of this, because what follows a token is the same wherever it stands.
Everything else is followed by words without end.
"""

from collections.abc import Sequence

AFTER_TURN = "<|assistant|>"
"""The last token of a chat: the template's line end behind it is swallowed."""

SCRIPTS: dict[str, tuple[str, ...]] = {
    AFTER_TURN: ("▁The", "▁answer", "▁", "▁stands", "▁here", ".", "<|end|>"),
    # A space at the start, runs of spaces, a tab, a line's end, and spaces before the end.
    "▁spaces": ("▁one", "▁▁▁▁", "two", "<0x09>", "three", "<0x0A>", "▁▁", "four", "▁▁▁", "</s>"),
    "▁letters": (
        *("▁na", "ï", "ve", "日", "本"),
        *("<0xE9>", "<0xBE>", "<0x98>"),
        *("<0xF0>", "<0x9F>", "<0xA6>", "<0x84>", "<|end|>"),
    ),
    "▁broken": ("▁half", "<0xC3>", "<|end|>"),
    "▁red": ("▁apple", "<|endoftext|>"),
    "▁green": ("▁leaf", "<|end|>"),
    "▁blue": ("▁sky", "<|assistant|>"),
    "▁white": ("▁snow", "</s>"),
    "▁stopped": ("▁just", "▁before", "▁st", "op", "ping", "▁comes"),
    "▁certainly": (",", "▁so", "▁it", "▁begins", "<|end|>"),
}

END_TOKENS = {
    "▁red": "<|endoftext|>",
    "▁green": "<|end|>",
    "▁blue": "<|assistant|>",
    "▁white": "</s>",
}
"""Where each of the tokens that end an answer comes second."""


def text_of(pieces: Sequence[str]) -> str:
    """Return what a tokenizer makes of pieces; those of a character that never was whole: none."""
    text = b""
    for piece in pieces:
        if piece.startswith("<0x"):
            text += bytes([int(piece[3:5], 16)])
        elif not piece.startswith("<"):
            text += piece.replace("▁", " ").encode()
    return text.decode("utf-8", errors="ignore")
