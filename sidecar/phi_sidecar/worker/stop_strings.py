"""Ends an answer at a string, wherever the tokens' borders lie."""

from collections.abc import Sequence


class StopStrings:
    """Watches a streamed text for the first of several strings.

    Text that may turn out to be the beginning of one is held back.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.matched = False

    def add(self, text: str) -> str:
        """Return what may be shown; after a match, what came before it and nothing more."""
        if self.matched:
            return ""
        self._held += text
        found = [(at + len(stop), at) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.matched = True
            # The first to be whole, so that it does not matter how the text was cut into pieces.
            _, start = min(found)
            shown, self._held = self._held[:start], ""
            return shown
        keep = self._possible_beginning()
        shown = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return shown

    def flush(self) -> str:
        """Return what was held back, now that nothing follows."""
        rest, self._held = self._held, ""
        return rest

    def _possible_beginning(self) -> int:
        """Return the length of the longest end of the text that a stop string begins with."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            end = self._held[-length:]
            if any(stop.startswith(end) for stop in self._stops):
                return length
        return 0
