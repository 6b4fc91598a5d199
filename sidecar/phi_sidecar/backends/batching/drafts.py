"""Guesses what comes next, for a model to confirm several tokens in the time of one."""

from collections.abc import Sequence
from dataclasses import dataclass

STEP_TOKENS = 5
"""How many tokens a step computes with a draft. That takes little longer than one: the weights are
read once for all of them. With four to eight an answer was as fast on a quiet machine."""

LEAST_TOKENS = 2
"""How many it computes of a sequence where drafts do not pay, or of each where there are many."""

LONGEST_MATCH = 3
"""How many tokens are looked up; where they are not found, fewer are."""

_LEARNING = 0.1
"""How much the last step counts in the averages."""

_LOOK_AGAIN_EVERY = 256
"""In steps: how often the other way is taken, drafts or none, to know what it takes by now."""

_LOOK_STEPS = 3
"""For how many steps: for the first of another width the runtime prepares itself."""


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


@dataclass
class _Way:
    """What steps of one width take, and how many tokens they decode or would have."""

    width: int
    step_s: float | None = None
    tokens: float = 1.0

    def took(self, step_s: float) -> None:
        if self.step_s is None:
            self.step_s = step_s
        # Not more than twice: a machine that slept says nothing of the next step.
        self.step_s += _LEARNING * (min(step_s, 2 * self.step_s) - self.step_s)

    def decoded(self, tokens: int) -> None:
        self.tokens += _LEARNING * (tokens - self.tokens)


class Worth:
    """Learns whether drafts pay: what a step takes with one and without, for how many tokens.

    Both depend on the model, the processor and the text. The tokens of both ways are counted in
    each text (`Rehearsal`): how well one can be guessed says nothing of another.
    """

    def __init__(self) -> None:
        self._plain, self._drafted = _Way(LEAST_TOKENS), _Way(STEP_TOKENS)
        self._last: _Way | None = None
        self._steps = 0

    @property
    def ways(self) -> Sequence[_Way]:
        """The widths that a step can have."""
        return (self._plain, self._drafted)

    def pays(self) -> bool:
        """Tell whether the next step shall have a draft."""
        if self._plain.step_s is None or self._drafted.step_s is None:
            return self._plain.step_s is not None
        paid = self._drafted.step_s * self._plain.tokens < self._plain.step_s * self._drafted.tokens
        self._steps += 1
        looks = self._steps % _LOOK_AGAIN_EVERY >= _LOOK_AGAIN_EVERY - _LOOK_STEPS
        return paid is not looks

    def took(self, step_s: float, *, drafted: bool) -> None:
        """Note a step that decoded one answer. The first of a width is left out: it is slower."""
        way = self._drafted if drafted else self._plain
        if way is self._last:
            way.took(step_s)
        self._last = way

    def interrupted(self) -> None:
        """Note a step that did something else."""
        self._last = None


class Rehearsal:
    """Counts what steps of each width would decode of an answer, whatever width they have."""

    def __init__(self, lookup: Lookup, worth: Worth) -> None:
        """Begin where the lookup ends."""
        self._lookup = lookup
        self._steps = [_RehearsedStep(way, lookup.draft(way.width - 1)) for way in worth.ways]

    def add(self, id: int) -> None:
        """Note what came next, which the lookup knows by now."""
        for step in self._steps:
            right = list(step.draft[step.decoded : step.decoded + 1]) == [id]
            step.decoded += 1
            if not right:
                step.way.decoded(step.decoded)
                step.draft, step.decoded = self._lookup.draft(step.way.width - 1), 0


@dataclass
class _RehearsedStep:
    way: _Way
    draft: Sequence[int]
    decoded: int = 0


def _as_text(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))
