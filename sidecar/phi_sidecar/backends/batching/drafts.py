"""Guesses what comes next, for a model to confirm several tokens in the time of one."""

from collections.abc import Sequence

STEP_TOKENS = 5
"""How many tokens a step computes with a draft. That takes OpenVINO's kernels a tenth longer than
one behind 256 tokens, a fifth behind 800: the weights are read once for all of them."""

LEAST_TOKENS = 2
"""How many it computes of a sequence where drafts do not pay, or of each where there are many."""

LONGEST_MATCH = 3
"""How many tokens are looked up; where they are not found, fewer are."""

_LEARNING = 0.1
"""How much the last step counts in the averages."""

_LOOK_AGAIN_EVERY = 64
"""In steps: how often the other way is taken, drafts or none, to know what it takes by now."""


class Lookup:
    """Guesses that what came after the last tokens before comes after them again.

    Code repeats itself: names, calls, the rows of a table (Saxena, *Prompt Lookup Decoding*, 2023).
    And one key further a model mostly goes on as it did before.
    """

    def __init__(self, ids: Sequence[int], earlier: Sequence[int] = ()) -> None:
        """Look up in these tokens and those that are added, but first in an earlier answer."""
        # A character for each token: nothing finds a few of them faster than a string's search.
        self._ids = _as_text(ids)
        self._earlier = _as_text(earlier)

    def add(self, id: int) -> None:
        """Note what comes next."""
        self._ids += chr(id)

    def draft(self, most: int) -> Sequence[int]:
        """Return up to so many tokens; none where nothing like it was seen."""
        for text in (self._earlier, self._ids):
            for size in range(min(LONGEST_MATCH, len(self._ids)), 0, -1):
                # What ends the text has nothing behind it.
                at = text.rfind(self._ids[-size:], 0, max(0, len(text) - 1))
                if at >= 0:
                    return [ord(id) for id in text[at + size : at + size + most]]
        return ()


class Worth:
    """Learns whether drafts pay: what a step takes with one, and how many tokens are confirmed.

    Both depend on the model, the processor and the text.
    """

    def __init__(self) -> None:
        self._plain_s: float | None = None
        self._drafted_s: float | None = None
        self._confirmed: float = 1.0
        self._steps = 0

    def pays(self) -> bool:
        """Tell whether the next step shall have a draft."""
        if self._plain_s is None or self._drafted_s is None:
            return self._plain_s is not None
        paid = self._drafted_s < self._plain_s * (1 + self._confirmed)
        self._steps += 1
        return paid if self._steps % _LOOK_AGAIN_EVERY else not paid

    def plain(self, step_s: float) -> None:
        """Note a step that decoded one token."""
        self._plain_s = _moved(self._plain_s, step_s)

    def drafted(self, step_s: float, confirmed: int) -> None:
        """Note a step that decoded one token and so many of a draft."""
        self._drafted_s = _moved(self._drafted_s, step_s)
        self._confirmed = _moved(self._confirmed, confirmed)


def _as_text(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))


def _moved(average: float | None, value: float) -> float:
    return value if average is None else average + _LEARNING * (value - average)
