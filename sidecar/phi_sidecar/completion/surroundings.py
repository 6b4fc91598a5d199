"""What a prompt holds beside the text before the cursor: chosen once per place, then kept.

It stands above that text in a prompt, so that typing only appends. Whatever changes up there voids
the cache of keys and values for all that follows; a choice a little out of date costs less.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from phi_sidecar.completion.context import (
    CompletionContext,
    DocumentView,
    PromptBudget,
    Snippet,
    build_context,
    plain_text,
)
from phi_sidecar.completion.neighbours import MOST_CHARS, Around, Neighbours, OtherFile, fitting
from phi_sidecar.completion.window import whole_lines

Others = Callable[[], Iterable[OtherFile]]

_SAME_PLACE_LINES = 12
"""Within so many lines of where they were chosen the snippets stay."""

_LINES_BEFORE = 15
_LINES_AFTER = 5
"""What others are compared with."""

_MOST_BETWEEN = 6
"""So many lines with text may come to stand between the cursor and the lines below it."""

_MOST_REMEMBERED = 200
_CLOSERS = frozenset(")]};,")


@dataclass(frozen=True)
class _Chosen:
    """What was chosen for a place.

    Attributes:
        line: the cursor's when the snippets were chosen.
        stale: another document has changed since.
    """

    uri: str
    line: int
    below: str
    snippets: tuple[Snippet, ...]
    stale: bool = False


class Surroundings:
    """Takes what surrounds a cursor, with the parts kept that must not change while one types."""

    def __init__(self) -> None:
        self._neighbours = Neighbours()
        self._edited: OrderedDict[str, None] = OrderedDict()
        self._chosen: _Chosen | None = None

    def edited(self, uri: str) -> None:
        """Note that a document was opened or changed."""
        self._edited[uri] = None
        self._edited.move_to_end(uri)
        while len(self._edited) > _MOST_REMEMBERED:
            self._edited.popitem(last=False)
        self._outdate(uri)

    def forget(self, uri: str) -> None:
        """Drop all of a document that was closed."""
        self._edited.pop(uri, None)
        self._neighbours.forget(uri)
        self._outdate(uri)
        if self._chosen is not None and self._chosen.uri == uri:
            self._chosen = None

    def clear(self) -> None:
        """Choose everything anew: another model answers, or other files may be read."""
        self._neighbours = Neighbours()
        self._chosen = None

    def context(
        self,
        uri: str,
        document: DocumentView,
        line: int,
        column: int,
        budget: PromptBudget,
        others: Others = tuple,
        *,
        peek: bool = False,
    ) -> CompletionContext:
        """Take what surrounds a cursor.

        Args:
            uri: the document's.
            document: the cursor's.
            line: from 0.
            column: from 0, in code points.
            budget: how much a prompt may hold.
            others: gives the other documents of which lines may be in a prompt; it is asked only
                where they are chosen anew.
            peek: keep what is chosen now, for a document as it may become.
        """
        chosen = self._chosen
        if chosen is None or chosen.uri != uri:
            chosen = _Chosen(uri, line, "", (), stale=True)
        if not peek:
            if chosen.stale or abs(line - chosen.line) > _SAME_PLACE_LINES:
                bare = build_context(document, line, column, budget)
                snippets = self._similar(uri, document, bare, budget, others)
                chosen = replace(chosen, line=line, snippets=snippets, stale=False)
            else:
                self._neighbours.read_on()
        # They may have been chosen when there was more room.
        snippets = fitting(chosen.snippets, budget.snippet_chars)
        fitted = budget if snippets else budget.without_snippets()
        context = build_context(document, line, column, fitted)
        if not _still_below(chosen.below, context):
            chosen = replace(chosen, below=context.below)
        if not peek:
            self._chosen = chosen
        below = whole_lines(chosen.below, budget.suffix_chars)
        return replace(context, below=below, snippets=snippets)

    def _similar(
        self,
        uri: str,
        document: DocumentView,
        context: CompletionContext,
        budget: PromptBudget,
        others: Others,
    ) -> tuple[Snippet, ...]:
        if not budget.snippet_tokens or not context.remark_marks:
            return ()
        rank = {each: number for number, each in enumerate(reversed(self._edited))}
        open_now = sorted(others(), key=lambda other: rank.get(other.uri, len(rank)))
        text = plain_text(document)
        around = Around(
            text=_near(context),
            language_id=document.language_id,
            imports=context.header or text[: budget.prefix_chars],
        )
        own = _out_of_sight(uri, document, text, context)
        return self._neighbours.similar(around, (*own, *open_now), budget.snippet_chars)

    def _outdate(self, uri: str) -> None:
        if self._chosen is not None and self._chosen.uri != uri:
            self._chosen = replace(self._chosen, stale=True)


def _near(context: CompletionContext) -> str:
    above = context.prefix.split("\n")[-_LINES_BEFORE:]
    below = context.suffix.split("\n")[: _LINES_AFTER + 1]
    return "\n".join(above) + "\n".join(below)


def _out_of_sight(
    uri: str, document: DocumentView, text: str, context: CompletionContext
) -> tuple[OtherFile, ...]:
    """Return the parts of the cursor's own document that its prompt does not hold."""
    start = context.skipped_chars
    cursor = start + len(context.prefix)
    seen_below = text.find(context.below, cursor) if context.below else -1
    end = seen_below + len(context.below) if seen_below >= 0 else len(text)
    parts = (("above", max(0, start - MOST_CHARS), start), ("below", end, len(text)))
    return tuple(
        # Its own version goes up with every key; the text tells whether this part is the same.
        OtherFile(
            uri=f"{uri}#{name}",
            version=hash(text[first:last]),
            document=replace(document, text=text[first:last]),
            first_line=text.count("\n", 0, first) + 1,
        )
        for name, first, last in parts
        if text[first:last].strip()
    )


def _still_below(kept: str, context: CompletionContext) -> bool:
    """Tell whether lines stand below the cursor yet, and near enough."""
    below = context.suffix.partition("\n")[2]
    if not kept:
        # At a file's end an editor's own closers come and go.
        return all(character in _CLOSERS or character.isspace() for character in below)
    start = f"\n{below}".find(f"\n{kept}")
    if start < 0:
        return False
    return sum(1 for line in below[:start].split("\n") if line.strip()) <= _MOST_BETWEEN
