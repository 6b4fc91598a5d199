"""What is asked for, and what comes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from phi_sidecar.completion.cache import Place
from phi_sidecar.completion.context import DocumentView
from phi_sidecar.completion.neighbours import OtherFile
from phi_sidecar.completion.suggestion import Suggestion
from phi_sidecar.generated import protocol as p


@dataclass(frozen=True)
class Cursor:
    """A cursor in a document.

    Attributes:
        line: from 0.
        column: from 0, in code points.
        before: the whole text before the cursor.
        after: the whole text after it.
        within: the file's path within each open folder that holds it.
        others: tells the other open documents whose lines may be put into a prompt.
    """

    uri: str
    document: DocumentView
    line: int
    column: int
    before: str
    after: str
    within: tuple[str, ...] = ()
    others: Callable[[], Iterable[OtherFile]] = tuple

    @property
    def place(self) -> Place:
        """Where it stands, by what is around it."""
        return Place(self.uri, self.before, self.after)

    @property
    def told(self) -> DocumentView:
        """The document as a model is told of it: not where the person keeps their folders."""
        return replace(self.document, path=self.within[0]) if self.within else self.document

    def behind(self, text: str, replaced: int = 0) -> "Cursor":
        """Return the cursor once a text was inserted at it.

        `replaced`: how many characters right of it the text takes the place of.
        """
        before, after = self.before + text, self.after[replaced:]
        newlines = text.count("\n")
        return replace(
            self,
            document=replace(self.document, text=before + after),
            line=self.line + newlines,
            column=len(text) - text.rfind("\n") - 1 if newlines else self.column + len(text),
            before=before,
            after=after,
        )


@dataclass(frozen=True)
class Completion:
    """A suggestion, or why there is none.

    Attributes:
        replace_after: characters right of the cursor that the text replaces, in code points.
        detail: the outcome in a sentence.
        confidence: how sure the model was of it, from 0 to 1; None where nobody can tell.
        looked_ahead: it was computed while the person looked at the one before it.
        others: what could be suggested instead, if that was asked for.
    """

    outcome: p.CompletionOutcome
    text: str = ""
    replace_after: int = 0
    detail: str | None = None
    from_cache: bool = False
    result: p.GenerateResult | None = None
    confidence: float | None = None
    looked_ahead: bool = False
    others: tuple[Suggestion, ...] = ()

    @classmethod
    def of(
        cls,
        suggestion: Suggestion,
        *,
        from_cache: bool = False,
        result: p.GenerateResult | None = None,
    ) -> "Completion":
        """Return what a suggestion is to those who asked."""
        return cls(
            p.CompletionOutcome.suggested,
            text=suggestion.text,
            replace_after=suggestion.replace_after,
            from_cache=from_cache,
            result=result,
            confidence=suggestion.confidence,
            looked_ahead=suggestion.looked_ahead,
        )


SUPERSEDED = Completion(p.CompletionOutcome.superseded, detail="A newer request came.")
TAKEN_BACK = Completion(p.CompletionOutcome.superseded, detail="The editor took its request back.")
STALE = Completion(p.CompletionOutcome.stale, detail="The document has changed meanwhile.")
