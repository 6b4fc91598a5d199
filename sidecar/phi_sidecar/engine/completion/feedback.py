"""What the person does with suggestions: shown, taken, dismissed; and what follows from it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from phi_sidecar.completion.backoff import BackOff
from phi_sidecar.completion.cache import Key, Place
from phi_sidecar.completion.suggestion import Suggestion
from phi_sidecar.engine.completion.cursor import Cursor
from phi_sidecar.engine.completion.journal import Journal
from phi_sidecar.engine.completion.look_ahead import LookAhead
from phi_sidecar.generated import protocol as p

KEPT = 4
"""Of how many suggestions it is known where they are; each holds its document's text."""


@dataclass(frozen=True)
class _Offer:
    """A suggestion and where it is; `end` is where the cursor is once it is taken."""

    cursor: Cursor
    suggestion: Suggestion
    end: Key


class Feedback:
    """Hears what became of suggestions: looks past those on the screen, backs off after Esc."""

    def __init__(
        self, journal: Journal, look_ahead: LookAhead, now_ms: Callable[[], float]
    ) -> None:
        self._journal = journal
        self._look_ahead = look_ahead
        self._now_ms = now_ms
        self._back_off = BackOff()
        self._offers: OrderedDict[str, _Offer] = OrderedDict()

    def suggested(self, trace_id: str, cursor: Cursor, suggestion: Suggestion) -> None:
        """Note what the client is given for a request."""
        end = cursor.behind(suggestion.text, suggestion.replace_after).place.key
        self._offers[trace_id] = _Offer(cursor, suggestion, end)
        while len(self._offers) > KEPT:
            self._offers.popitem(last=False)

    def shown(self, trace_id: str) -> None:
        """Hear that a suggestion is on the screen, and look past it."""
        if (trace := self._journal.find(trace_id)) is not None:
            trace.shown()
        self._look_past(trace_id)

    def accepted(self, trace_id: str, part: p.AcceptedPart, length: int) -> None:
        """Hear that a suggestion was taken, or the next part of it.

        What is left of it stays, and what is computed for the time when all is taken goes on.
        """
        self._back_off = self._back_off.taken()
        if (trace := self._journal.find(trace_id)) is not None:
            trace.accepted(part, length)
        # Something else may have ended it meanwhile.
        self._look_past(trace_id)

    def rejected(self, trace_id: str, reason: p.RejectionReason) -> None:
        """Hear that a suggestion is gone and was not taken."""
        trace = self._journal.find(trace_id)
        if trace is not None:
            trace.rejected(reason)
        if reason is p.RejectionReason.dismissed:
            self._look_ahead.stop()
            # What is typed along, or taken by lines, may have gone on to further lines since.
            newest = self._journal.newest(None if trace is None else trace.uri)
            if newest is not None:
                self._back_off = self._back_off.dismissed(newest.uri, newest.line, self._now_ms())

    def asked(self) -> None:
        """Hear that the person asks for suggestions."""
        self._back_off = self._back_off.taken()

    def why_quiet(self, uri: str, line: int) -> str | None:
        """Say why nothing shall come by itself where the cursor is now; None where it may."""
        self._back_off = self._back_off.at(uri, line)
        return self._back_off.why_quiet(uri, line, self._now_ms())

    def goes_on(self, cursor: Cursor, suggestion: Suggestion) -> bool:
        """Tell whether a suggestion is the rest of one that the client was given."""
        return self.is_end(cursor.behind(suggestion.text, suggestion.replace_after).place)

    def is_end(self, place: Place) -> bool:
        """Tell whether the cursor stands at the end of what was suggested, taken or typed."""
        key = place.key
        return any(offer.end == key for offer in self._offers.values())

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that is closed."""
        for id in [id for id, offer in self._offers.items() if offer.cursor.uri == uri]:
            del self._offers[id]

    def _look_past(self, trace_id: str) -> None:
        if (offer := self._offers.get(trace_id)) is not None:
            self._look_ahead.past(offer.cursor, offer.suggestion)
