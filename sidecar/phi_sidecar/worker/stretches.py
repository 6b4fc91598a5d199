"""The stretches in which an answer's text is passed on, and the tokens that belong to each."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from phi_sidecar.backends.base import Piece
from phi_sidecar.worker.stop_strings import StopStrings


@dataclass(frozen=True)
class Text:
    """The next stretch of an answer.

    Attributes:
        tokens: how many of the answer's tokens begin before the stretch's end.
        log_prob: natural logarithm of how probable those of them are that begin in this stretch,
            together; None where that was not asked for, or is not known.
    """

    text: str
    tokens: int
    log_prob: float | None = None


@dataclass(frozen=True)
class _Decoded:
    start: int
    tokens: int
    log_prob: float | None


class Stretches:
    """Gathers decoded text up to a stop string.

    Text lags behind tokens, where a character is not whole yet or may begin a stop string. So a
    token counts with the stretch in which its text begins; one that is not shown at all, such as
    one that ends the answer or lies behind a stop string, counts with none.
    """

    def __init__(self, stops: Sequence[str], *, log_probs: bool) -> None:
        self._stop = StopStrings(stops)
        self._waiting: deque[_Decoded] = deque()
        self._decoded_chars = 0
        self._taken_chars = 0
        self._taken_tokens = 0
        self._known = log_probs
        self.gathered = ""

    @property
    def stopped(self) -> bool:
        """Whether a stop string has come: then the answer is at its end."""
        return self._stop.matched

    def add(self, piece: Piece) -> None:
        """Take in what was decoded."""
        if piece.tokens:
            self._waiting.append(_Decoded(self._decoded_chars, piece.tokens, piece.log_prob))
        self._decoded_chars += len(piece.text)
        self.gathered += self._stop.add(piece.text)

    def end(self) -> None:
        """Gather what might have begun a stop string, now that nothing follows."""
        self.gathered += self._stop.flush()

    def take(self) -> Text:
        """Return what has been gathered since the last time."""
        text, self.gathered = self.gathered, ""
        self._taken_chars += len(text)
        log_prob = 0.0
        while self._waiting and self._waiting[0].start < self._taken_chars:
            decoded = self._waiting.popleft()
            self._taken_tokens += decoded.tokens
            if decoded.log_prob is None:
                self._known = False
            else:
                log_prob += decoded.log_prob
        return Text(text, self._taken_tokens, log_prob if self._known else None)
