"""Lines of other files that are like those around the cursor."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath

from phi_sidecar.completion.context import DocumentView, Snippet
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.language import language_of

WINDOW_LINES = 20
_STEP_LINES = 10
"""Windows overlap by half, so that what belongs together is whole in one of them."""

TOO_SIMILAR = 0.5
"""What is more alike than this gets parroted rather than learned from: llama.vscode's figure."""

LEAST_SIMILAR = 0.1
"""Below it two stretches of one language share little but its everyday words."""

MOST_SNIPPETS = 3
MOST_FILES = 20
MOST_CHARS = 60_000
"""Of one file: what stands further down is rarely what is worked on."""

_NEW_CHARS_AT_ONCE = 40_000
"""So much is read into the index while a suggestion waits; the rest while later ones do."""

_FROM_IMPORTED = 0.1
"""A file that the cursor's own imports counts as so much more alike."""

_LEAST_LINES = 3
"""Of a snippet: fewer show nothing of how things are done there."""

_COMMENT_CHARS = 3
_KEPT_INDEXES = 64
_NEWLINE = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"(?<=[.(\[{@])[^\W\d]\w{2,}|\b[^\W\d]\w{2,}+(?=[(\[)\]=]|\.[^\W\d]| =)")
"""Names as code has them, next to its punctuation: the words of comments say little of what is
alike, and to read a file's comments and strings rightly would take longer than all the rest."""
# fmt: off
_EVERYDAY = frozenset((
    "self", "this", "for", "not", "and", "the", "def", "int", "str", "let", "var", "new", "func",
    "elif", "else", "from", "import", "return", "pass", "True", "False", "None", "true", "false",
    "null", "void", "public", "private", "static", "const", "class",
))
# fmt: on
"""Words that two stretches of code share without having anything to do with each other."""


@dataclass(frozen=True)
class OtherFile:
    """An open document other than the cursor's, of which lines may be in a prompt.

    Attributes:
        version: the editor's; the same one has the same text.
        first_line: where its text begins, if it is a part of a file; from 1.
    """

    uri: str
    version: int
    document: DocumentView
    first_line: int = 1


@dataclass(frozen=True)
class Around:
    """What others are compared with.

    Attributes:
        text: what stands around the cursor, whole lines.
        language_id: of the cursor's document.
        imports: that document's import statements, or as much as is known of them.
    """

    text: str
    language_id: str
    imports: str = ""


@dataclass(frozen=True)
class _Window:
    first_line: int
    names: frozenset[str]


@dataclass(frozen=True)
class _Index:
    lines: tuple[str, ...]
    windows: tuple[_Window, ...]


class Neighbours:
    """Finds similar lines; it reads each version of a document once."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[tuple[str, int], _Index] = OrderedDict()
        self._unread: list[OtherFile] = []

    def forget(self, uri: str) -> None:
        """Drop what is known of a document."""
        for key in [key for key in self._indexes if key[0] == uri]:
            del self._indexes[key]
        self._unread = [other for other in self._unread if other.uri != uri]

    def read_on(self) -> None:
        """Read a little of what was left out when it was last searched."""
        room = _NEW_CHARS_AT_ONCE
        while self._unread and room > 0:
            other = self._unread.pop(0)
            room -= len(other.document.text)
            self._read(other)

    def similar(
        self, around: Around, others: Iterable[OtherFile], budget_chars: int
    ) -> tuple[Snippet, ...]:
        """Return the most similar lines, best first, in so many characters together.

        `others` come most recently edited first: of two that are alike the earlier counts more.
        """
        names = _names(around.text, around.language_id)
        if not names or budget_chars <= 0:
            return ()
        looked_at = list(islice(others, MOST_FILES))
        self._unread = [each for each in looked_at if (each.uri, each.version) not in self._indexes]
        self.read_on()
        found: list[tuple[tuple[bool, float, int], Snippet]] = []
        for recency, other in enumerate(looked_at):
            index = self._indexes.get((other.uri, other.version))
            if index is None:
                continue
            alike = other.document.language_id == around.language_id
            bonus = _FROM_IMPORTED if _is_imported(other, around.imports) else 0.0
            for window, similarity in _best(index, names):
                score = round(similarity + bonus, 1)
                found.append(((alike, score, -recency), _snippet(other, index, window, similarity)))
        found.sort(key=lambda each: each[0], reverse=True)
        return fitting([snippet for _, snippet in found], budget_chars)

    def _read(self, other: OtherFile) -> None:
        self.forget(other.uri)
        self._indexes[other.uri, other.version] = _index_of(other.document)
        while len(self._indexes) > _KEPT_INDEXES:
            self._indexes.popitem(last=False)


def _index_of(document: DocumentView) -> _Index:
    lines = tuple(_NEWLINE.split(document.text[:MOST_CHARS]))
    everyday = _EVERYDAY.union(language_of(document.language_id).keywords)
    # Names are found by stretches of a step, and each window is made of two of them.
    steps = [
        frozenset(_NAME.findall("\n".join(lines[first : first + _STEP_LINES]))) - everyday
        for first in range(0, len(lines), _STEP_LINES)
    ]
    pairs = zip(steps, [*steps[1:], frozenset[str]()], strict=True)
    windows = [
        _Window(number * _STEP_LINES, names | following)
        for number, (names, following) in enumerate(pairs)
    ]
    return _Index(lines, tuple(window for window in windows if window.names))


def _names(text: str, language_id: str) -> frozenset[str]:
    everyday = _EVERYDAY.union(language_of(language_id).keywords)
    return frozenset(_NAME.findall(text)) - everyday


def _best(index: _Index, names: frozenset[str]) -> list[tuple[_Window, float]]:
    """Return the most similar window of a file, and one more that does not overlap it."""
    rated: list[tuple[float, _Window]] = []
    for window in index.windows:
        shared = len(names & window.names)
        similarity = shared / (len(names) + len(window.names) - shared)
        if LEAST_SIMILAR <= similarity <= TOO_SIMILAR:
            rated.append((similarity, window))
    rated.sort(key=lambda each: -each[0])
    best = rated[:1]
    apart = [
        each for each in rated if abs(each[1].first_line - best[0][1].first_line) >= WINDOW_LINES
    ]
    return [(window, similarity) for similarity, window in best + apart[:1]]


def _snippet(other: OtherFile, index: _Index, window: _Window, similarity: float) -> Snippet:
    lines = list(index.lines[window.first_line : window.first_line + WINDOW_LINES])
    first = _beginning(lines)
    text = "\n".join(lines[first:]).rstrip()
    line = other.first_line + window.first_line + first
    return Snippet(other.document.path, text, line, similarity)


def _beginning(lines: Sequence[str]) -> int:
    """Return where a stretch is best begun: after a gap near its top, else at its first text."""
    with_text = [number for number, line in enumerate(lines) if line.strip()]
    after_gap = [
        number
        for number in with_text
        if 0 < number < _STEP_LINES
        and not lines[number - 1].strip()
        and indent_of(lines[number]) < indent_of(lines[with_text[0]])
    ]
    return after_gap[0] if after_gap else with_text[0]


def _is_imported(other: OtherFile, imports: str) -> bool:
    stem = PurePath(other.document.path.replace("\\", "/")).stem
    return len(stem) > 2 and re.search(rf"\b{re.escape(stem)}\b", imports) is not None


def fitting(snippets: Sequence[Snippet], budget_chars: int) -> tuple[Snippet, ...]:
    """Return the first ones that fit, the last of them perhaps cut to whole lines."""
    kept: list[Snippet] = []
    for snippet in snippets[:MOST_SNIPPETS]:
        room = budget_chars - sum(cost_of(each) for each in kept)
        lines = snippet.text.split("\n")
        while lines and (
            not lines[-1].strip() or cost_of(replace(snippet, text="\n".join(lines))) > room
        ):
            lines.pop()
        if len(lines) < _LEAST_LINES:
            break
        kept.append(replace(snippet, text="\n".join(lines)))
    return tuple(kept)


def cost_of(snippet: Snippet) -> int:
    """Return how many characters a snippet takes as a comment with its path."""
    lines = snippet.text.count("\n") + 1
    return len(snippet.text) + len(snippet.path) + (lines + 1) * _COMMENT_CHARS + 1
