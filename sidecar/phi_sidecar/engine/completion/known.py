"""What the model said of places already, for when they are asked about again; in memory alone."""

from collections import OrderedDict

from phi_sidecar.completion.cache import CompletionCache, Key, Place
from phi_sidecar.completion.suggestion import Rejected, Suggestion
from phi_sidecar.engine.completion.cursor import Completion
from phi_sidecar.generated import protocol as p

NOTHING_KEPT = 50
"""Places at which there was nothing to show; the model would say so again."""


class Known:
    """Remembers one model's answers."""

    def __init__(self) -> None:
        self._suggestions = CompletionCache()
        self._nothing: OrderedDict[Key, Completion] = OrderedDict()

    def suggestion(self, place: Place) -> Suggestion | None:
        """Return what is left of a suggestion after what was typed along it, if any is."""
        return self._suggestions.get(place)

    def nothing(self, place: Place) -> Completion | None:
        """Return why there was nothing to show at this very place, if there was not."""
        return self._nothing.get(place.key)

    def keep(
        self, place: Place, outcome: Suggestion | Rejected, result: p.GenerateResult
    ) -> Completion:
        """Remember an answer; returns it as it is told."""
        if isinstance(outcome, Suggestion):
            self._suggestions.put(place, outcome)
            return Completion.of(outcome, result=result)
        kind = p.CompletionOutcome.filtered
        if outcome.nothing_to_add:
            kind = p.CompletionOutcome.nothing_to_add
        # One that somebody else ended says nothing of the place.
        if outcome.filter != "cancelled":
            told = Completion(kind, detail=outcome.detail, from_cache=True)
            self._nothing[place.key] = told
            while len(self._nothing) > NOTHING_KEPT:
                self._nothing.popitem(last=False)
        return Completion(kind, detail=outcome.detail, result=result)

    def forget(self, uri: str) -> None:
        """Drop everything about a document."""
        self._suggestions.forget(uri)
        for key in [key for key in self._nothing if key.uri == uri]:
            del self._nothing[key]

    def clear(self) -> None:
        """Drop everything: another model answers from now on, or something else is asked."""
        self._suggestions.clear()
        self._nothing.clear()
