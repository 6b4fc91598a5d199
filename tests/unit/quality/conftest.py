"""Records and engines of which only what matters is told."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from phi_sidecar.generated import protocol as p
from phi_sidecar.models.catalog import CompletionStyle
from quality.records import Record

CAPABILITIES = p.Capabilities(
    context_window=4096,
    max_prompt_tokens=4000,
    concurrent_requests=True,
    prefix_reuse=True,
    cancel_during_prefill=True,
)


@pytest.fixture
def record():
    """Build a record of which only what matters is told."""

    def build(id="1", **told):
        usual = {
            "group": "humaneval",
            "source": f"source {id}",
            "kind": "single-line",
            "situation": "middle of a line",
            "first_half": True,
            "before": "",
            "hole": "x",
            "after": "",
            "shown": "x",
            "replace_after": 0,
            "outcome": "suggested",
            "detail": None,
            "mode": "singleLine",
            "asked": ("",),
            "answer": "x",
            "said": (),
            "confidence": None,
            "finish_reason": "stop",
            "changed_by": (),
            "dropped_by": None,
            "draft": "x",
            "draft_right": True,
            "verdict": "passed",
            "first_line_verdict": "passed",
            "exact": True,
            "first_line_exact": True,
            "similarity": 1.0,
            "typed_refusal": None,
            "total_ms": 100.0,
            "ttft_ms": 10.0,
            "tpot_ms": 10.0,
            "prompt_tokens": 100,
            "cached_tokens": 0,
            "completion_tokens": 9,
        }
        return Record(**{**usual, "id": id, **told})

    return build


class ScriptedEngine:
    """Answers a question by what a function says to it, piece by piece."""

    def __init__(self, answer):
        self._answer = answer
        self.questions = []
        self.active = SimpleNamespace(
            selection="scripted",
            accelerator_name="Scripted",
            info=p.ModelInfo(id="none", name="none", quantization="none", starter=False),
            ran="scripted",
            completion_style=CompletionStyle.CONTINUATION,
            way=None,
            loaded=SimpleNamespace(capabilities=CAPABILITIES),
        )

    @asynccontextmanager
    async def generating(self, params, on_chunk):
        self.questions.append(params)
        pieces = self._answer(params)
        yield Generation(pieces, on_chunk)

    def note_speed(self, metrics, active):
        pass


class Generation:
    def __init__(self, pieces, on_chunk):
        self._pieces = pieces
        self._on_chunk = on_chunk
        self._cancelled = False

    def cancel(self):
        self._cancelled = True

    async def result(self):
        said = ""
        for number, (text, log_prob) in enumerate(self._pieces, start=1):
            if self._cancelled:
                break
            said += text
            self._on_chunk(p.TextChunk(text=text, tokens=number, log_prob=log_prob))
        metrics = p.GenerationMetrics(
            ttft_ms=1.0,
            tpot_ms=1.0,
            total_ms=2.0,
            prompt_tokens=10,
            cached_tokens=0,
            completion_tokens=len(self._pieces),
            executing_device="none",
        )
        reason = p.FinishReason.cancelled if self._cancelled else p.FinishReason.stop
        return p.GenerateResult(text=said, finish_reason=reason, metrics=metrics)


@pytest.fixture
def scripted_engine():
    """Build an engine that answers by a function from the question to pieces."""
    return ScriptedEngine
