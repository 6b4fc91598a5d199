"""What several assistants do with an answer before they show it."""

from difflib import SequenceMatcher

_ALIKE = 0.9
_TIMES = 3
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def last_lines(text: str, count: int) -> str:
    """Return the end of a text that has so many lines."""
    return "".join(text.splitlines(keepends=True)[-count:])


def first_line(text: str) -> str:
    """Return the text up to its first line end."""
    return text.split("\n", 1)[0]


def without_fence(text: str) -> str:
    """Take off the fence that a chat model puts around code."""
    stripped = text.lstrip("\n")
    if stripped.startswith("```"):
        stripped = stripped.partition("\n")[2]
        return stripped.partition("\n```")[0]
    return text.partition("\n```")[0]


def without_overlap(text: str, after: str) -> str:
    """Take off the end of a text with which what follows the cursor begins."""
    rest = after.split("\n", 1)[0].rstrip()
    for length in range(min(len(text), len(rest)), 0, -1):
        if text.endswith(rest[:length]):
            return text[:-length]
    return text


def before_next_lines(text: str, after: str, *, alike: bool = False) -> str:
    """End a text before a line that stands below the cursor already, or one much like it."""
    below = next((line.strip() for line in after.split("\n")[1:] if line.strip()), None)
    lines = text.split("\n")
    for index, line in enumerate(lines):
        said = line.strip()
        if said and below is not None and (said == below or (alike and _alike(said, below))):
            return "\n".join(lines[:index])
    return text


def before_dedent(text: str, indent: str) -> str:
    """End a text before a line that is indented less than the cursor's."""
    lines = text.split("\n")
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() and len(line) - len(line.lstrip()) < len(indent):
            return "\n".join(lines[:index])
    return text


def before_repeats(text: str) -> str:
    """End a text before a line that comes for the third time in a row."""
    lines = text.split("\n")
    for index in range(_TIMES - 1, len(lines)):
        in_a_row = {line.strip() for line in lines[index - _TIMES + 1 : index + 1]}
        if len(in_a_row) == 1 and lines[index].strip():
            return "\n".join(lines[: index - _TIMES + 2])
    return text


def before_unmatched_closer(text: str) -> str:
    """End a text before a bracket that closes nothing of it."""
    opened: list[str] = []
    for index, character in enumerate(text):
        if character in _CLOSERS.values():
            opened.append(character)
        elif character in _CLOSERS and (not opened or opened.pop() != _CLOSERS[character]):
            return text[:index]
    return text


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() > _ALIKE
