"""How fast a generation decodes, while it is under way."""

import time
from collections import deque
from collections.abc import Callable

TOLD_EVERY_S = 0.25
"""People read no faster, and every message costs the editor's host a little."""

WINDOW_S = 2.0
"""How much of the past counts: long enough to be steady, short enough to show what slows it."""


class LiveSpeed:
    """Follows one generation; the prefill does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._told_s = float("-inf")

    def add(self, tokens: int) -> float | None:
        """Note how many tokens there are now; returns tokens per second when it is time to tell."""
        now_s = self._clock()
        if not self._seen:
            # The first token ends the prefill: its own time says nothing of the decode.
            self._told_s = now_s
        self._seen.append((now_s, tokens))
        while len(self._seen) > 2 and self._seen[1][0] <= now_s - WINDOW_S:
            self._seen.popleft()
        if now_s - self._told_s < TOLD_EVERY_S:
            return None
        self._told_s = now_s
        from_s, from_tokens = self._seen[0]
        return (tokens - from_tokens) / (now_s - from_s)
