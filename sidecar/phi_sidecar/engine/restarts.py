"""How often something that keeps dying is started again."""

from collections import deque

LIMIT = 3
WITHIN_S = 180.0


class RestartLimit:
    """Allows so many restarts within so long; times come from any one clock, in seconds."""

    def __init__(self, limit: int = LIMIT, within_s: float = WITHIN_S) -> None:
        self._limit = limit
        self._within_s = within_s
        self._restarts_s: deque[float] = deque()

    def allows(self, now_s: float) -> bool:
        """Tell whether one more is allowed now, and count it if so."""
        while self._restarts_s and now_s - self._restarts_s[0] > self._within_s:
            self._restarts_s.popleft()
        if len(self._restarts_s) >= self._limit:
            return False
        self._restarts_s.append(now_s)
        return True

    def reset(self) -> None:
        """Forget the past: the person has done something about it."""
        self._restarts_s.clear()
