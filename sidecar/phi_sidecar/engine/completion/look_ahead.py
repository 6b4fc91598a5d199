"""What may come after a suggestion is taken, computed while the person looks at it."""

import asyncio
from collections.abc import Callable, Coroutine

from phi_sidecar.completion import policy
from phi_sidecar.completion.cache import Key
from phi_sidecar.completion.suggestion import Suggestion
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.asking import Asking, Spot
from phi_sidecar.engine.completion.cursor import Completion, Cursor
from phi_sidecar.engine.completion.runs import Path, Run, Runs

AFTER_S = 0.25
"""Nobody takes a suggestion sooner, and whoever types on has pressed the next key by then."""

Compute = Callable[[Spot, Asked], Coroutine[object, object, Completion]]


class LookAhead:
    """Goes one step ahead, while nothing else is wanted of the model.

    Where a suggestion ends its line, that step is the next line, as it will be after Enter.
    """

    def __init__(
        self, asking: Asking, runs: Runs, compute: Compute, is_free: Callable[[], bool]
    ) -> None:
        self._asking = asking
        self._runs = runs
        self._compute = compute
        self._is_free = is_free
        self._timer: asyncio.TimerHandle | None = None
        self._path: Path | None = None
        self._run: Run | None = None
        self._looked_past: Key | None = None

    def past(self, cursor: Cursor, suggestion: Suggestion) -> None:
        """Begin soon to compute what may come once a suggestion at a cursor was taken.

        The rest of a suggestion that is typed along leads to the same place, and changes nothing.
        """
        taken = cursor.behind(suggestion.text, suggestion.replace_after)
        if taken.place.key == self._looked_past:
            return
        self.stop()
        self._looked_past = taken.place.key
        self._path = Path(cursor.place, suggestion.text, suggestion.replace_after)
        self._timer = asyncio.get_running_loop().call_later(AFTER_S, self._begin, self._path, taken)

    def changed(self, uri: str, text: str) -> None:
        """Hear of a document's change: what departs from the suggestion ends the look past it."""
        if self._path is not None and not self._path.allows(uri, text):
            self.stop()

    def stop(self) -> None:
        """Look no further, at once."""
        if self._timer is not None:
            self._timer.cancel()
        # One that somebody waits for by now is no look ahead any more.
        if self._run is not None and not self._run.followers:
            self._runs.stop(self._run)
        self._timer = self._path = self._run = self._looked_past = None

    def _begin(self, path: Path, taken: Cursor) -> None:
        self._timer = self._path = None
        if not self._is_free():
            self._looked_past = None
            return
        spot = self._asking.spot(taken, peek=True)
        lead = path.lead
        if policy.line_is_done(spot.context):
            fresh = "\n" + policy.next_indent(spot.context)
            lead += fresh
            spot = self._asking.spot(taken.behind(fresh), peek=True)
        elif spot.context.line_after.strip():
            return
        if policy.unsuitable_place(spot.context) is not None:
            return
        asked = Asked()
        run = Run(Path(path.place, lead, path.replaced), asked, self._compute(spot, asked))
        self._run = self._runs.begin(run)
