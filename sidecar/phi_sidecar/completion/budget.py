"""How much a prompt may hold, and of what."""

from dataclasses import dataclass, replace

CHARS_PER_TOKEN = 3.0
"""Characters of code per token, taken low so that a budget is rarely overrun."""

_SUFFIX_SHARE = 8
_SNIPPET_SHARE = 4
"""An eighth and a quarter of a prompt, at most, are not the text before the cursor."""


@dataclass(frozen=True)
class PromptBudget:
    """How much a prompt may hold.

    Attributes:
        prefix_tokens: for the text before the cursor.
        suffix_tokens: for the text after it, where the prompt has a place for it.
        chars_per_token: what the model was measured at, or the stated ratio.
        snippet_tokens: for similar lines from elsewhere.
    """

    prefix_tokens: int
    suffix_tokens: int = 33
    chars_per_token: float = CHARS_PER_TOKEN
    snippet_tokens: int = 0

    @classmethod
    def of(cls, tokens: int, chars_per_token: float = CHARS_PER_TOKEN) -> "PromptBudget":
        """Share out what a whole prompt may hold."""
        suffix, snippets = tokens // _SUFFIX_SHARE, tokens // _SNIPPET_SHARE
        return cls(max(1, tokens - suffix - snippets), suffix, chars_per_token, snippets)

    @property
    def prefix_chars(self) -> int:
        """The budget before the cursor in characters."""
        return max(1, int(self.prefix_tokens * self.chars_per_token))

    @property
    def suffix_chars(self) -> int:
        """The budget after the cursor in characters."""
        return max(0, int(self.suffix_tokens * self.chars_per_token))

    @property
    def snippet_chars(self) -> int:
        """The budget for lines from elsewhere in characters."""
        return max(0, int(self.snippet_tokens * self.chars_per_token))

    def halved(self) -> "PromptBudget":
        """Return half of it, for text with fewer characters per token than was assumed."""
        return replace(
            self,
            prefix_tokens=max(1, self.prefix_tokens // 2),
            suffix_tokens=self.suffix_tokens // 2,
            snippet_tokens=self.snippet_tokens // 2,
        )

    def without_snippets(self) -> "PromptBudget":
        """Return the same where nothing comes from elsewhere: the room goes to the prefix."""
        return replace(
            self, prefix_tokens=self.prefix_tokens + self.snippet_tokens, snippet_tokens=0
        )
