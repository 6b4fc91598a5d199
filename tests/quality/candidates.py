"""Strategies that are tried: in the form of the product's, so that the best one can move there."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt, Put, Question, build_prompt
from phi_sidecar.completion.strategies import Strategy
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role

_AFTER_CHARS = 400
_LONG_AFTER_CHARS = 1_200
_FENCE = "```"


def _raw(text: str) -> Question:
    return Question(RawPrompt(kind="raw", text=text))


def _whole_lines_after(context: CompletionContext, most: int = _AFTER_CHARS) -> str:
    """Return the lines below the cursor's, as far as they are worth their tokens."""
    below = context.suffix.partition("\n")[2]
    if len(below) > most:
        below = below[: below.rfind("\n", 0, most) + 1]
    return below.strip("\n")


def _after_first(context: CompletionContext, head: str) -> Question:
    """What comes after the cursor stands at the top: it stays while the person types."""
    after = _whole_lines_after(context)
    return _raw(f"{after}\n\n\n{head}" if after else head)


def _after_as_comment(context: CompletionContext, head: str) -> Question:
    """The same as a comment, so that it is no code to go on from."""
    after = _whole_lines_after(context)
    mark = context.language.line_comments[0] if context.language.line_comments else "//"
    remark = "".join(f"{mark} {line}\n" for line in after.split("\n"))
    return _raw(f"{mark} What comes later:\n{remark}\n{head}" if after else head)


def _path_first(context: CompletionContext, head: str) -> Question:
    """The file's name stands at the top."""
    mark = context.language.line_comments[0] if context.language.line_comments else "//"
    return _raw(f"{mark} {context.path}\n{head}")


def _whole_file_first(context: CompletionContext, head: str) -> Question:
    """The file as it is comes first, and then once more up to the cursor."""
    after = _whole_lines_after(context)
    return _raw(f"{context.prefix}\n{after}\n\n\n{head}" if after else head)


def _answer_begun(context: CompletionContext, head: str, after: str) -> Question:
    """A chat that is told what comes later, its answer begun with all that stands before."""
    asked = f"Write a {context.language_id} file."
    if after:
        asked += f" Further below it goes on like this:\n{_FENCE}\n{after}\n{_FENCE}"
    return Question(
        ChatPrompt(
            kind="chat",
            messages=[ChatMessage(role=Role.user, content=asked)],
            answer_start=f"{_FENCE}{context.language_id}\n{head}",
        ),
        stop=(_FENCE,),
    )


def _answer_from_the_top(context: CompletionContext, head: str) -> Question:
    return _answer_begun(context, head, _whole_lines_after(context))


def _answer_after_long(context: CompletionContext, head: str) -> Question:
    return _answer_begun(context, head, _whole_lines_after(context, _LONG_AFTER_CHARS))


def _answer_without_after(context: CompletionContext, head: str) -> Question:
    """The same without being told what comes later: what the chat alone does."""
    return _answer_begun(context, head, "")


def _strategy(put: Put) -> Strategy:
    def ask(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
        return build_prompt(context, put, mode, most)

    return ask


def _as_it_stands(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
    """Continue from the cursor itself, half tokens and all."""
    return CompletionPrompt(
        prompt=RawPrompt(kind="raw", text=context.prefix),
        cut="",
        assumed="",
        stop=("\n",) if mode is Mode.SINGLE_LINE else (),
        mode=mode,
        max_new_tokens=most,
    )


def _one_line(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
    """Continue, but never for more than a line."""
    return build_prompt(context, lambda _, head: _raw(head), Mode.SINGLE_LINE, most)


def _once_more(put: Put) -> Strategy:
    """Where the model does not begin with the space that was kept back, ask with it."""

    def ask(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
        prompt = build_prompt(context, put, mode, most)
        if not prompt.cut or prompt.fallback is not None:
            return prompt
        whole = put(context, context.prefix)
        again = replace(prompt, prompt=whole.prompt, cut=whole.withheld, stop=prompt.stop)
        return replace(prompt, fallback=again)

    return ask


CANDIDATES: Mapping[str, Strategy] = MappingProxyType(
    {
        "after-first": _strategy(_after_first),
        "after-as-comment": _strategy(_after_as_comment),
        "path-first": _strategy(_path_first),
        "whole-file-first": _strategy(_whole_file_first),
        "answer-from-the-top": _strategy(_answer_from_the_top),
        "answer-after-long": _strategy(_answer_after_long),
        "answer-without-after": _strategy(_answer_without_after),
        "as-it-stands": _as_it_stands,
        "one-line": _one_line,
        "asked-once-more": _once_more(lambda _, head: _raw(head)),
        "after-once-more": _once_more(_after_first),
        "answer-once-more": _once_more(_answer_from_the_top),
    }
)
"""Every candidate by its name."""
