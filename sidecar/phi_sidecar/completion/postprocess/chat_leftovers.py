"""Take away what a chat model says around code."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.lexical import Kind, read_on
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "chat_leftovers"

_SPECIAL = re.compile(
    r"<\|[a-z_]+\|>|</?s>|\[/?INST\]|<</?SYS>>"
    # Of models that were trained on repositories.
    r"|<(?:fim_(?:prefix|middle|suffix|pad)|file_sep|repo_?name|gh_stars|empty_output"
    r"|issue_(?:start|comment|closed)|jupyter_(?:start|text|code|output|script)"
    r"|commit_(?:before|msg|after))>"
)
_OPENING = re.compile(
    r"\A\s*(?:sure[,!.]|certainly[,!.]|of course[,!.]|here(?:'s| is| are)\b"
    r"|to (?:complete|finish)\b"
    r"|the (?:completed?|corrected|following|missing|updated) (?:code|function|line|part)\b"
    r"|(?:answer|solution|response|output|completion|code)\s*:\s*(?=\n|\Z)"
    r"|#{1,6} (?:answer|solution|response|output|completion)\b:?\s*(?=\n|\Z))[^\n]*(?:\n|\Z)",
    re.IGNORECASE,
)
_APOLOGY = re.compile(
    r"\A\s*(?:i(?:'m| am) (?:sorry|unable|not able)|i cannot|i can't|as an ai|unfortunately,"
    r"|your code (?:is|seems|looks)\b|it (?:seems|looks) like\b)",
    re.IGNORECASE,
)
# Talk behind the code, in a line of its own. In lower case its first words are names of fields.
_CLOSING = re.compile(
    r"\n[ \t]*(?:#{1,6}\s+\w[^\n]*:?"
    r"|(?-i:\**(?:Explanation|Note|Output|Example(?: usage)?)\**:)[^\n]*"
    r"|(?:this|the (?:above|completed)) (?:code|function|line|method|program|implementation)\b"
    r"|in this (?:code|example|function)\b|(?:hope|let me know|feel free|note that)\b)"
    r"[^\n=;]*(?:\n|\Z)",
    re.IGNORECASE,
)


def drop_chat_leftovers(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """End at a special token, take off talk around code, drop apologies; running text is left."""
    special = next(
        (
            match
            for match in _SPECIAL.finditer(draft.text)
            # A file that is about such tokens may well name them.
            if match.group() not in context.prefix and match.group() not in context.suffix
        ),
        None,
    )
    text = draft.text[: special.start()] if special else draft.text
    ended = draft.ended or special is not None
    if context.language.code and context.place is Kind.CODE:
        closing = _first_talk(text, context)
        if closing is not None:
            text, ended = text[:closing], True
    if context.language.code and context.on_blank_line and context.place is Kind.CODE:
        if _APOLOGY.match(text):
            return Rejected(NAME, "The model spoke instead of writing code.")
        opening = _OPENING.match(text)
        if opening:
            text = text[opening.end() :].lstrip("\n")
            if not text.strip():
                return Rejected(NAME, "The model spoke instead of writing code.")
    return replace(draft, text=text, ended=ended)


def _first_talk(text: str, context: CompletionContext) -> int | None:
    """Return where a line begins that is no code but talk."""
    for match in _CLOSING.finditer(text):
        line = match.group().strip()
        if context.language.comment_marks and line.startswith(context.language.comment_marks):
            continue
        if text[: match.start()].strip() and not _within_string(text, match.start(), context):
            return match.start()
    return None


def _within_string(text: str, offset: int, context: CompletionContext) -> bool:
    reading = read_on(context.before, text, context.language)
    return any(
        each.start <= offset < each.end
        for each in reading.stretches
        if each.kind in (Kind.STRING, Kind.COMMENT)
    )
