"""llama.vscode's way to suggest, from its description and its published settings.

Its `/infill` needs a model with tokens for filling in the middle. With any other there is
`/completion` on the text before the cursor, which never sees what follows it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measuring.trace import Keystroke, Trace, apply

from completing.llama_server import LlamaServer
from completing.systems import Answer, Editing, Spent

LINES_BEFORE = 256
LINES_AFTER = 64
MOST_TOKENS = 128
LONGEST_PREDICTION_MS = 500
"""After it the server ends an answer at the next line end, if there was one before."""
LONGEST_REST_OF_LINE = 8
"""With more characters right of the cursor it does not ask unless told to."""
KEPT = 250


@dataclass(frozen=True)
class Surroundings:
    """What it knows of a place.

    Attributes:
        above: the lines above the cursor's, each with its end.
        before: the cursor's line up to the cursor; empty where that is blank.
        rest: the cursor's line after the cursor.
        below: the lines below.
        blanks: how many blanks were left off `before`.
    """

    above: str
    before: str
    rest: str
    below: tuple[str, ...]
    blanks: int

    @classmethod
    def of(cls, text: str, line: int, character: int) -> "Surroundings":
        """Return what surrounds a place."""
        lines = text.split("\n")
        before, rest = lines[line][:character], lines[line][character:]
        above = lines[max(0, line - LINES_BEFORE) : line]
        blank = not before.strip(" \t")
        return cls(
            above="".join(f"{each}\n" for each in above),
            before="" if blank else before,
            rest=rest,
            below=tuple(lines[line + 1 : line + 1 + LINES_AFTER]),
            blanks=len(before) if blank else 0,
        )

    def key(self, typed: int = 0) -> tuple[str, str, str]:
        """Return what a suggestion is kept under, made so many characters ago on this line."""
        after = "\n".join((self.rest, *self.below))
        return self.above, after, self.before[: len(self.before) - typed]


class Kept:
    """The latest suggestions; what is typed along one is found in it."""

    def __init__(self) -> None:
        self._suggestions: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    def put(self, at: Surroundings, suggestion: str) -> None:
        """Remember a suggestion; the one that was not needed for longest goes."""
        self._suggestions[at.key()] = suggestion
        self._suggestions.move_to_end(at.key())
        if len(self._suggestions) > KEPT:
            self._suggestions.popitem(last=False)

    def get(self, at: Surroundings) -> str | None:
        """Return what is left of a suggestion that was made on this line; None for nothing."""
        for typed in range(len(at.before) + 1):
            suggestion = self._suggestions.get(at.key(typed), "")
            along = at.before[len(at.before) - typed :]
            if suggestion.startswith(along) and len(suggestion) > typed:
                self._suggestions.move_to_end(at.key(typed))
                return suggestion[typed:]
        return None


def read(content: str, at: Surroundings) -> str:
    """Return what is shown of an answer; empty where it only says what follows anyway."""
    lines = content.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines or _follows(lines, at):
        return ""
    if at.rest.strip():
        if lines[0].endswith(at.rest):
            return lines[0][: -len(at.rest)]
        return lines[0]
    return "\n".join(lines)


def _follows(lines: Sequence[str], at: Surroundings) -> bool:
    """Whether an answer repeats the rest of the line, or the next lines that are not empty."""
    if lines == [at.rest]:
        return True
    following = [line for line in at.below if line.strip()]
    if lines[0].strip() in ("", at.rest.strip()) and len(lines) > 1:
        return list(lines[1:]) == list(at.below[: len(lines) - 1])
    if not following or at.before + lines[0] != following[0]:
        return False
    return list(lines[1:]) == following[1 : len(lines)]


@dataclass(frozen=True)
class _Ahead:
    """A suggestion that is computed before it is asked for."""

    place: tuple[str, str, str]
    task: asyncio.Task[str]


class LlamaVscode:
    """The editor's side of it, with a server behind it.

    It asks for one suggestion rather than three, with no chance in it: that is faster. What it does
    with a request that the next key makes stale is up to whoever starts it:

    - it hangs up, and the next request begins at once; nothing is computed ahead;
    - it waits, as the extension does: what is under way comes to its end and is kept, and once a
      suggestion is on the screen the one behind it is asked for. The extension looks every 150 ms
      whether it may go on; this does at once.
    """

    def __init__(self, server: LlamaServer, *, waits: bool) -> None:
        self._server = server
        self._waits = waits
        self._kept = Kept()
        self._under_way: asyncio.Task[str] | None = None
        self._ahead: _Ahead | None = None
        self._editing: Editing | None = None

    async def open(self, trace: Trace) -> None:
        """Keep nothing of another document."""
        self._kept = Kept()

    def change(self, editing: Editing) -> None:
        """Note the document."""
        self._editing = editing

    async def ask(self, editing: Editing) -> Answer:
        """Suggest at the cursor."""
        at = Surroundings.of(editing.text, editing.line, editing.character)
        if self._under_way is not None:
            await asyncio.wait([self._under_way])
        if len(at.rest) > LONGEST_REST_OF_LINE:
            return Answer("", "code follows")
        if self._ahead is not None and self._ahead.place == at.key():
            await asyncio.shield(self._ahead.task)
        if (kept := self._kept.get(at)) is not None:
            return _answer(kept, at, known=True)
        if not self._waits:
            return _answer(await self._asked(at), at, known=False)
        self._under_way = asyncio.create_task(self._asked(at))
        return _answer(await asyncio.shield(self._under_way), at, known=False)

    def shown(self, answer: Answer) -> None:
        """Ask for what comes behind it, where it does not hang up."""
        if not self._waits or self._editing is None:
            return
        if self._ahead is not None and not self._ahead.task.done():
            return
        at = _accepted(self._editing, answer.text)
        if not at.rest.strip() and self._kept.get(at) is None:
            self._ahead = _Ahead(at.key(), asyncio.create_task(self._asked(at)))

    def accepted(self, answer: Answer, length: int) -> None:
        """Nothing: the change says it."""

    def ignored(self, answer: Answer) -> None:
        """Nothing: the change says it."""

    async def close(self) -> None:
        """End what is under way."""
        for task in (self._under_way, None if self._ahead is None else self._ahead.task):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        self._under_way = self._ahead = None

    async def spent(self) -> Spent:
        """Tell what the server used so far."""
        return Spent(self._server.cpu_s, await self._server.prompt_tokens())

    def stages(self) -> Mapping[str, Mapping[str, float]]:
        """Tell nothing: the server does not say."""
        return {}

    async def _asked(self, at: Surroundings) -> str:
        content = await self._server.complete(
            {
                "prompt": at.above + at.before,
                "n_predict": MOST_TOKENS,
                "t_max_predict_ms": LONGEST_PREDICTION_MS,
                "n_indent": at.blanks or len(at.before) - len(at.before.lstrip()),
                "cache_prompt": True,
                "temperature": 0,
                "samplers": ["temperature"],
            }
        )
        text = read(content, at)
        if text:
            self._kept.put(at, text)
        return text


def _answer(text: str, at: Surroundings, *, known: bool) -> Answer:
    blanks = len(text) - len(text.lstrip(" \t"))
    text = text[min(blanks, at.blanks) :]
    return Answer(text, "suggested" if text.strip() else "nothing", known=known)


def _accepted(editing: Editing, text: str) -> Surroundings:
    """Return what will surround the cursor once a suggestion is taken."""
    insertion = Keystroke(0, editing.line, editing.character, 0, text)
    return Surroundings.of(apply(editing.text, insertion), *insertion.cursor)
