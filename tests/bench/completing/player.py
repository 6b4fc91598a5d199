"""Plays a typing trace to a system, and notes what a person would have seen.

Every system gets the same keys at the same times. Where a suggestion on the screen is what the
trace goes on to type, the person may take it with Tab at the time of the next key; the keys that it
covers are not played, and the first one that it does not cover comes when it would have come.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from measuring.trace import Keystroke, Trace, apply

from completing.systems import Answer, Editing, System

READING_MS = 250.0
"""A suggestion that was not on the screen for so long has not been read."""

WORTH_TAB = 3
"""Fewer keys than this are typed sooner than the suggestion is taken."""

LAST_ANSWER_S = 2.0
"""How long after the last key an answer may come, and work done ahead may go on."""


class Clock(Protocol):
    """Time, in seconds."""

    def now(self) -> float:
        """Return the time."""

    async def until(self, at_s: float) -> None:
        """Wait until then."""


class RealClock:
    """The event loop's time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, at_s - self.now()))


@dataclass
class Stroke:
    """One key that was played, and what came of it.

    Attributes:
        index: of the trace's key; of the first one that it covers where it is a Tab.
        covers: how many keys of the trace it stands for.
        taken: it is a Tab.
        late_ms: how much later than it should it was played.
        through: a suggestion was on the screen, and was typed along.
        answer: what the system said; None where the next key came first.
        answered_ms: when it did, since the key.
        visible: whether a suggestion was on the screen when the next key came.
    """

    index: int
    covers: int
    taken: bool
    late_ms: float
    through: bool = False
    answer: Answer | None = None
    answered_ms: float | None = None
    visible: bool = False

    @property
    def waited_ms(self) -> float | None:
        """How long the person had no suggestion on the screen after the key; None: all along."""
        if self.through:
            return 0.0
        return self.answered_ms if self.answer is not None and self.answer.text else None

    @property
    def appeared(self) -> bool:
        """Whether a suggestion came to the screen that was not there before."""
        return not self.through and self.waited_ms is not None


@dataclass(frozen=True)
class _Shown:
    """A suggestion on the screen: what is left of it, and since when."""

    answer: Answer
    rest: str
    since_s: float


class _Course:
    """Where the trace goes: the text after each of its keys."""

    def __init__(self, trace: Trace) -> None:
        self.keys = trace.keystrokes
        self.texts = list(itertools.accumulate(self.keys, apply, initial=trace.text))[1:]
        self.due_s = [ms / 1000 for ms in itertools.accumulate(k.after_ms for k in self.keys)]

    def covered(self, index: int, text: str, cursor: tuple[int, int]) -> int:
        """Return how many keys from one on lead to the same text and cursor; 0 for none."""
        found = 0
        for end in range(index, len(self.keys)):
            if self.texts[end] == text and self.keys[end].cursor == cursor:
                found = end + 1 - index
        return found


def accepts_on(line: int) -> bool:
    """Whether the person looks at suggestions while on a line: on every second one."""
    return line % 2 == 0


class Player:
    """Plays one trace to one system."""

    def __init__(self, system: System, trace: Trace, clock: Clock) -> None:
        self._system = system
        self._trace = trace
        self._course = _Course(trace)
        self._clock = clock
        self._text = trace.text
        self._cursor = (0, 0)
        self._screen: _Shown | None = None
        self._asked: asyncio.Task[None] | None = None
        self._strokes: list[Stroke] = []

    async def play(self) -> Sequence[Stroke]:
        """Play it all; returns a stroke for each key that was pressed."""
        course, index = self._course, 0
        await self._system.open(self._trace)
        began_s = self._clock.now()
        while index < len(course.keys):
            due_s = began_s + course.due_s[index]
            await self._clock.until(due_s)
            self._end_stroke()
            covers = self._covered_by_screen(index, due_s)
            stroke = Stroke(
                index, covers or 1, taken=covers > 0, late_ms=(self._clock.now() - due_s) * 1000
            )
            self._strokes.append(stroke)
            key = self._take() if covers else self._type(course.keys[index], stroke)
            self._press(key, stroke)
            index += stroke.covers
        await self._clock.until(self._clock.now() + LAST_ANSWER_S)
        self._end_stroke()
        if self._asked is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._asked
        await self._system.close()
        return self._strokes

    def _end_stroke(self) -> None:
        if self._asked is not None and not self._asked.cancel() and not self._asked.cancelled():
            # What went wrong goes wrong here.
            self._asked.result()
        if self._strokes:
            self._strokes[-1].visible = self._screen is not None

    def _covered_by_screen(self, index: int, now_s: float) -> int:
        """Return how many keys the person saves by Tab; 0 where they type on."""
        screen = self._screen
        if screen is None or not accepts_on(self._cursor[0]):
            return 0
        if (now_s - screen.since_s) * 1000 < READING_MS:
            return 0
        edit = self._insertion(screen)
        covers = self._course.covered(index, apply(self._text, edit), edit.cursor)
        return covers if covers >= WORTH_TAB else 0

    def _insertion(self, screen: _Shown) -> Keystroke:
        line, character = self._cursor
        return Keystroke(0, line, character, screen.answer.replaces, screen.rest)

    def _take(self) -> Keystroke:
        screen = self._screen
        assert screen is not None
        self._system.accepted(screen.answer, len(screen.answer.text))
        self._screen = None
        return self._insertion(screen)

    def _type(self, key: Keystroke, stroke: Stroke) -> Keystroke:
        screen = self._screen
        if screen is None:
            return key
        along = (key.line, key.character) == self._cursor and not key.removed
        if along and screen.rest.startswith(key.inserted) and screen.rest != key.inserted:
            self._screen = replace(screen, rest=screen.rest[len(key.inserted) :])
            stroke.through = True
        else:
            self._screen = None
            if screen.rest != key.inserted:
                self._system.ignored(screen.answer)
        return key

    def _press(self, key: Keystroke, stroke: Stroke) -> None:
        self._text = apply(self._text, key)
        self._cursor = key.cursor
        editing = Editing(self._text, *self._cursor, key)
        self._system.change(editing)
        self._asked = asyncio.create_task(self._ask(editing, stroke))

    async def _ask(self, editing: Editing, stroke: Stroke) -> None:
        asked_s = self._clock.now()
        answer = await self._system.ask(editing)
        now_s = self._clock.now()
        stroke.answer, stroke.answered_ms = answer, (now_s - asked_s) * 1000
        if not answer.text:
            return
        if not stroke.through:
            # What is typed along stays, as editors have it.
            self._screen = _Shown(answer, answer.text, now_s)
        self._system.shown(answer)
