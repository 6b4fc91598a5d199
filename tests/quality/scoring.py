"""How near a filling is to what was there."""

LONGEST = 600
"""Characters that are compared; an answer is never meant to be longer."""


def edit_distance(one: str, other: str) -> int:
    """Return how many characters must be put in, taken out or changed."""
    one, other = one[:LONGEST], other[:LONGEST]
    above = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        line = [row]
        for column, right in enumerate(other, start=1):
            changed = above[column - 1] + (left != right)
            line.append(min(changed, above[column] + 1, line[column - 1] + 1))
        above = line
    return above[-1]


def similarity(one: str, other: str) -> float:
    """Return 1 for the same text and 0 for one that has nothing of it."""
    longer = min(LONGEST, max(len(one), len(other)))
    return 1.0 if longer == 0 else 1 - edit_distance(one, other) / longer


def edits(similarity: float, one: str, other: str) -> int:
    """Return the edit distance that a similarity of two texts was made from."""
    return round((1 - similarity) * min(LONGEST, max(len(one), len(other))))


def same_code(one: str, other: str) -> bool:
    """Tell whether two documents are the same but for whitespace at the lines' ends."""
    return _trimmed(one) == _trimmed(other)


def _trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]
