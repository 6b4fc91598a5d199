"""A typing trace, played by a clock of the test's own."""

import asyncio
import heapq
import itertools

import pytest
from completing.player import LAST_ANSWER_S, READING_MS, Player
from completing.systems import Answer, Spent
from measuring.trace import Keystroke, Trace


class ManualClock:
    """Time that goes on when nothing else is left to do."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self._now_s

    async def until(self, at_s: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (at_s, next(self._numbers), woken))
        await woken

    async def run(self, playing):
        """Let time pass until something is over."""
        task = asyncio.ensure_future(playing)
        while not task.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if self._waiting and not task.done():
                at_s, _, woken = heapq.heappop(self._waiting)
                self._now_s = max(self._now_s, at_s)
                if not woken.done():
                    woken.set_result(None)
        return task.result()


class Told:
    """A system that answers what the test wants, so long after it was asked."""

    def __init__(self, clock, answers, after_ms=100.0):
        self._clock = clock
        self._answers = answers
        self._after_ms = after_ms
        self.asked = []
        self.heard = []
        self.cancelled = 0

    async def open(self, trace):
        self.text = trace.text

    def change(self, editing):
        self.text = editing.text

    async def ask(self, editing):
        assert editing.text == self.text
        self.asked.append((self._clock.now(), editing.line, editing.character))
        try:
            await self._clock.until(self._clock.now() + self._after_ms / 1000)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        before = editing.text.split("\n")[editing.line][: editing.character]
        text = self._answers.get(before, "")
        return Answer(text, "suggested" if text else "nothing", id=before)

    def shown(self, answer):
        self.heard.append(("shown", answer.id))

    def accepted(self, answer, length):
        self.heard.append(("accepted", answer.id, length))

    def ignored(self, answer):
        self.heard.append(("ignored", answer.id))

    async def close(self):
        self.heard.append(("closed",))

    async def spent(self):
        return Spent(0.0, 0)

    def stages(self):
        return {}


def typed(text, *, gaps_ms, line=0, before=""):
    """A trace of typing into the empty line of a document."""
    keys = []
    for index, (character, gap_ms) in enumerate(zip(text, gaps_ms, strict=True)):
        keys.append(Keystroke(gap_ms, line, index, 0, character))
    return Trace("a.py", "python", before + "\nend\n", tuple(keys))


@pytest.fixture
def clock():
    return ManualClock()


async def play(clock, trace, answers, after_ms=100.0):
    system = Told(clock, answers, after_ms)
    strokes = await clock.run(Player(system, trace, clock).play())
    return system, strokes


async def test_every_key_asks_at_its_time_where_it_leaves_the_cursor(clock):
    system, strokes = await play(clock, typed("abc", gaps_ms=[500, 200, 300]), {})
    assert system.asked == [
        (pytest.approx(0.5), 0, 1), (pytest.approx(0.7), 0, 2), (pytest.approx(1.0), 0, 3),
    ]  # fmt: skip
    assert [stroke.answered_ms for stroke in strokes] == [pytest.approx(100.0)] * 3
    assert system.text == "abc\nend\n"


async def test_a_key_cancels_what_the_one_before_has_asked(clock):
    system, strokes = await play(clock, typed("abc", gaps_ms=[500, 60, 60]), {"abc": "d"})
    assert system.cancelled == 2
    assert [stroke.answer is not None for stroke in strokes] == [False, False, True]
    assert [stroke.waited_ms for stroke in strokes] == [None, None, pytest.approx(100.0)]


async def test_a_suggestion_counts_as_seen_only_where_it_came_before_the_next_key(clock):
    answers = {"a": "xyz", "ab": "xyz"}
    _, strokes = await play(clock, typed("abc", gaps_ms=[500, 200, 60]), answers)
    assert [stroke.visible for stroke in strokes] == [True, False, False]
    assert [stroke.appeared for stroke in strokes] == [True, False, False]


async def test_what_is_typed_along_a_suggestion_stays_on_the_screen_without_waiting(clock):
    answers = {"a": "bcd", "ab": "cd"}
    system, strokes = await play(
        clock, typed("abX", gaps_ms=[500, 200, 200], line=1, before="\n"), answers
    )
    assert [stroke.through for stroke in strokes] == [False, True, False]
    assert [stroke.waited_ms for stroke in strokes] == [pytest.approx(100.0), 0.0, None]
    assert [stroke.appeared for stroke in strokes] == [True, False, False]
    assert ("ignored", "a") in system.heard


async def test_a_suggestion_typed_to_its_end_was_not_ignored(clock):
    system, strokes = await play(
        clock, typed("ab", gaps_ms=[500, 200], line=1, before="\n"), {"a": "b"}
    )
    assert system.heard == [("shown", "a"), ("closed",)]
    assert [stroke.visible for stroke in strokes] == [True, False]


READ_MS = READING_MS + 150


async def test_tab_takes_what_the_trace_goes_on_to_type_and_the_rest_keeps_its_times(clock):
    trace = typed("abcdef", gaps_ms=[500, READ_MS, 100, 100, 100, 100])
    system, strokes = await play(clock, trace, {"a": "bcd"})
    assert [(s.index, s.covers, s.taken) for s in strokes] == [
        (0, 1, False), (1, 3, True), (4, 1, False), (5, 1, False),
    ]  # fmt: skip
    times_s = [at_s for at_s, _, _ in system.asked]
    assert times_s == pytest.approx([0.5, 0.9, 1.2, 1.3])
    assert system.heard[:2] == [("shown", "a"), ("accepted", "a", 3)]
    assert system.text == "abcdef\nend\n"


async def test_nothing_is_taken_that_the_trace_does_not_type(clock):
    trace = typed("abcdef", gaps_ms=[500, READ_MS, 100, 100, 100, 100])
    system, strokes = await play(clock, trace, {"a": "bcX"})
    assert not any(stroke.taken for stroke in strokes)
    assert system.text == "abcdef\nend\n"


async def test_nothing_is_taken_before_it_can_have_been_read(clock):
    trace = typed("abcdef", gaps_ms=[500, 150, 100, 100, 100, 100])
    _, strokes = await play(clock, trace, {"a": "bcdef"})
    assert not strokes[1].taken


async def test_on_every_second_line_the_person_types_on_whatever_is_suggested(clock):
    trace = typed("abcdef", gaps_ms=[500, *[READ_MS] * 5], line=1, before="\n")
    _, strokes = await play(clock, trace, {"a": "bcdef"})
    assert not any(stroke.taken for stroke in strokes)
    assert [stroke.through for stroke in strokes] == [False, True, True, True, True, False]


async def test_a_tab_asks_again_behind_what_was_taken(clock):
    trace = typed("abcdef", gaps_ms=[500, READ_MS, 100, 100, 100, 100])
    system, strokes = await play(clock, trace, {"a": "bcd", "abcd": "ef"})
    assert system.asked[1][1:] == (0, 4)
    assert strokes[1].appeared
    assert strokes[2].through


async def test_the_last_key_has_its_answer_waited_for_and_no_longer(clock):
    trace = typed("a", gaps_ms=[500])
    _, strokes = await play(clock, trace, {"a": "b"}, after_ms=1000 * LAST_ANSWER_S + 1)
    assert strokes[0].answer is None
    assert clock.now() == pytest.approx(0.5 + LAST_ANSWER_S)


async def test_a_system_that_fails_ends_the_play(clock):
    class Failing(Told):
        async def ask(self, editing):
            raise ConnectionError("gone")

    system = Failing(clock, {})
    with pytest.raises(ConnectionError, match="gone"):
        await clock.run(Player(system, typed("ab", gaps_ms=[500, 100]), clock).play())
