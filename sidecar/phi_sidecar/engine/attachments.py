"""Cut a message's attachments to what the model that answers may read of them."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from phi_sidecar.backends.base import most_prompt_tokens
from phi_sidecar.chat.cutting import (
    ATTACHMENTS_SHARE,
    Counted,
    Cut,
    LargestFit,
    Lines,
    estimated_tokens,
    shares,
)
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.errors import NotReady, WorkerDied
from phi_sidecar.generated import protocol as p

MOST_KEPT = 64
"""A conversation's attachments come again with every question."""

ASSUMED_PROMPT_TOKENS = 4096
"""How long a prompt may be, as long as no model says: the window of Phi-3-mini-4k."""

Count = Callable[[Sequence[str]], Awaitable[Sequence[int]]]
"""Counts the tokens of texts."""


class AttachmentCutter:
    """Cuts attachments by exact counts, and remembers what it cut."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, list[Cut]] = OrderedDict()

    async def cut(self, active: ActiveModel, attachments: Sequence[p.Attachment]) -> list[Cut]:
        """Cut a message's attachments for a model.

        Raises:
            WorkerDied: while it counted.
        """
        if not attachments:
            return []
        capabilities = active.loaded.capabilities
        # Beside the longest answer, whatever the settings say: a cut that changed with them would
        # change the beginning of the prompt.
        most = most_prompt_tokens(capabilities, capabilities.context_window)
        budget = int(most * ATTACHMENTS_SHARE)
        key = _key(active, attachments, budget)
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return known

        async def count(texts: Sequence[str]) -> Sequence[int]:
            return await active.client.count_tokens(
                [p.RawPrompt(kind="raw", text=text) for text in texts]
            )

        cuts = await cut_all(attachments, budget, count, exact=True)
        self._kept[key] = cuts
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return cuts

    async def fit(self, active: ActiveModel | None, attachment: p.Attachment) -> p.AttachmentFit:
        """Say how much of one attachment is read; an estimate where no model answers."""
        if active is not None:
            try:
                (cut,) = await self.cut(active, [attachment])
            except (NotReady, WorkerDied):
                pass
            else:
                return cut.fit
        budget = int(ASSUMED_PROMPT_TOKENS * ATTACHMENTS_SHARE)
        (cut,) = await cut_all([attachment], budget, _estimate, exact=False)
        return cut.fit


async def cut_all(
    attachments: Sequence[p.Attachment], budget: int, count: Count, *, exact: bool
) -> list[Cut]:
    """Cut attachments so that they have at most `budget` tokens together."""
    texts = [Lines.of(attachment) for attachment in attachments]
    tokens = await count([lines.text(len(lines.lines)) for lines in texts])
    cuts = []
    for lines, of_all, share in zip(texts, tokens, shares(tokens, budget), strict=True):
        if of_all <= share:
            cuts.append(lines.whole(of_all, exact=exact))
        else:
            cuts.append(await _cut(lines, of_all, share, count, exact=exact))
    return cuts


async def _cut(lines: Lines, of_all: int, budget: int, count: Count, *, exact: bool) -> Cut:
    kept, tokens = await _search(LargestFit(lines.sizes, of_all, budget), lines.text, count)
    if kept or not lines.lines:
        return lines.keep(kept, Counted(of_all, tokens, exact=exact))
    # Not even one line fits.
    line = lines.focused
    (of_line,) = await count([line])
    search = LargestFit(range(len(line) + 1), of_line, budget)
    kept, tokens = await _search(search, lambda length: line[:length], count)
    return lines.keep_characters(kept, Counted(of_all, tokens, exact=exact))


async def _search(search: LargestFit, text: Callable[[int], str], count: Count) -> tuple[int, int]:
    while (guess := search.guess) is not None:
        (tokens,) = await count([text(guess)])
        search.tell(guess, tokens)
    return search.best


async def _estimate(texts: Sequence[str]) -> Sequence[int]:
    return [estimated_tokens(text) for text in texts]


def _key(active: ActiveModel, attachments: Sequence[p.Attachment], budget: int) -> bytes:
    """Return what a cut depends on, without keeping anybody's code."""
    digest = hashlib.sha256(f"{active.selection} {budget}".encode())
    for attachment in attachments:
        text = attachment.text.encode("utf-8", "surrogatepass")
        digest.update(f"\n{attachment.focus_line} {len(text)}\n".encode())
        digest.update(text)
    return digest.digest()
