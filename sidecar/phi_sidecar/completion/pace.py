"""How fast the device that answers is, from how its latest answers went."""

from dataclasses import dataclass, replace

from phi_sidecar.generated.protocol import GenerationMetrics

NEWEST_WEIGHT = 0.2
"""How much the newest answer counts in the running means."""

TELLING_PREFILL_TOKENS = 96
"""Shorter stretches say more of what each request costs than of the speed of reading."""

_USUAL_ANSWER_TOKENS = 12


@dataclass(frozen=True)
class Pace:
    """Running means of one model on one device.

    Attributes:
        latency_ms: from a question's arrival in the worker to the end of its answer; None before
            that is known.
        tpot_ms: time per token of an answer; None before that is known.
        prefill_tokens_per_s: how fast new tokens of a prompt are read; None before that is known.
    """

    latency_ms: float | None = None
    tpot_ms: float | None = None
    prefill_tokens_per_s: float | None = None

    @classmethod
    def expected(cls, tokens_per_s: float | None) -> "Pace":
        """Return what to go by before the first answer, from the decode speed of an earlier day."""
        if not tokens_per_s:
            return cls()
        tpot_ms = 1_000 / tokens_per_s
        return cls(latency_ms=tpot_ms * _USUAL_ANSWER_TOKENS, tpot_ms=tpot_ms)

    def after(self, metrics: GenerationMetrics) -> "Pace":
        """Return the means with one more answer in them."""
        return replace(
            self,
            latency_ms=_mean(self.latency_ms, metrics.total_ms),
            # A mean: one completion slowed by a chat must not turn blocks into single lines.
            tpot_ms=_mean(self.tpot_ms, metrics.tpot_ms),
            prefill_tokens_per_s=_mean(self.prefill_tokens_per_s, _prefill_speed(metrics)),
        )


def _mean(before: float | None, newest: float | None) -> float | None:
    if newest is None or before is None:
        return before if newest is None else newest
    return before + NEWEST_WEIGHT * (newest - before)


def _prefill_speed(metrics: GenerationMetrics) -> float | None:
    read = metrics.prompt_tokens - metrics.cached_tokens
    if not metrics.ttft_ms or read < TELLING_PREFILL_TOKENS:
        return None
    return read * 1_000 / metrics.ttft_ms
