"""What came of every key, for whoever wants to look closer."""

import json
from collections.abc import Iterator, Sequence

from completing.comparison import Block
from completing.player import Stroke


def lines(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield a line of JSON for each key."""
    for block in blocks:
        for stroke in block.strokes:
            told = {"system": block.system, "round": block.round, "trace": block.trace}
            yield json.dumps({**told, **_stroke(block, stroke)}) + "\n"


def _stroke(block: Block, stroke: Stroke) -> dict[str, object]:
    answer = stroke.answer
    return {
        "key": stroke.index,
        "covers": stroke.covers,
        "taken": stroke.taken,
        "lateMs": round(stroke.late_ms, 2),
        "through": stroke.through,
        "visible": stroke.visible,
        "answeredMs": None if stroke.answered_ms is None else round(stroke.answered_ms, 2),
        "outcome": None if answer is None else answer.outcome,
        "known": answer is not None and answer.known,
        "text": None if answer is None else answer.text,
        "stagesMs": {} if answer is None else dict(block.stages.get(answer.id, {})),
    }
