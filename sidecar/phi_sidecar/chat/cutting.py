"""Cut attached code to a number of tokens: by whole lines, and only where none fits within one."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from phi_sidecar.chat.characters import whole_characters
from phi_sidecar.generated.protocol import Attachment, AttachmentFit
from phi_sidecar.lines import split_lines

ATTACHMENTS_SHARE = 0.5
"""How much of the longest prompt one message's attachments may take together. It does not depend on
what else is in the conversation, so that the prompt of a later question begins as that of this."""

ENOUGH = 0.95
"""A cut that fills so much of its budget is not improved any more."""

AIM = 0.98
"""Guesses aim a little below the budget: one token more than it would make another guess needed."""

GUESSES = 4
"""After so many guesses by proportion the rest is halved: text may be spread unevenly."""

ABOVE_SHARE = 1 / 3
"""How much of what is kept lies above the line in focus: what follows a line tells more of it."""

CHARS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English text, from its help pages; taken for bytes of UTF-8, so that
other scripts, whose characters take more tokens, are not counted short."""


@dataclass(frozen=True)
class Cut:
    """What is kept of an attachment.

    Attributes:
        text: what is kept, its lines ended by line feeds.
        fit: how much of the whole that is.
        left_of_line: characters left out of the one line that is kept, where it was too long.
    """

    text: str
    fit: AttachmentFit
    left_of_line: int = 0

    @property
    def lines_before(self) -> int:
        """How many lines are left out before what is kept."""
        return self.fit.first_line

    @property
    def lines_after(self) -> int:
        """How many lines are left out after what is kept."""
        return self.fit.lines - self.fit.end_line


class Lines:
    """The stretches of a text that could be kept of it, each within the next longer one."""

    def __init__(self, text: str, focus_line: int | None = None) -> None:
        """Split a text; stretches grow around a line, or from the beginning."""
        self.lines: list[str] = split_lines(whole_characters(text))
        self._focus = min(focus_line or 0, max(0, len(self.lines) - 1))

    @classmethod
    def of(cls, attachment: Attachment) -> "Lines":
        """Split an attachment."""
        return cls(attachment.text, attachment.focus_line)

    @cached_property
    def sizes(self) -> list[int]:
        """The characters of every stretch, by its number of lines."""
        ends = [0]
        for line in self.lines:
            ends.append(ends[-1] + len(line))
        stretches = (self.stretch(count) for count in range(len(self.lines) + 1))
        return [ends[end] - ends[first] for first, end in stretches]

    @property
    def focused(self) -> str:
        """The line around which stretches grow."""
        return self.lines[self._focus]

    def stretch(self, count: int) -> tuple[int, int]:
        """Return where a stretch of so many lines begins and ends."""
        first = min(max(0, self._focus - int(count * ABOVE_SHARE)), len(self.lines) - count)
        return first, first + count

    def text(self, count: int) -> str:
        """Return a stretch of so many lines."""
        first, end = self.stretch(count)
        return "".join(self.lines[first:end])

    def whole(self, tokens: int, *, exact: bool) -> Cut:
        """Keep everything."""
        return self.keep(len(self.lines), Counted(tokens, tokens, exact=exact))

    def keep(self, count: int, counted: "Counted") -> Cut:
        """Keep a stretch of so many lines."""
        first, end = self.stretch(count)
        return Cut(_line_feeds(self.text(count)), counted.fit(len(self.lines), first, end))

    def keep_characters(self, count: int, counted: "Counted") -> Cut:
        """Keep the beginning of the line in focus."""
        first, end = self.stretch(1)
        fit = counted.fit(len(self.lines), first, end)
        return Cut(_line_feeds(self.focused[:count]), fit, len(self.focused) - count)


@dataclass(frozen=True)
class Counted:
    """The tokens of an attachment: of the whole, and of what is kept of it."""

    tokens: int
    kept_tokens: int
    exact: bool

    def fit(self, lines: int, first: int, end: int) -> AttachmentFit:
        """Say it together with the lines."""
        return AttachmentFit(
            tokens=self.tokens,
            kept_tokens=self.kept_tokens,
            lines=lines,
            first_line=first,
            end_line=end,
            exact=self.exact,
        )


class LargestFit:
    """Searches the longest stretch that fits a budget; whoever asks counts the tokens.

    Ask for a `guess`, count it, `tell`; when there is no guess any more, `best` is the answer.
    """

    def __init__(self, sizes: Sequence[int], tokens: int, budget: int) -> None:
        """Begin with the sizes of all stretches, of which the longest has too many tokens."""
        self._sizes = sizes
        self._budget = budget
        self._fits, self._fits_tokens = 0, 0
        self._exceeds, self._exceeds_tokens = len(sizes) - 1, tokens
        self._guesses = 0

    @property
    def best(self) -> tuple[int, int]:
        """The longest stretch known to fit, and its tokens; 0 where none does."""
        return self._fits, self._fits_tokens

    @property
    def guess(self) -> int | None:
        """The stretch to be counted next."""
        if self._exceeds - self._fits <= 1 or self._fits_tokens >= self._budget * ENOUGH:
            return None
        guess = (self._fits + self._exceeds) // 2
        if self._guesses < GUESSES:
            size = self._sizes[self._fits] + self._proportion() * (
                self._sizes[self._exceeds] - self._sizes[self._fits]
            )
            guess = bisect_right(self._sizes, size) - 1
        return min(max(guess, self._fits + 1), self._exceeds - 1)

    def tell(self, guess: int, tokens: int) -> None:
        """Take in how many tokens a stretch has."""
        self._guesses += 1
        if tokens <= self._budget:
            self._fits, self._fits_tokens = guess, tokens
        else:
            self._exceeds, self._exceeds_tokens = guess, tokens

    def _proportion(self) -> float:
        span = max(1, self._exceeds_tokens - self._fits_tokens)
        return max(0.0, self._budget * AIM - self._fits_tokens) / span


def shares(tokens: Sequence[int], budget: int) -> list[int]:
    """Share a budget among attachments: what is short stays whole, the others get equal parts."""
    given = [0] * len(tokens)
    left, waiting = budget, sorted(range(len(tokens)), key=lambda index: tokens[index])
    while waiting:
        equal = left // len(waiting)
        index = waiting.pop(0)
        given[index] = min(tokens[index], equal)
        left -= given[index]
    return given


def estimated_tokens(text: str) -> int:
    """Estimate a text's tokens where no model is there to count them."""
    return -(-len(text.encode("utf-8", "replace")) // CHARS_PER_TOKEN)


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
