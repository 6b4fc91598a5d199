"""Where the keys and values of which tokens lie, and which of them a prompt begins with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

REPEATED_TOKENS = 64
"""What is kept goes when all but so many of its tokens are in something newer: each key typed would
leave an answer of its own, and so few are read again within one step."""


EARLIER_TOKENS = 64
"""How much of an earlier sequence's rest is told of."""


@dataclass(eq=False)
class Table:
    """A sequence's tokens that were computed, and the blocks with their keys and values.

    Attributes:
        earlier: how the sequence went on that it began as: after a key typed, the answer before it.
    """

    ids: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    earlier: Sequence[int] = ()


class Blocks:
    """A number of blocks that sequences share where they begin alike.

    What a sequence wrote stays for those that come after it, until the room is needed: the least
    recently used goes first.
    """

    def __init__(self, count: int, block_tokens: int, copy: Callable[[int, int], None]) -> None:
        """Have `count` blocks; `copy(source, target)` copies what is in one."""
        self._block_tokens = block_tokens
        self._copy = copy
        self._free = list(reversed(range(count)))
        self._uses = [0] * count
        self._open: list[Table] = []
        self._kept: list[Table] = []
        """Least recently used first."""

    def begin(self, ids: Sequence[int]) -> Table:
        """Open a table with as much of the beginning as is there; the last token never is."""
        wanted = ids[:-1]
        best, common = None, 0
        for table in (*self._kept, *self._open):
            length = common_beginning(table.ids, wanted, self._block_tokens)
            if length >= max(1, common):
                best, common = table, length
        new = Table()
        self._open.append(new)
        if best is None:
            return new
        # Another text that merely begins alike says nothing of this one. Before room is made, for
        # which it may be cut itself.
        if len(wanted) - common <= min(EARLIER_TOKENS, common):
            new.earlier = best.ids[common : common + EARLIER_TOKENS]
        if best in self._kept:
            self._kept.remove(best)
            self._kept.append(best)
        whole, part = divmod(common, self._block_tokens)
        new.blocks = [self._shared(block) for block in best.blocks[:whole]]
        if part:
            source = self._shared(best.blocks[whole])
            if (block := self._take()) is None:
                common -= part
            else:
                self._copy(source, block)
                new.blocks.append(block)
            self._give(source)
        new.ids = list(ids[:common])
        return new

    def is_coming(self, ids: Sequence[int], to_come: Iterable[tuple[Table, Sequence[int]]]) -> bool:
        """Tell whether others that are being read will have more of this beginning than now.

        `to_come` are their tables, and what these will hold.
        """
        return any(
            common_beginning(coming, ids, self._block_tokens) >= len(table.ids) + self._block_tokens
            for table, coming in to_come
        )

    def extend(self, table: Table, tokens: int) -> bool:
        """Make room for more tokens; False where others hold it all, and then nothing is taken."""
        more = -(-(len(table.ids) + tokens) // self._block_tokens) - len(table.blocks)
        # Asked first, for what is kept must not go for nothing.
        if more > 0 and more > self._to_be_had():
            return False
        for _ in range(more):
            block = self._take()
            assert block is not None
            table.blocks.append(block)
        return True

    def _to_be_had(self) -> int:
        """Return how many blocks no open table holds."""
        held = {block for table in self._open for block in table.blocks}
        return len(self._uses) - len(held)

    def shorten(self, table: Table) -> None:
        """Take its last block from an open table; what was in it must be computed again."""
        self._cut(table, len(table.blocks) - 1)

    def keep(self, table: Table) -> None:
        """Close a table; what it holds may be used again."""
        self._open.remove(table)
        self._cut(table, -(-len(table.ids) // self._block_tokens))
        for other in list(self._kept):
            common = common_beginning(other.ids, table.ids, self._block_tokens)
            if common == len(table.ids):
                self._drop(table)
                return
            if common >= len(other.ids) - REPEATED_TOKENS:
                self._kept.remove(other)
                self._drop(other)
        self._kept.append(table)

    def _take(self) -> int | None:
        while not self._free and self._kept:
            oldest = self._kept[0]
            # From its end: what it begins with may be read again.
            self._cut(oldest, len(oldest.blocks) - 1)
            if not oldest.blocks:
                self._kept.pop(0)
        if not self._free:
            return None
        return self._shared(self._free.pop())

    def _shared(self, block: int) -> int:
        self._uses[block] += 1
        return block

    def _cut(self, table: Table, blocks: int) -> None:
        """Keep so many of a table's blocks, and what lies in them."""
        while len(table.blocks) > max(0, blocks):
            self._give(table.blocks.pop())
        del table.ids[len(table.blocks) * self._block_tokens :]

    def _drop(self, table: Table) -> None:
        for block in table.blocks:
            self._give(block)

    def _give(self, block: int) -> None:
        self._uses[block] -= 1
        if self._uses[block] == 0:
            self._free.append(block)


def common_beginning(held: Sequence[int], wanted: Sequence[int], stride: int) -> int:
    """Return how many tokens two sequences have in common at their beginning."""
    most = min(len(held), len(wanted))
    at = 0
    while at + stride <= most and held[at : at + stride] == wanted[at : at + stride]:
        at += stride
    while at < most and held[at] == wanted[at]:
        at += 1
    return at
