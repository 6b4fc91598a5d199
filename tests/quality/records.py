"""What is kept of each hole: a line of JSON, to be looked at and to be compared."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from phi_sidecar.completion import policy
from phi_sidecar.quality import sandbox

from quality import humaneval
from quality.filling import Filling, Said
from quality.holes import Hole
from quality.peers.reading import first_line
from quality.scoring import edits, same_code, similarity

_AROUND_CHARS = 400


@dataclass(frozen=True)
class Record:
    """One hole, what was put into it, and how good that is.

    Attributes:
        verdict: what the tests say of the whole text; None where there are none.
        draft_right: whether it would be right if no filter had looked at it; None where none did.
        first_line_verdict: what they say of its first line alone, as when a person takes no more.
        exact: the document is as it was, but for whitespace at the lines' ends.
        first_line_exact: the first line shown is the hole's.
        said: the answer as it came, with how probable it was.
        confidence: how sure the product finds the model to be; None where it cannot tell.
        similarity: of what is shown and what was there, 0 to 1.
        typed_refusal: why nothing would be asked here while somebody types; None where it would.
    """

    id: str
    group: str
    source: str
    kind: str
    situation: str
    first_half: bool
    before: str
    hole: str
    after: str
    shown: str
    replace_after: int
    outcome: str
    detail: str | None
    mode: str
    asked: Sequence[str]
    answer: str
    said: Sequence[Said]
    confidence: float | None
    finish_reason: str
    changed_by: Sequence[str]
    dropped_by: str | None
    draft: str | None
    draft_right: bool | None
    verdict: str | None
    first_line_verdict: str | None
    exact: bool
    first_line_exact: bool
    similarity: float
    typed_refusal: str | None
    total_ms: float
    ttft_ms: float | None
    tpot_ms: float | None
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.shown.strip())

    @property
    def edits(self) -> int:
        """How many characters part what is shown from what was there."""
        return edits(self.similarity, self.shown.strip(), self.hole.strip())

    @property
    def passed(self) -> bool:
        """Whether it is right: by its tests, or where there are none by what was there."""
        if self.verdict is None:
            return self.exact
        return self.verdict == sandbox.Verdict.PASSED


async def judge(hole: Hole, filling: Filling) -> Record:
    """Say how good what was put into a hole is."""
    judged = _Judged(hole)
    whole = hole.filled(filling.text, filling.replace_after)
    verdict = await judged.verdict(filling.text, filling.replace_after)
    line_verdict = await judged.verdict(first_line(filling.text), filling.replace_after)
    metrics = filling.metrics
    shown = filling.text + hole.after[filling.replace_after :].split("\n", 1)[0]
    was = hole.text + hole.after.split("\n", 1)[0]
    return Record(
        id=hole.id,
        group=hole.group,
        source=hole.source,
        kind=hole.kind,
        situation=hole.situation,
        first_half=hole.first_half,
        before=hole.before[-_AROUND_CHARS:],
        hole=hole.text,
        after=hole.after[:_AROUND_CHARS],
        shown=filling.text,
        replace_after=filling.replace_after,
        outcome=filling.outcome,
        detail=filling.detail,
        mode=filling.mode,
        asked=filling.asked,
        answer=filling.answer,
        said=filling.said,
        confidence=filling.confidence,
        finish_reason=filling.finish_reason,
        changed_by=filling.changed_by,
        dropped_by=filling.dropped_by,
        draft=filling.draft,
        draft_right=None if not filling.draft else await judged.is_right(filling.draft),
        verdict=verdict,
        first_line_verdict=line_verdict,
        exact=bool(filling.text) and same_code(whole, hole.filled(hole.text)),
        first_line_exact=bool(filling.text)
        and first_line(shown).rstrip() == first_line(was).rstrip(),
        similarity=similarity(filling.text.strip(), hole.text.strip()),
        typed_refusal=policy.unsuitable_place(hole.context),
        total_ms=round(filling.total_ms, 1),
        ttft_ms=metrics.ttft_ms if metrics else None,
        tpot_ms=metrics.tpot_ms if metrics else None,
        prompt_tokens=metrics.prompt_tokens if metrics else 0,
        cached_tokens=metrics.cached_tokens if metrics else 0,
        completion_tokens=metrics.completion_tokens if metrics else 0,
    )


class _Judged:
    """What the tests say of the texts that were put into one hole; none is run twice."""

    def __init__(self, hole: Hole) -> None:
        self._hole = hole
        self._verdicts: dict[str, sandbox.Verdict] = {}

    async def verdict(self, text: str, replace_after: int = 0) -> sandbox.Verdict | None:
        """Run the tests; None where there are none. With nothing in it, no hole passes."""
        if self._hole.group != humaneval.GROUP:
            return None
        if not text.strip():
            return sandbox.Verdict.FAILED
        whole = self._hole.filled(text, replace_after)
        if whole not in self._verdicts:
            program = humaneval.program_of(self._hole, whole)
            self._verdicts[whole] = await sandbox.run(program)
        return self._verdicts[whole]

    async def is_right(self, text: str) -> bool:
        """Tell whether it passes, or where there are no tests, whether it is what was there."""
        verdict = await self.verdict(text)
        if verdict is None:
            return same_code(self._hole.filled(text), self._hole.filled(self._hole.text))
        return verdict is sandbox.Verdict.PASSED


def as_line(record: Record) -> str:
    """Return a record as a line of JSON."""
    return json.dumps(asdict(record), ensure_ascii=True) + "\n"


def read_records(file: Path) -> list[Record]:
    """Return the records of a run; none where it has not begun."""
    if not file.exists():
        return []
    lines: Iterable[str] = file.read_text(encoding="utf-8").splitlines()
    return [_from_line(line) for line in lines]


def _from_line(line: str) -> Record:
    told = json.loads(line)
    return Record(**{**told, "said": [Said(**each) for each in told["said"]]})
