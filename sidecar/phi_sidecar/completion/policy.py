"""Whether to suggest at a place, how much, and how long to wait before."""

import re

from phi_sidecar.completion.context import CHARS_PER_TOKEN, CompletionContext, PromptBudget
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind
from phi_sidecar.completion.rhythm import TypingRhythm, pause_ms
from phi_sidecar.completion.suggestion import Mode

__all__ = [
    "TypingRhythm",
    "answer_tokens",
    "chars_per_token",
    "choose_mode",
    "pause_ms",
    "prompt_budget",
    "unsuitable_place",
    "usefulness",
]

_LEAST_TO_GO_BY = 3
"""Fewer characters before the cursor than this are nothing to continue."""

# What an editor closes by itself, the punctuation that may follow it, and closing tags.
_CLOSED_ALREADY = re.compile(r"[\s)\]}>\"'`;:,{]*(?:</[\w:.-]+>\s*)*\Z")

SINGLE_LINE_TOKENS = 40
MULTI_LINE_TOKENS = 120
LONGEST_SINGLE_LINE_MS = 1_500.0
LONGEST_MULTI_LINE_MS = 2_500.0
SHORTEST_BLOCK_TOKENS = 40
"""A device that cannot write this many tokens in time is asked for one line only."""

LONGEST_COLD_PREFILL_MS = 700.0
FEWEST_PREFIX_TOKENS = 192
MOST_PREFIX_TOKENS = 1_024


RARE = 0.1
COMMON = 0.5
MIXED_CHARS_PER_TOKEN = 1.5
FOREIGN_CHARS_PER_TOKEN = 0.5
"""A tokenizer made for English spells other scripts byte by byte, two or three tokens each."""


def unsuitable_place(context: CompletionContext, *, invoked: bool = False) -> str | None:
    """Say why nothing should be suggested here, or None where it may.

    `invoked`: the person asked for it, so that only what cannot give sense is refused.
    """
    if len(context.prefix.strip()) < _LEAST_TO_GO_BY:
        return "There is nothing before the cursor to continue."
    if context.line_after[:1].isalnum() or context.line_after[:1] == "_":
        return "The cursor stands before or within a word."
    if invoked:
        return None
    in_closed_string = bool(context.open_quote) and context.line_after.startswith(
        context.open_quote
    )
    if not in_closed_string and not _CLOSED_ALREADY.match(context.line_after):
        return "Code follows the cursor on its line."
    before = context.line_before.rstrip()
    if context.place is Kind.CODE and context.language.blocks is Blocks.BRACES:
        if before.endswith(";"):
            return "The statement is finished."
        if before.strip() in ("}", "};", "})", "});"):
            return "The block is finished."
    return None


def choose_mode(context: CompletionContext, tpot_ms: float | None = None) -> Mode:
    """Choose between one line and several.

    Inside a line it is one; several where a block is open and nothing follows on the line.
    `tpot_ms`: the measured time per token; a slow device is asked for one line only.
    """
    if tpot_ms is not None and tpot_ms * SHORTEST_BLOCK_TOKENS > LONGEST_MULTI_LINE_MS:
        return Mode.SINGLE_LINE
    if context.line_after.strip() or context.place is not Kind.CODE:
        return Mode.SINGLE_LINE
    if not context.language.code:
        return Mode.SINGLE_LINE
    if context.opens_block or context.below_comment:
        return Mode.MULTI_LINE
    inside_a_block = context.on_blank_line and bool(context.indent)
    return Mode.MULTI_LINE if inside_a_block else Mode.SINGLE_LINE


def usefulness(context: CompletionContext) -> float:
    """Guess, 0 to 1, how likely a suggestion is welcome: most where something was just begun."""
    if context.place is Kind.COMMENT:
        return 0.2
    if context.on_blank_line:
        return 0.9 if context.opens_block or context.indent else 0.5
    last = context.line_before[-1]
    if last in "([{.,=:" or (last == " " and context.line_before.rstrip()[-1:] in "=(,:+-<>"):
        return 1.0
    return 0.7 if last == " " else 0.4


def answer_tokens(mode: Mode, tpot_ms: float | None = None) -> int:
    """Return how many tokens an answer may take, so that it comes in time on this device."""
    most, longest_ms = (
        (SINGLE_LINE_TOKENS, LONGEST_SINGLE_LINE_MS)
        if mode is Mode.SINGLE_LINE
        else (MULTI_LINE_TOKENS, LONGEST_MULTI_LINE_MS)
    )
    if tpot_ms is None or tpot_ms <= 0:
        return most
    return max(8, min(most, int(longest_ms / tpot_ms)))


def chars_per_token(text: str) -> float:
    """Guess how many characters a token of this text has; few outside of ASCII.

    Coarse on purpose: a ratio that followed every key would move the prompt's start and with it
    lose the cache of keys and values.
    """
    strange = sum(1 for character in text if not character.isascii())
    share = strange / max(1, len(text))
    if share < RARE:
        return CHARS_PER_TOKEN
    return MIXED_CHARS_PER_TOKEN if share < COMMON else FOREIGN_CHARS_PER_TOKEN


def prompt_budget(
    max_prompt_tokens: int,
    prefill_tokens_per_s: float | None = None,
    chars_per_token: float | None = None,
) -> PromptBudget:
    """Return how much text a prompt may hold, so that even a cold one is read in time."""
    tokens = MOST_PREFIX_TOKENS
    if prefill_tokens_per_s is not None:
        in_time = int(prefill_tokens_per_s * LONGEST_COLD_PREFILL_MS / 1_000)
        tokens = max(FEWEST_PREFIX_TOKENS, min(tokens, in_time))
    # A quarter is left for the rule, the template, and text with few characters per token.
    tokens = max(1, min(tokens, max_prompt_tokens * 3 // 4))
    if chars_per_token is None:
        return PromptBudget(tokens)
    return PromptBudget(tokens, chars_per_token=chars_per_token)
