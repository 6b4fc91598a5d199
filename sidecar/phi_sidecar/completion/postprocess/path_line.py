"""Cut at a comment that names a file: where a prompt shows other files, they begin so."""

import re
from dataclasses import replace

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.suggestion import Draft, Rejected

NAME = "path_line"

_PATH = re.compile(
    r"(?:(?:file(?:name)?|path)\s*:?\s+)?"
    r"(?:[\w.@~-]+[/\\])*[\w.@-]+\.[A-Za-z]\w{0,9}(?::\d+)?",
    re.IGNORECASE,
)
_SLASH = re.compile(r"[/\\]")
_SAYS_SO = re.compile(r"\A(?:file(?:name)?|path)\b", re.IGNORECASE)


def cut_at_path_line(draft: Draft, context: CompletionContext) -> Draft | Rejected:
    """Keep what stands before a line that holds a path, as a comment, and nothing else."""
    if not context.language.code:
        return draft
    lines = draft.text.split("\n")
    for index, line in enumerate(lines):
        if index == 0 and not context.on_blank_line:
            continue
        if not _names_file(line.strip(), context):
            continue
        kept = "\n".join(lines[:index]).rstrip()
        if not kept.strip():
            return Rejected(NAME, "The model would begin another file.")
        return replace(draft, text=kept, ended=True)
    return draft


def _names_file(line: str, context: CompletionContext) -> bool:
    begin = next((mark for mark in context.language.comment_marks if line.startswith(mark)), None)
    if begin is None:
        return False
    said = line[len(begin) :].strip().removesuffix("*/").removesuffix("-->").strip()
    if _PATH.fullmatch(said) is None:
        return False
    return said == context.path or bool(_SLASH.search(said) or _SAYS_SO.match(said))
