"""How long what is left of a download will take."""

from collections import deque
from collections.abc import Callable

_WINDOW_S = 15.0
_SHORTEST_S = 1.0


class Pace:
    """Estimates from the last seconds: what a connection did a minute ago says little."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def seconds_left(self, done: int, total: int) -> float | None:
        """Take in how many bytes are there now; None while nothing can be told."""
        now_s = self._clock()
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now_s, done))
        while len(self._seen) > 2 and now_s - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        since_s, first = self._seen[0]
        if now_s - since_s < _SHORTEST_S or done <= first:
            return None
        return max(0, total - done) * (now_s - since_s) / (done - first)
