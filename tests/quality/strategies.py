"""The ways that can be run by name: the product's own strategies, candidates, and the peers'."""

from collections.abc import Mapping
from types import MappingProxyType

from phi_sidecar.completion.strategies import WAYS as OWN_WAYS
from phi_sidecar.completion.strategies import Strategy
from phi_sidecar.engine.engine import Engine

from quality.candidates import CANDIDATES
from quality.filling import Filler, ThroughSidecar
from quality.peers import WAYS
from quality.peers.way import AsPeer

PRODUCT = "product"
"""Whatever the product does for the model that answers, while somebody types."""

WEIGHED = "product-asked"
"""The same where a person asked for a suggestion: other answers are weighed against the first."""

_STRATEGIES: Mapping[str, Strategy | None] = MappingProxyType(
    {
        PRODUCT: None,
        WEIGHED: None,
        **OWN_WAYS,
        **CANDIDATES,
    }
)

NAMES = (*_STRATEGIES, *WAYS)


def filler(name: str, engine: Engine) -> Filler:
    """Return what fills holes in the way of that name."""
    if name in WAYS:
        return AsPeer(WAYS[name], engine)
    return ThroughSidecar(name, engine, _STRATEGIES[name], weighs=name == WEIGHED)
