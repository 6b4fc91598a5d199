"""Where a question to the model ends, and what to ask if it does not take that up."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.cut import cut_of, forced_cut_of
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.words import rest_of_word
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt


@dataclass(frozen=True)
class CompletionPrompt:
    """One question to the model, and how to read its answer.

    Attributes:
        cut: text left of the cursor that was kept back; the answer begins with it, or is off.
        assumed: text right of the cursor that the model is taken to have said already.
        stop: strings that end the answer, for the worker.
        fallback: what to ask if the answer does not begin with the cut; asked once.
        strategy: the name of the way of asking.
    """

    prompt: RawPrompt | ChatPrompt
    cut: str
    assumed: str
    stop: tuple[str, ...]
    mode: Mode
    max_new_tokens: int
    fallback: "CompletionPrompt | None" = None
    strategy: str = ""

    def named(self, strategy: str) -> "CompletionPrompt":
        """Return it as asked in the way of that name."""
        fallback = self.fallback and self.fallback.named(strategy)
        return replace(self, strategy=strategy, fallback=fallback)


@dataclass(frozen=True)
class Question:
    """A question in the words of one strategy.

    Attributes:
        withheld: the end of what it was to go on from that it does not hold.
        stop: strings that end an answer to it.
    """

    prompt: RawPrompt | ChatPrompt
    withheld: str = ""
    stop: tuple[str, ...] = ()


Put = Callable[[CompletionContext, str], Question]
"""Asks to go on from a text: the one before the cursor, perhaps without its last half token."""


def build_prompt(
    context: CompletionContext, put: Put, mode: Mode, max_new_tokens: int
) -> CompletionPrompt:
    """Build the question for this place so that it does not end in half a token."""
    cut = cut_of(context.prefix)
    asked = _Asked(context, put, mode, max_new_tokens)
    if not cut:
        return asked.prompt("")
    if not cut.isspace():
        rest = rest_of_word(context)
        return asked.prompt(cut, fallback=None if rest is None else asked.prompt("", rest))
    forced = forced_cut_of(context.prefix)
    if cut == "\n" and not context.prefix.endswith("\n\n"):
        # A lone newline is a token by itself once the line that follows is not indented.
        return asked.prompt(cut, fallback=asked.prompt(""))
    if cut == forced:
        return asked.prompt(cut)
    return asked.prompt(cut, fallback=asked.prompt(forced))


@dataclass(frozen=True)
class _Asked:
    context: CompletionContext
    put: Put
    mode: Mode
    max_new_tokens: int

    def prompt(
        self, cut: str, assumed: str = "", fallback: CompletionPrompt | None = None
    ) -> CompletionPrompt:
        head = self.context.prefix[: len(self.context.prefix) - len(cut)] + assumed
        question = self.put(self.context, head)
        cut = question.withheld + cut
        return CompletionPrompt(
            prompt=question.prompt,
            cut=cut,
            assumed=assumed,
            stop=self._stop(cut, question),
            mode=self.mode,
            max_new_tokens=self.max_new_tokens,
            fallback=fallback,
        )

    def _stop(self, cut: str, question: Question) -> tuple[str, ...]:
        # Where the cut itself begins with a newline, the end of the line is found in the answer.
        if self.mode is Mode.SINGLE_LINE and "\n" not in cut:
            return ("\n", *question.stop)
        return question.stop
