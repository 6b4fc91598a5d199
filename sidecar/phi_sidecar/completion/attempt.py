"""Read one answer as it streams: know when it is complete, and make a suggestion of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from phi_sidecar.completion import postprocess
from phi_sidecar.completion.confidence import Stretch
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.postprocess.repetition import is_runaway
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.saying import reaches_what_is_there
from phi_sidecar.completion.scope import block_end
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected, Suggestion
from phi_sidecar.generated.protocol import FinishReason


@dataclass(frozen=True)
class Retry:
    """The answer did not begin with the cut: ask this instead."""

    prompt: CompletionPrompt


_CIRCLES_LOOKED_FOR_EVERY = 8
"""In characters; looking costs more than the rest of reading together."""

Outcome = Suggestion | Rejected | Retry


class _Cut(Enum):
    PENDING = "pending"
    MATCHED = "matched"
    MISSED = "missed"


class Attempt:
    """One answer on its way. Feed it the pieces, then finish it once.

    Attributes:
        context: what surrounds the cursor.
        prompt: what is answered.
    """

    def __init__(self, context: CompletionContext, prompt: CompletionPrompt) -> None:
        self.context = context
        self.prompt = prompt
        self._answer = ""
        self._cut = _Cut.MATCHED if not prompt.cut else _Cut.PENDING
        self._body_start = 0
        self._end: int | None = None
        self._complete = False
        self._said: list[Stretch] = []
        self._tokens = 0

    @property
    def answer(self) -> str:
        """What the model has said, as far as it was read."""
        return self._answer

    @property
    def said(self) -> Sequence[Stretch]:
        """The tokens of the answer, in characters of it."""
        return self._said

    @property
    def begins(self) -> int:
        """Where in the answer begins what stands behind the cursor."""
        return self._body_start

    @property
    def so_far(self) -> str:
        """What would be inserted of the answer, had it ended here and were there no filters."""
        if self._cut is not _Cut.MATCHED:
            return ""
        return self.prompt.assumed + self._answer[self._body_start : self._end]

    def feed(self, text: str, tokens: int = 0, log_prob: float | None = None) -> bool:
        """Take in a piece; True when the answer is complete and decoding should stop.

        What comes after that is ignored, so the result does not depend on how text was split.

        Args:
            text: the piece.
            tokens: how many there have been with it.
            log_prob: natural logarithm of the probability of those since the last piece.
        """
        self._note(len(text), tokens, log_prob)
        for character in text:
            if self._complete:
                break
            self._answer += character
            self._take(character)
        return self._complete

    def finish(self, reason: FinishReason, observe: postprocess.Observe | None = None) -> Outcome:
        """Make of the answer what can be shown, or say why there is nothing.

        `observe` is told what each filter changed.
        """
        draft = self.draft(reason)
        if not isinstance(draft, Draft):
            return draft
        outcome = postprocess.run(draft, self.context, observe)
        if not isinstance(outcome, Suggestion):
            return outcome
        # A filter may have taken something off the text's beginning.
        taken_off = max(0, draft.text.find(outcome.text))
        return replace(outcome, said=self._said_from(taken_off))

    def draft(self, reason: FinishReason) -> Draft | Rejected | Retry:
        """Return what would be inserted if no filter looked at it, or say why nothing would."""
        if reason is FinishReason.cancelled and not self._complete:
            return Rejected("cancelled", "The answer was cancelled before it was complete.")
        if self._cut is _Cut.PENDING:
            self._cut = self._match_cut(at_end=True)
        if self._cut is not _Cut.MATCHED:
            return self._missed()
        end = len(self._answer) if self._end is None else self._end
        return Draft(
            text=self.prompt.assumed + self._answer[self._body_start : end],
            mode=self.prompt.mode,
            ended=self._complete or reason is FinishReason.stop,
        )

    def _note(self, length: int, tokens: int, log_prob: float | None) -> None:
        if tokens <= self._tokens and log_prob is None:
            return
        start = len(self._answer)
        stretch = Stretch(start, start + length, max(0, tokens - self._tokens), log_prob)
        before = self._said[-1] if self._said else None
        if before is not None and before.start == before.end == start:
            # Its tokens' text was held back until now.
            self._said[-1] = before.joined(stretch)
        else:
            self._said.append(stretch)
        self._tokens = max(tokens, self._tokens)

    def _said_from(self, offset: int) -> tuple[Stretch, ...]:
        by = len(self.prompt.assumed) - self._body_start - offset
        return tuple(stretch.shifted(by) for stretch in self._said)

    def _missed(self) -> Rejected | Retry:
        if self.prompt.fallback is not None:
            return Retry(self.prompt.fallback)
        return Rejected("cut", "The model would not go on with what was typed.")

    def _take(self, character: str) -> None:
        if self._cut is _Cut.PENDING:
            self._cut = cut = self._match_cut(at_end=False)
            self._complete = cut is _Cut.MISSED
            if cut is not _Cut.MATCHED:
                return
        body = self._answer[self._body_start :]
        if character == "\n" and not body.strip() and self.context.on_blank_line:
            # The model would leave this line blank, and the person is about to fill it.
            self._cut = _Cut.MISSED
            self._complete = True
        elif self.prompt.mode is Mode.SINGLE_LINE:
            self._take_in_line(character, body)
        else:
            self._take_in_block(character, body)

    def _take_in_line(self, character: str, body: str) -> None:
        if character == "\n":
            self._stop_at(len(body) - 1)
        elif self._has_said_all(body, body):
            self._stop_at(len(body))

    def _take_in_block(self, character: str, body: str) -> None:
        line = body[body.rfind("\n") + 1 :]
        # Only a line's end and its first character can tell where the block ends.
        if character == "\n" or len(line.lstrip()) == 1:
            end = block_end(self.prompt.assumed + body, self.context)
            if end is not None:
                self._stop_at(end - len(self.prompt.assumed))
                return
        if self._has_said_all(body, line):
            self._stop_at(len(body))

    def _has_said_all(self, body: str, line: str) -> bool:
        draft = Draft(self.prompt.assumed + body, self.prompt.mode, ended=True)
        if reaches_what_is_there(draft, self.context):
            return True
        return len(line) % _CIRCLES_LOOKED_FOR_EVERY == 0 and is_runaway(line)

    def _stop_at(self, length: int) -> None:
        self._end = self._body_start + max(0, length)
        self._complete = True

    def _match_cut(self, *, at_end: bool) -> _Cut:
        cut = self.prompt.cut
        if "\n" in cut:
            return self._match_fresh_line(cut, at_end=at_end)
        if self._answer.startswith(cut):
            self._body_start = len(cut)
            return _Cut.MATCHED
        return _Cut.MISSED if at_end or not cut.startswith(self._answer) else _Cut.PENDING

    def _match_fresh_line(self, cut: str, *, at_end: bool) -> _Cut:
        """Match a cut that begins with newlines: how many there are does not matter."""
        word = cut.lstrip()
        gap = cut[: len(cut) - len(word)]
        indent = gap[gap.rfind("\n") + 1 :]
        rest = self._answer.lstrip()
        blank = self._answer[: len(self._answer) - len(rest)]
        if not rest and not at_end:
            return _Cut.PENDING
        newline = blank.rfind("\n")
        # At the outermost level blank lines part one thing from the next: there they do matter.
        apart = not indent and blank.count("\n") != gap.count("\n")
        if newline < 0 or apart or not blank[newline + 1 :].startswith(indent):
            return _Cut.MISSED
        if rest.startswith(word):
            start = len(blank) if word else newline + 1 + len(indent)
            self._body_start = start + len(word)
            return _Cut.MATCHED
        return _Cut.MISSED if at_end or not word.startswith(rest) else _Cut.PENDING
