"""What is being computed: one place at a time, for whoever waits there or types on along it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import takewhile

from phi_sidecar.completion.cache import Place, closers_between, with_line_feeds
from phi_sidecar.engine.completion.asked import Asked
from phi_sidecar.engine.completion.cursor import Completion
from phi_sidecar.engine.lane import Superseded

GRACE_S = 0.2
"""How long a run goes on that nobody waits for: an editor ends a request at each key, and asks
anew a moment later. VS Code's own moment is 50 ms, on a quiet machine."""


@dataclass(frozen=True)
class Path:
    """How a document is to become while something about it is of use.

    Attributes:
        place: where the cursor was.
        lead: what is taken to be inserted there first.
        replaced: how many characters right of the cursor that takes the place of.
    """

    place: Place
    lead: str = ""
    replaced: int = 0

    def allows(self, uri: str, text: str, said: str = "") -> bool:
        """Tell whether a document is on this path, where it is continued by what was said."""
        if uri != self.place.uri:
            return True
        if not text.startswith(self.place.before):
            return False
        rest = text[len(self.place.before) :]
        wanted = self.lead + said
        for after in self._afters:
            if not rest.endswith(after):
                continue
            typed = with_line_feeds(rest[: len(rest) - len(after)])
            if any(wanted.startswith(each) or each.startswith(wanted) for each in _opened(typed)):
                return True
        return False

    def typed_at(self, place: Place) -> str | None:
        """Return what was typed from the beginning of the path to a place; None off the path."""
        if place.uri != self.place.uri or not place.before.startswith(self.place.before):
            return None
        if all(closers_between(place.after, after) is None for after in self._afters):
            return None
        return with_line_feeds(place.before[len(self.place.before) :])

    @property
    def _afters(self) -> tuple[str, ...]:
        after = self.place.after
        return (after[self.replaced :], after) if self.replaced else (after,)


class Run:
    """One computation under way.

    Attributes:
        followers: how many requests wait for it.
        ending: when it will be ended, where nobody does any more.
    """

    def __init__(
        self, path: Path, asked: Asked, work: Coroutine[object, object, Completion]
    ) -> None:
        self.path = path
        self.asked = asked
        self.followers = 0
        self.ending: asyncio.TimerHandle | None = None
        self.task = asyncio.create_task(work)

    def serves(self, place: Place) -> bool | None:
        """Tell whether a place is where its answer goes; None before it has said enough."""
        typed = self.path.typed_at(place)
        if typed is None or len(typed) < len(self.path.lead):
            return False
        said = self.path.lead + self.asked.so_far
        if said.startswith(typed):
            return True
        return None if typed.startswith(said) else False


class Runs:
    """Holds the one run that there is."""

    def __init__(self) -> None:
        self._run: Run | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is being computed."""
        return self._run is None

    def begin(self, run: Run) -> Run:
        """Let a run take the place of the one before it."""
        self.stop()
        self._run = run
        run.task.add_done_callback(lambda task: self._ended(run, task))
        return run

    async def serving(self, place: Place, grace_s: float = GRACE_S) -> Run | None:
        """Return the run whose answer goes to a place, once that can be told.

        What is typed before the first token came is waited for: the prompt that is being read is
        the beginning of the one that would be asked instead.
        """
        run = self._run
        if run is None:
            return None
        # Who asks elsewhere has no part in it: a look ahead goes on, which nobody waits for.
        if run.serves(place) is None:
            async with self._followed(run, grace_s):
                while run.serves(place) is None and not run.task.done():
                    news = asyncio.ensure_future(run.asked.news())
                    try:
                        await asyncio.wait([run.task, news], return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        news.cancel()
        # One that has ended meanwhile serves as well; one that was ended does not.
        return run if run.serves(place) and not run.task.cancelling() else None

    def changed(self, uri: str, text: str) -> None:
        """Hear of a document's change: what departs from the answer on its way ends it."""
        run = self._run
        if run is not None and not run.path.allows(uri, text, run.asked.so_far):
            self.stop()

    def stop(self, only: Run | None = None) -> None:
        """End the run under way, if there is one, and if it is this one where one is named."""
        if self._run is not None and only in (None, self._run):
            self._run.task.cancel()
            self._run = None

    async def follow(self, run: Run, grace_s: float = GRACE_S) -> Completion:
        """Wait for a run; to give up the wait ends it, unless somebody else comes to wait in time.

        Raises:
            Superseded: something else took its place.
        """
        async with self._followed(run, grace_s):
            await asyncio.wait([run.task])
        if run.task.cancelled():
            raise Superseded
        return run.task.result()

    @asynccontextmanager
    async def _followed(self, run: Run, grace_s: float) -> AsyncIterator[None]:
        run.followers += 1
        if run.ending is not None:
            run.ending.cancel()
            run.ending = None
        try:
            yield
        finally:
            run.followers -= 1
            if not run.followers and not run.task.done():
                run.ending = asyncio.get_running_loop().call_later(grace_s, self.stop, run)

    def _ended(self, run: Run, task: asyncio.Task[Completion]) -> None:
        if self._run is run:
            self._run = None
        if not task.cancelled():
            # Nobody may be waiting any more; asyncio would log the error with its text.
            task.exception()


def _opened(typed: str) -> tuple[str, ...]:
    """Return what was typed, with and without the closers that an editor puts behind it."""
    # A paste may be long: nothing is looked at above the first that is no closer.
    ends = takewhile(
        lambda end: closers_between(typed[end:], "") is not None, range(len(typed), -1, -1)
    )
    return tuple(typed[:end] for end in ends)
