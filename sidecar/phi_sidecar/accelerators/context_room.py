"""How long a context may be, by the model and the memory that is there. Pure."""

from dataclasses import dataclass, replace

from phi_sidecar.backends.base import DeviceKind
from phi_sidecar.models.catalog import CatalogModel

SHARE = 0.25
"""How much of a device's memory keys and values may take at most: the weights need their own."""

MOST_TOKENS = 16_384
"""More takes a laptop minutes to read; nothing here asks about so much at once."""

LEAST_TOKENS = 1024
"""With less neither a suggestion nor a question has room for what it is about."""

STEP_TOKENS = 128
"""A length that memory sets is a multiple of this."""

UNTOLD_BYTES = 4 << 30
"""What a device is taken to have where the system does not tell."""


@dataclass(frozen=True)
class ContextRoom:
    """The room for a context: prompt and answer together.

    Attributes:
        tokens: how long it may be.
        whole_tokens: how long it could be with all the memory in the world.
        token_bytes: what the keys and values of one token take.
        beside_tokens: for how many more there is room, for other requests at the same time.
    """

    tokens: int
    whole_tokens: int
    token_bytes: float
    beside_tokens: int = 0

    @property
    def bytes(self) -> int:
        """What keys and values may take."""
        return int((self.tokens + self.beside_tokens) * self.token_bytes)

    @property
    def short(self) -> bool:
        """Whether memory cut it."""
        return self.tokens < self.whole_tokens

    def within(self, bytes: int) -> "ContextRoom":
        """Cut it to what there is memory for, but not below the least that is of use."""
        room = max(0, bytes)
        if self.bytes <= room:
            return self
        fitting = int(room / self.token_bytes) - self.beside_tokens
        return self.at_most(max(LEAST_TOKENS, fitting // STEP_TOKENS * STEP_TOKENS))

    def at_most(self, tokens: int) -> "ContextRoom":
        """Cut it to a length."""
        return replace(self, tokens=min(self.tokens, tokens))


def room_for(model: CatalogModel, kind: DeviceKind, memory_bytes: int | None) -> ContextRoom:
    """Return the room for a model's context on a kind of device.

    Args:
        model: whose context.
        kind: where it runs.
        memory_bytes: of the device; None where the system does not tell.
    """
    whole = min(model.context_window, MOST_TOKENS)
    if model.unscaled_window is not None and not kind.scales_positions:
        whole = min(whole, model.unscaled_window)
    if kind.most_tokens is not None:
        whole = min(whole, kind.most_tokens)
    token_bytes = model.kv_values_per_token * kind.kv_value_bytes
    room = ContextRoom(whole, whole, token_bytes, kind.beside_tokens)
    return room.within(int((memory_bytes or UNTOLD_BYTES) * SHARE))
