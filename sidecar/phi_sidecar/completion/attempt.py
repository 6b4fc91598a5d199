"""Read one answer as it streams: know when it is complete, and make a suggestion of it."""

from dataclasses import dataclass
from enum import Enum

from phi_sidecar.completion import postprocess
from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.postprocess.repetition import is_runaway
from phi_sidecar.completion.prompt import CompletionPrompt
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
    """One answer on its way. Feed it the pieces, then finish it once."""

    def __init__(self, context: CompletionContext, prompt: CompletionPrompt) -> None:
        self._context = context
        self._prompt = prompt
        self._answer = ""
        self._cut = _Cut.MATCHED if not prompt.cut else _Cut.PENDING
        self._body_start = 0
        self._end: int | None = None
        self._complete = False

    def feed(self, text: str) -> bool:
        """Take in a piece; True when the answer is complete and decoding should stop.

        What comes after that is ignored, so the result does not depend on how text was split.
        """
        for character in text:
            if self._complete:
                break
            self._answer += character
            self._take(character)
        return self._complete

    def finish(self, reason: FinishReason) -> Outcome:
        """Make of the answer what can be shown, or say why there is nothing."""
        draft = self.draft(reason)
        return postprocess.run(draft, self._context) if isinstance(draft, Draft) else draft

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
            text=self._prompt.assumed + self._answer[self._body_start : end],
            mode=self._prompt.mode,
            ended=self._complete or reason is FinishReason.stop,
        )

    def _missed(self) -> Rejected | Retry:
        if self._prompt.fallback is not None:
            return Retry(self._prompt.fallback)
        return Rejected("cut", "The model would not go on with what was typed.")

    def _take(self, character: str) -> None:
        if self._cut is _Cut.PENDING:
            self._cut = cut = self._match_cut(at_end=False)
            self._complete = cut is _Cut.MISSED
            if cut is not _Cut.MATCHED:
                return
        body = self._answer[self._body_start :]
        if character == "\n" and not body.strip() and self._context.on_blank_line:
            # The model would leave this line blank, and the person is about to fill it.
            self._cut = _Cut.MISSED
            self._complete = True
        elif self._prompt.mode is Mode.SINGLE_LINE:
            self._take_in_line(character, body)
        else:
            self._take_in_block(character, body)

    def _take_in_line(self, character: str, body: str) -> None:
        if character == "\n":
            self._stop_at(len(body) - 1)
        elif len(body) % _CIRCLES_LOOKED_FOR_EVERY == 0 and is_runaway(body):
            self._stop_at(len(body))

    def _take_in_block(self, character: str, body: str) -> None:
        line = body[body.rfind("\n") + 1 :]
        # Only a line's end and its first character can tell where the block ends.
        if character == "\n" or len(line.lstrip()) == 1:
            end = block_end(self._prompt.assumed + body, self._context)
            if end is not None:
                self._stop_at(end - len(self._prompt.assumed))
                return
        if len(line) % _CIRCLES_LOOKED_FOR_EVERY == 0 and is_runaway(line):
            self._stop_at(len(body))

    def _stop_at(self, length: int) -> None:
        self._end = self._body_start + max(0, length)
        self._complete = True

    def _match_cut(self, *, at_end: bool) -> _Cut:
        cut = self._prompt.cut
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
