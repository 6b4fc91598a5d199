"""Whether to suggest at a place, how much, and how long to wait before."""

import re
from dataclasses import dataclass

from phi_sidecar.completion.brackets import unpaired
from phi_sidecar.completion.context import CHARS_PER_TOKEN, CompletionContext, PromptBudget
from phi_sidecar.completion.language import Blocks
from phi_sidecar.completion.lexical import Kind
from phi_sidecar.completion.rhythm import TypingRhythm, pause_ms
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.tags import left_open, tags

__all__ = [
    "TypingRhythm",
    "answer_tokens",
    "chars_per_token",
    "choose_mode",
    "line_is_done",
    "next_indent",
    "pause_ms",
    "prompt_budget",
    "prompt_tokens",
    "unsuitable_place",
    "usefulness",
]

_LEAST_TO_GO_BY = 3
"""Fewer characters before the cursor than this are nothing to continue."""

# What an editor closes by itself, the punctuation that may follow it, and closing tags.
_CLOSED_ALREADY = re.compile(r"[\s)\]}>\"'`;:,{]*(?:</[\w:.-]+>\s*)*\Z")

_LINE_ENDS = ")]}\"'`;"
_LEAVE_BLOCK = frozenset({"return", "pass", "break", "continue", "raise"})

_FEWEST_TOKENS = 8
"""Fewer say nothing, however slow the device is."""
SINGLE_LINE_TOKENS = 40
MULTI_LINE_TOKENS = 120
LONGEST_SINGLE_LINE_MS = 1_500.0
LONGEST_MULTI_LINE_MS = 2_500.0
SHORTEST_BLOCK_TOKENS = 40
"""A device that cannot write this many tokens in time is asked for one line only."""

LONGEST_COLD_PREFILL_MS = 1_500.0
"""Where the beginning of a prompt is reused, this is paid once for a file and then now and then."""
LONGEST_REPEATED_PREFILL_MS = 400.0
"""Where nothing is reused, this is paid for each suggestion."""
PROMPT_TOKENS = (192, 256, 384, 512, 768, 1_024)
"""Few lengths: each other one moves the prompt's start, and with it voids what could be reused."""
_CLEARLY = 1.25
"""How much faster or slower a device must have become for another length."""


RARE = 0.1
COMMON = 0.5
MIXED_CHARS_PER_TOKEN = 1.5
FOREIGN_CHARS_PER_TOKEN = 0.5
"""A tokenizer made for English spells other scripts byte by byte, two or three tokens each."""


@dataclass(frozen=True)
class Wish:
    """Where a person wants suggestions.

    Attributes:
        invoked: they asked for this one, so that only what cannot give sense is refused.
        in_comments: in comments, too.
        in_strings: in strings, too; a docstring is one.
    """

    invoked: bool = False
    in_comments: bool = True
    in_strings: bool = True


_ANYWHERE = Wish()


def unsuitable_place(context: CompletionContext, wish: Wish = _ANYWHERE) -> str | None:
    """Say why nothing should be suggested here, or None where it may."""
    if len(context.prefix.strip()) < _LEAST_TO_GO_BY:
        return "There is nothing before the cursor to continue."
    if context.line_after[:1].isalnum() or context.line_after[:1] == "_":
        return "The cursor stands before or within a word."
    if wish.invoked:
        return None
    if context.place is Kind.COMMENT and not wish.in_comments:
        return "Suggestions in comments are off."
    if context.place is Kind.STRING and not wish.in_strings:
        return "Suggestions in strings are off."
    in_closed_string = bool(context.open_quote) and context.line_after.startswith(
        context.open_quote
    )
    if not in_closed_string and not _CLOSED_ALREADY.match(context.line_after):
        return "Code follows the cursor on its line."
    before = context.line_before.rstrip()
    if context.place is Kind.CODE and context.language.blocks is Blocks.BRACES:
        # The parts of a for loop's head end in one, too.
        _, openers = unpaired(context.line_before, context.language)
        if before.endswith(";") and all(each.character != "(" for each in openers):
            return "The statement is finished."
        if before.strip() in ("}", "};", "})", "});"):
            return "The block is finished."
    return None


def line_is_done(context: CompletionContext) -> bool:
    """Tell whether the cursor stands behind a whole line of code, so that Enter comes next."""
    if context.place is not Kind.CODE or not context.language.code or context.on_blank_line:
        return False
    if context.line_after.strip() or context.line_before[-1:].isspace():
        return False
    if context.block_opener is not None:
        return True
    if unpaired(context.line_before, context.language)[1]:
        return False
    last = context.line_before[-1]
    return last.isalnum() or last in _LINE_ENDS


def next_indent(context: CompletionContext) -> str:
    """Return what an editor would begin the next line with, if Enter was pressed at the cursor."""
    if context.block_opener is not None:
        return context.indent + context.indentation.unit
    words = context.line_before.split()
    leaves = context.language.blocks is Blocks.INDENT and words[:1] and words[0] in _LEAVE_BLOCK
    return context.indent.removesuffix(context.indentation.unit) if leaves else context.indent


def choose_mode(context: CompletionContext, tpot_ms: float | None = None) -> Mode:
    """Choose between one line and several.

    Inside a line it is one; several where a block or an element is open and nothing follows on the
    line. Of running text it is always one.
    `tpot_ms`: the measured time per token; a slow device is asked for one line only.
    """
    if tpot_ms is not None and tpot_ms * SHORTEST_BLOCK_TOKENS > LONGEST_MULTI_LINE_MS:
        return Mode.SINGLE_LINE
    if context.line_after.strip() or context.place is not Kind.CODE:
        return Mode.SINGLE_LINE
    if not context.language.code:
        return Mode.MULTI_LINE if _in_element(context) else Mode.SINGLE_LINE
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


def answer_tokens(mode: Mode, tpot_ms: float | None = None, most: int = MULTI_LINE_TOKENS) -> int:
    """Return how many tokens an answer may take, so that it comes in time on this device.

    `most`: what the person allows.
    """
    longest_ms = LONGEST_MULTI_LINE_MS
    if mode is Mode.SINGLE_LINE:
        most, longest_ms = min(most, SINGLE_LINE_TOKENS), LONGEST_SINGLE_LINE_MS
    if tpot_ms is None or tpot_ms <= 0:
        return most
    return min(most, max(_FEWEST_TOKENS, int(longest_ms / tpot_ms)))


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


def prompt_tokens(
    prefill_tokens_per_s: float | None, *, reused: bool = True, before: int | None = None
) -> int:
    """Return how long a prompt may be, so that even a cold one is read in time.

    Args:
        prefill_tokens_per_s: as measured; None before it is known.
        reused: whether a prompt that begins like an earlier one is read from there on alone.
        before: how long prompts were so far; they stay so while the speed is about the same.
    """
    if prefill_tokens_per_s is None:
        return before or PROMPT_TOKENS[-1]
    in_time_ms = LONGEST_COLD_PREFILL_MS if reused else LONGEST_REPEATED_PREFILL_MS
    in_time = prefill_tokens_per_s * in_time_ms / 1_000
    if before is not None and before / _CLEARLY <= in_time < _longer(before) * _CLEARLY:
        return before
    return max((each for each in PROMPT_TOKENS if each <= in_time), default=PROMPT_TOKENS[0])


def prompt_budget(
    max_prompt_tokens: int,
    tokens: int = PROMPT_TOKENS[-1],
    chars_per_token: float = CHARS_PER_TOKEN,
) -> PromptBudget:
    """Return how much text a prompt of so many tokens may hold, if the model can read as many."""
    # A quarter is left for the rule, the template, and text with few characters per token.
    return PromptBudget.of(max(1, min(tokens, max_prompt_tokens * 3 // 4)), chars_per_token)


def _in_element(context: CompletionContext) -> bool:
    """Tell whether the cursor stands on a blank line where the children of an element stand."""
    if not (context.language.markup and context.on_blank_line and context.indent):
        return False
    return bool(left_open(tags(context.before, context.language)))


def _longer(tokens: int) -> float:
    return min((each for each in PROMPT_TOKENS if each > tokens), default=float("inf"))
