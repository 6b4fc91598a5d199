"""How a model is asked to go on at the cursor; the strategy depends on the family of models."""

from dataclasses import dataclass

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.cut import cut_of, forced_cut_of
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.words import rest_of_word
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role
from phi_sidecar.models.catalog import CompletionStyle
from phi_sidecar.prompts import prompt_text

_FENCE = "```"
_PREFILLED_LINES = 2
"""Cody's finding: with more lines prefilled the answer tends to be empty."""


@dataclass(frozen=True)
class CompletionPrompt:
    """One question to the model, and how to read its answer.

    Attributes:
        cut: text left of the cursor that was kept back; the answer begins with it, or is off.
        assumed: text right of the cursor that the model is taken to have said already.
        stop: strings that end the answer, for the worker.
        fallback: what to ask if the answer does not begin with the cut; asked once.
    """

    prompt: RawPrompt | ChatPrompt
    cut: str
    assumed: str
    stop: tuple[str, ...]
    mode: Mode
    max_new_tokens: int
    fallback: "CompletionPrompt | None" = None


def build_prompt(
    context: CompletionContext, style: CompletionStyle, mode: Mode, max_new_tokens: int
) -> CompletionPrompt:
    """Build the question for this place in the style of the model's family."""
    cut = cut_of(context.prefix)
    asked = _Asked(context, style, mode, max_new_tokens)
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
    style: CompletionStyle
    mode: Mode
    max_new_tokens: int

    def prompt(
        self, cut: str, assumed: str = "", fallback: CompletionPrompt | None = None
    ) -> CompletionPrompt:
        head = self.context.prefix[: len(self.context.prefix) - len(cut)] + assumed
        if self.style is CompletionStyle.CONTINUATION:
            question: RawPrompt | ChatPrompt = RawPrompt(kind="raw", text=head)
        else:
            # Instruct models answer nothing when the start they are given ends in whitespace.
            stripped = head.rstrip()
            cut = head[len(stripped) :] + cut
            question = _chat_prompt(self.context, stripped)
        return CompletionPrompt(
            prompt=question,
            cut=cut,
            assumed=assumed,
            stop=self._stop(cut),
            mode=self.mode,
            max_new_tokens=self.max_new_tokens,
            fallback=fallback,
        )

    def _stop(self, cut: str) -> tuple[str, ...]:
        stop: tuple[str, ...] = ()
        if self.style is CompletionStyle.INSTRUCT:
            stop = (_FENCE,)
        # Where the cut itself begins with a newline, the end of the line is found in the answer.
        if self.mode is Mode.SINGLE_LINE and "\n" not in cut:
            stop = ("\n", *stop)
        return stop


def _chat_prompt(context: CompletionContext, head: str) -> ChatPrompt:
    lines = head.split("\n")
    kept = 0
    while kept < len(lines) and sum(1 for line in lines[-kept:] if kept and line.strip()) < (
        _PREFILLED_LINES
    ):
        kept += 1
    start = "\n".join(lines[len(lines) - kept :])
    request = prompt_text("completion_request").substitute(
        path=context.path,
        language=context.language_id,
        suffix=context.prompt_suffix.strip("\n"),
        prefix="\n".join(lines[: len(lines) - kept]),
    )
    return ChatPrompt(
        kind="chat",
        messages=[
            ChatMessage(role=Role.system, content=prompt_text("completion_rule").substitute()),
            ChatMessage(role=Role.user, content=f"{request}\n{_FENCE}"),
        ],
        answer_start=f"{_FENCE}{context.language_id}\n{start}",
    )
