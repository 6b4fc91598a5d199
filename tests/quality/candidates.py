"""Strategies that are tried: in the form of the product's, so that the best one can move there."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.lexical import code_only
from phi_sidecar.completion.prompt import CompletionPrompt, Put, Question, build_prompt
from phi_sidecar.completion.strategies import Strategy
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.window import lines_below
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role

_SHORT_AFTER_CHARS = 150
_AFTER_CHARS = 400
_LONG_AFTER_CHARS = 1_200
_FENCE = "```"

_WORD = re.compile(r"[^\W\d]\w*")
_WORD_AT_END = re.compile(r"[^\W\d]\w*\Z")
_PUNCTUATION = re.compile(r" ?[^\w\s]+\Z")


def _raw(text: str) -> Question:
    return Question(RawPrompt(kind="raw", text=text))


def _above_head(context: CompletionContext, above: str, head: str) -> Question:
    return _raw(f"{above}{context.header}{head}" if above else context.header + head)


def _after_first(most: int, apart: str) -> Put:
    """What comes after the cursor stands at the top: it stays while the person types."""

    def put(context: CompletionContext, head: str) -> Question:
        after = lines_below(context.suffix, most)
        return _above_head(context, f"{after}{apart}" if after else "", head)

    return put


def _after_dedented(context: CompletionContext, head: str) -> Question:
    """The same, moved to the margin as if it were a file of its own."""
    lines = lines_below(context.suffix, _AFTER_CHARS).split("\n")
    least = min((len(indent_of(line)) for line in lines if line.strip()), default=0)
    after = "\n".join(line[least:] for line in lines)
    return _above_head(context, f"{after}\n\n\n" if after else "", head)


def _after_as_comment(context: CompletionContext, head: str) -> Question:
    """The same as a comment, so that it is no code to go on from."""
    after = lines_below(context.suffix, _AFTER_CHARS)
    mark = _mark(context)
    remark = "".join(f"{mark} {line}\n" for line in after.split("\n"))
    return _above_head(context, f"{mark} What comes later:\n{remark}\n" if after else "", head)


def _after_as_a_file(context: CompletionContext, head: str) -> Question:
    """What comes after and what comes before, each under the file's name."""
    after = lines_below(context.suffix, _AFTER_CHARS)
    name = f"{_mark(context)} {context.path}\n"
    return _above_head(context, f"{name}{after}\n\n\n{name}" if after else name, head)


def _mark(context: CompletionContext) -> str:
    return context.language.line_comments[0] if context.language.line_comments else "//"


def _path_first(context: CompletionContext, head: str) -> Question:
    """The file's name stands at the top."""
    return _above_head(context, f"{_mark(context)} {context.path}\n", head)


def _whole_file_first(context: CompletionContext, head: str) -> Question:
    """The file as it is comes first, and then once more up to the cursor."""
    after = lines_below(context.suffix, _AFTER_CHARS)
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
    return _answer_begun(context, head, lines_below(context.suffix, _AFTER_CHARS))


def _answer_after_long(context: CompletionContext, head: str) -> Question:
    return _answer_begun(context, head, lines_below(context.suffix, _LONG_AFTER_CHARS))


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


def _punctuation_healed(put: Put) -> Strategy:
    """Have the model itself write any punctuation that may be half of a token: `(` of `("`."""

    def ask(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
        prompt = build_prompt(context, put, mode, most)
        found = _PUNCTUATION.search(context.line_before)
        if prompt.cut or found is None or found.start() == 0:
            return prompt
        cut = found.group()
        asked = put(context, context.prefix[: -len(cut)])
        return replace(prompt, prompt=asked.prompt, cut=cut, fallback=prompt)

    return ask


def _letters_guessed(put: Put) -> Strategy:
    """Where a word was hardly begun and the model begins none like it, take the nearest one."""

    def ask(context: CompletionContext, mode: Mode, most: int) -> CompletionPrompt:
        prompt = build_prompt(context, put, mode, most)
        begun = _WORD_AT_END.search(context.line_before)
        if prompt.fallback is not None or begun is None or not prompt.cut:
            return prompt
        before = code_only(context.prefix[: -len(begun.group())], context.language)
        after = code_only(context.suffix, context.language)
        words = [*reversed(_WORD.findall(before)), *_WORD.findall(after)]
        rest = next(
            (word[len(begun.group()) :] for word in words if word.startswith(begun.group())), ""
        )
        asked = put(context, context.prefix + rest)
        again = replace(prompt, prompt=asked.prompt, cut="", assumed=rest)
        return replace(prompt, fallback=again) if rest else prompt

    return ask


_AFTER_FIRST = _after_first(_AFTER_CHARS, "\n\n\n")

CANDIDATES: Mapping[str, Strategy] = MappingProxyType(
    {
        "after-short": _strategy(_after_first(_SHORT_AFTER_CHARS, "\n\n\n")),
        "after-long": _strategy(_after_first(_LONG_AFTER_CHARS, "\n\n\n")),
        "after-close-by": _strategy(_after_first(_AFTER_CHARS, "\n")),
        "after-dedented": _strategy(_after_dedented),
        "after-as-comment": _strategy(_after_as_comment),
        "after-as-a-file": _strategy(_after_as_a_file),
        "path-first": _strategy(_path_first),
        "whole-file-first": _strategy(_whole_file_first),
        "answer-from-the-top": _strategy(_answer_from_the_top),
        "answer-after-long": _strategy(_answer_after_long),
        "answer-without-after": _strategy(_answer_without_after),
        "as-it-stands": _as_it_stands,
        "one-line": _one_line,
        "asked-once-more": _once_more(lambda _, head: _raw(head)),
        "after-once-more": _once_more(_AFTER_FIRST),
        "letters-guessed": _letters_guessed(_AFTER_FIRST),
        "punctuation-healed": _punctuation_healed(_AFTER_FIRST),
        "answer-once-more": _once_more(_answer_from_the_top),
    }
)
"""Every candidate by its name."""
