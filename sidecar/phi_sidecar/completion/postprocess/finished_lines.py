"""The lines that an answer would make of the cursor's line and those below it."""

import re
from dataclasses import dataclass

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.suggestion import Draft

LEAVES = re.compile(r"(?:return|break|continue|raise|throw|yield|pass|goto|exit|panic)\b")
"""How one branch ends, another often ends too."""


@dataclass(frozen=True)
class FinishedLine:
    """A line as it would stand in the file.

    Attributes:
        text: without the whitespace around it.
        columns: how far it is indented.
        typed: what of it stood before the cursor already.
        added: what of it is the answer's.
    """

    text: str
    columns: int
    typed: str
    added: str


def finished_lines(draft: Draft, context: CompletionContext) -> list[FinishedLine]:
    """Return the lines, one for each of the answer's."""
    added = draft.text.split("\n")
    finished: list[FinishedLine] = []
    for index, line in enumerate(added):
        whole = context.line_before + line if index == 0 else line
        if index == len(added) - 1 and line.strip():
            after = context.line_after[draft.replace_after :].strip()
            # What the answer says of the rest of the line is taken off it later.
            if after and not line.rstrip().endswith(after):
                whole += context.line_after[draft.replace_after :]
        typed = context.line_before.strip() if index == 0 else ""
        columns = context.indentation.width(indent_of(whole))
        finished.append(FinishedLine(whole.strip(), columns, typed, line.strip()))
    return finished
