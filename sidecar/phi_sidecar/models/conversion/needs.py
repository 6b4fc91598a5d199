"""What a conversion takes of the machine. Pure."""

from dataclasses import dataclass

from phi_sidecar.models.conversion.architecture import Architecture
from phi_sidecar.models.conversion.conversions import Conversion

TOOL_BYTES = 1_000_000_000
"""Memory that the tools take whatever the model: between 0.5 and 0.8 GB of it was measured."""

_TOKENIZER_BYTES = 20_000_000


@dataclass(frozen=True)
class Needs:
    """What a conversion takes, in bytes.

    Attributes:
        memory: at its peak.
        result: what it makes.
        disk: at its peak: what it makes, and what it or the trial of it keeps meanwhile.
    """

    memory: int
    result: int
    disk: int


def needs_before(conversion: Conversion, original_bytes: int) -> Needs:
    """Estimate it before there is anything of an original but the size of its 16-bit weights.

    On the low side for the disk, so that nothing is refused that would be possible.
    """
    weights, parameters = conversion.weights, original_bytes // 2
    result = int(parameters * min(weights.inner, weights.embedding))
    return Needs(
        memory=int(parameters * weights.memory) + TOOL_BYTES,
        result=result,
        disk=result + max(result, int(parameters * weights.kept)),
    )


def needs(conversion: Conversion, architecture: Architecture) -> Needs:
    """Estimate what converting a model takes; above what was measured, never below."""
    weights = conversion.weights
    parameters, embedding = architecture.parameters, architecture.embedding_parameters
    # A tied table is kept twice: the last layer's copy is rounded like the other layers.
    inner = parameters if architecture.tied else parameters - embedding
    result = int(inner * weights.inner + embedding * weights.embedding) + _TOKENIZER_BYTES
    return Needs(
        memory=int(parameters * weights.memory) + TOOL_BYTES,
        result=result,
        # A runtime may keep what it compiles, which is as large as the model.
        disk=result + max(result, int(parameters * weights.kept)),
    )
