"""What is measured for the tables of docs/quality.md: which holes, in which ways, by which models.

Holes that two plans share are filled once. The minutes are those of two quiet cores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from phi_sidecar.completion.strategies import WAYS as OWN_WAYS

from quality import humaneval
from quality.holes import Kind
from quality.peers import WAYS as PEERS
from quality.strategies import PRODUCT, WEIGHED

STARTER = "starter"

_OTHER_CODE = ("c", "cpp", "javascript", "python-packages", "python-stdlib", "typescript")


@dataclass(frozen=True)
class Plan:
    """One thing to be measured.

    Attributes:
        title: for the heading of its tables.
        models: `starter`, or a model of the tests with its form.
        per_kind: holes of a kind, in each group.
        minutes: about how long it takes after those before it.
    """

    title: str
    models: Sequence[str]
    ways: Sequence[str]
    groups: Sequence[str]
    kinds: Sequence[Kind]
    per_kind: int
    minutes: int


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "ways": Plan(
            title="Ways of asking, on code with tests",
            models=(STARTER,),
            ways=(PRODUCT, WEIGHED, *OWN_WAYS, *PEERS),
            groups=(humaneval.GROUP,),
            kinds=tuple(Kind),
            per_kind=50,
            minutes=13,
        ),
        "lines": Plan(
            title="The best of them, on more holes of a line",
            models=(STARTER,),
            ways=(PRODUCT, WEIGHED, "continuation", "answer-begun", "peer-cody"),
            groups=(humaneval.GROUP,),
            kinds=(Kind.SINGLE_LINE, Kind.LINE_REST),
            per_kind=160,
            minutes=6,
        ),
        "certainty": Plan(
            title="How sure the model is, and when to be silent",
            models=(STARTER,),
            ways=(PRODUCT, "continuation"),
            groups=(humaneval.GROUP,),
            # Where several lines are missing, the tests cannot tell that the first one is right.
            kinds=(Kind.SINGLE_LINE, Kind.LINE_REST),
            per_kind=160,
            minutes=1,
        ),
        "sets": Plan(
            title="Other code, by exact match",
            models=(STARTER,),
            ways=(PRODUCT, WEIGHED, "peer-llm-ls", "peer-cody"),
            groups=_OTHER_CODE,
            kinds=tuple(Kind),
            per_kind=10,
            minutes=12,
        ),
        "precision": Plan(
            title="Other weights: the starter in Phi-3's architecture",
            models=("phi3-layout/openvino-int8", "phi3-layout/openvino-int4"),
            ways=("after-first", "continuation", "peer-cody"),
            groups=(humaneval.GROUP,),
            kinds=(Kind.SINGLE_LINE, Kind.LINE_REST),
            per_kind=40,
            minutes=4,
        ),
    }
)
"""Every plan by its name, in the order in which they are carried out."""
