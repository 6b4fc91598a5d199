"""Which model is best for an accelerator, and whether it is offered over the starter. Pure.

What is recommended depends on the machine alone; what is offered, also on the moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from phi_sidecar.accelerators.demand import NOTHING, Demand, fits
from phi_sidecar.generated.protocol import ModelOffer
from phi_sidecar.models.catalog import Chosen, FolderSource


@dataclass(frozen=True)
class Candidate:
    """A model as it would run on the accelerator in use.

    Attributes:
        chosen: in its recommended form there.
        takes: what that takes of which memory.
        here: one of its forms that run there is ready.
        under_way: one of its forms that run there is being fetched or made at this moment.
        fetch_bytes: what is still to be fetched of the form; None where that alone will not do.
    """

    chosen: Chosen
    takes: Demand
    here: bool
    under_way: bool
    fetch_bytes: int | None

    @property
    def starter(self) -> bool:
        """Whether it is the one that answers until a better one is there."""
        return self.chosen.model.starter

    @property
    def own(self) -> bool:
        """Whether the person brought it: how able it is, they know better."""
        return any(isinstance(build.source, FolderSource) for build in self.chosen.model.builds)


@dataclass(frozen=True)
class Recommendation:
    """The best model for an accelerator.

    Attributes:
        why: in a sentence, for people.
    """

    best: Candidate
    why: str


@dataclass(frozen=True)
class Moment:
    """What an offer depends on beside the models.

    Attributes:
        available_bytes: of the machine's memory, with what the model that answers would give back.
        reserve_bytes: what is left of it to everything else.
        connected: a model hub may be reached.
    """

    available_bytes: int
    reserve_bytes: int
    connected: bool


def recommend(
    candidates: Sequence[Candidate], total_bytes: int, reserve_bytes: int
) -> Recommendation | None:
    """Choose the first that is more able than the starter and has room, else the starter.

    None where there is no choice.

    Args:
        candidates: the best first.
        total_bytes: of the machine's memory, all of it: closing a program must not change this.
        reserve_bytes: what is left of it to everything else.
    """
    known = [each for each in candidates if not each.own]
    larger = [each for each in known if not each.starter]
    for each in larger:
        if fits(each.takes, NOTHING, total_bytes, reserve_bytes):
            card = each.takes.card
            # A card that is too small borrows of the PC's memory.
            on_card = card is not None and fits(each.takes, NOTHING, 0, reserve_bytes)
            whole = f"the {card.name}" if card is not None and on_card else "this PC"
            return Recommendation(each, f"More able than the starter; fits {whole}.")
    starter = next((each for each in known if each.starter), None)
    if starter is None or not larger:
        return None
    return Recommendation(starter, "The others need more memory than this PC has.")


def offered(
    candidates: Sequence[Candidate], recommendation: Recommendation | None, moment: Moment
) -> ModelOffer | None:
    """Return the recommended model where it would do now, and is only to be fetched.

    A better model that is here, or on its way, is none to offer another one beside: who has it
    and uses the starter wants the starter.
    """
    if recommendation is None or recommendation.best.starter or not moment.connected:
        return None
    if any(each.here or each.under_way for each in candidates if not each.starter):
        return None
    best = recommendation.best
    if best.fetch_bytes is None:
        return None
    if not fits(best.takes, NOTHING, moment.available_bytes, moment.reserve_bytes):
        return None
    return ModelOffer(
        model=best.chosen.model.id,
        quantization=best.chosen.quantization,
        download_bytes=best.fetch_bytes,
    )
