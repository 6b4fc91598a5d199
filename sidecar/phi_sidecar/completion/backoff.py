"""When to leave a person alone who had suggestions taken away."""

from dataclasses import dataclass, replace

QUIET_FROM = 2
"""So many dismissals in a row, and the whole window is quiet for a while, not the line alone."""
FIRST_QUIET_MS = 5_000.0
LONGEST_QUIET_MS = 60_000.0
IN_A_ROW_WITHIN_MS = 120_000.0
"""Dismissals further apart than this are about different things."""


@dataclass(frozen=True)
class BackOff:
    """What was dismissed lately.

    After one dismissal nothing comes by itself on that line until something was typed on another
    one, or for two minutes. From the second in a row on nothing comes anywhere for 5 s, then 10,
    20, 40 and 60. To take a suggestion, or to ask for one, ends it.

    Attributes:
        uri: of the document with the line; None where nothing is held against any.
        line: from 0.
        in_a_row: dismissals since something was taken.
        last_ms: when the latest one was, on any clock.
    """

    uri: str | None = None
    line: int = 0
    in_a_row: int = 0
    last_ms: float = 0.0

    def dismissed(self, uri: str, line: int, at_ms: float) -> "BackOff":
        """Return the state after a suggestion on a line was taken away."""
        apart = at_ms - self.last_ms > IN_A_ROW_WITHIN_MS
        return BackOff(uri, line, 1 if apart else self.in_a_row + 1, at_ms)

    def taken(self) -> "BackOff":
        """Return the state after a suggestion was taken, or asked for."""
        return BackOff()

    def at(self, uri: str, line: int) -> "BackOff":
        """Return the state with the cursor on a line; another one is open again."""
        return self if (uri, line) == (self.uri, self.line) else replace(self, uri=None)

    def why_quiet(self, uri: str, line: int, at_ms: float) -> str | None:
        """Say why nothing is suggested on a line by itself, and until when; None where it may."""
        left_ms = self.last_ms + self._quiet_ms - at_ms
        if left_ms > 0:
            seconds = max(1, round(left_ms / 1_000))
            return (
                f"You dismissed {self.in_a_row} suggestions in a row: nothing comes by itself for"
                f" {seconds} more {'second' if seconds == 1 else 'seconds'}."
            )
        held = at_ms - self.last_ms <= IN_A_ROW_WITHIN_MS
        if held and (uri, line) == (self.uri, self.line):
            return (
                "You dismissed a suggestion on this line: nothing comes here by itself until you"
                " have typed on another line, or for two minutes."
            )
        return None

    @property
    def _quiet_ms(self) -> float:
        if self.in_a_row < QUIET_FROM:
            return 0.0
        # No more doublings than it takes, for a number that cannot overflow.
        doublings = min(self.in_a_row - QUIET_FROM, 10)
        return min(LONGEST_QUIET_MS, FIRST_QUIET_MS * (1 << doublings))
