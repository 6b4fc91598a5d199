"""Which part of a prompt a block-wise KV cache holds already."""

from collections import OrderedDict
from collections.abc import Sequence


class PrefixBlocks:
    """Follows what OpenVINO GenAI's prefix cache keeps: whole blocks of a prompt's beginning.

    The runtime does not tell how much of a prompt it took from its cache. Its rule is public:
    a block is reused when it and all before it were seen, the least recently used go first, and
    at least one token is always computed.
    """

    def __init__(self, block_tokens: int, capacity_tokens: int) -> None:
        self._block_tokens = block_tokens
        self._capacity = max(1, capacity_tokens // block_tokens)
        self._seen: OrderedDict[int, None] = OrderedDict()

    def cached_tokens(self, ids: Sequence[int]) -> int:
        """Return how many tokens of this prompt's beginning are held."""
        held = 0
        for chain in self._chains(ids):
            if chain not in self._seen:
                break
            held += self._block_tokens
        return min(held, max(0, len(ids) - 1))

    def remember(self, ids: Sequence[int]) -> None:
        """Note that the keys and values of these tokens are held from now on."""
        for chain in self._chains(ids):
            self._seen[chain] = None
            self._seen.move_to_end(chain)
        while len(self._seen) > self._capacity:
            self._seen.popitem(last=False)

    def _chains(self, ids: Sequence[int]) -> list[int]:
        chains = []
        chain = 0
        size = self._block_tokens
        for start in range(0, len(ids) - size + 1, size):
            chain = hash((chain, tuple(ids[start : start + size])))
            chains.append(chain)
        return chains
