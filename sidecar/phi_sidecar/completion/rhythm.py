"""How fast the person types, and how long to wait for the next key."""

from dataclasses import dataclass, replace

# The scheme is Tabby's: rate x typing interval - response time. Its rates (3.0 to 1.5) are made
# for a server; here a question too many costs only the tokens just typed, so ours are lower.
_LOWEST_RATE = 0.6
_HIGHEST_RATE = 1.5
AT_ONCE_MS = 10.0
"""One key may be several changes, as where the editor closes a bracket."""
_WELCOME = 0.4
_IN_TIME = 0.75
"""How much of the time between two keys an answer may take to be of use before the second."""
SHORTEST_PAUSE_MS = 60.0
LONGEST_PAUSE_MS = 600.0

_INTERVALS_KEPT = 20
_FEWEST_INTERVALS = 3
_USUAL_INTERVAL_MS = 180.0
_THINKING_MS = 1_500.0
"""A longer gap is a pause for thought and says nothing of the typing speed."""


@dataclass(frozen=True)
class TypingRhythm:
    """The latest intervals between keystrokes.

    Attributes:
        last_ms: when the latest keystroke came, on any clock; None before the first.
        intervals_ms: the latest intervals, oldest first.
    """

    last_ms: float | None = None
    intervals_ms: tuple[float, ...] = ()

    def after_keystroke(self, at_ms: float) -> "TypingRhythm":
        """Return the rhythm with one more keystroke."""
        if self.last_ms is None or not 0 <= at_ms - self.last_ms <= _THINKING_MS:
            return replace(self, last_ms=at_ms)
        kept = (*self.intervals_ms, at_ms - self.last_ms)[-_INTERVALS_KEPT:]
        return TypingRhythm(at_ms, kept)

    @property
    def interval_ms(self) -> float:
        """The mean interval; what is usual until enough of them are known."""
        if len(self.intervals_ms) < _FEWEST_INTERVALS:
            return _USUAL_INTERVAL_MS
        return sum(self.intervals_ms) / len(self.intervals_ms)


def pause_ms(rhythm: TypingRhythm, latency_ms: float, usefulness: float = 0.5) -> float:
    """Return how long to wait after a keystroke before the model is asked.

    Where an answer comes before the next key, there is nothing to wait for: that key is either
    typed along it, or ends it. Otherwise a key that comes while one waits spares a question.

    Args:
        rhythm: how the person types.
        latency_ms: how long an answer takes here; a slow one is asked for sooner.
        usefulness: 0 to 1, how likely a suggestion is welcome at this place.
    """
    if usefulness >= _WELCOME and latency_ms <= _IN_TIME * rhythm.interval_ms:
        return AT_ONCE_MS
    likely = min(1.0, max(0.0, usefulness))
    rate = _HIGHEST_RATE - (_HIGHEST_RATE - _LOWEST_RATE) * likely
    wanted = rate * rhythm.interval_ms - latency_ms
    return min(LONGEST_PAUSE_MS, max(SHORTEST_PAUSE_MS, wanted))
