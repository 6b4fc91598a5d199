"""Ghost text while somebody types, through the whole sidecar and beside a peer."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from measuring.figures import Section
from phi_sidecar.engine.installation import Installation

from completing.comparison import compared
from completing.strokes import lines
from completing.summary import section


async def measure_completion(
    installation: Installation,
    llama: Path | None,
    rounds: int,
    tell: Callable[[str], None],
    *,
    with_peer: bool,
    strokes: Path | None,
) -> Section:
    """Play the traces of real files to this product and to llama.cpp."""
    measured = await compared(installation, llama, rounds, tell, with_peer=with_peer)
    if strokes is not None:
        told = "".join(lines(measured.blocks))
        await asyncio.to_thread(strokes.write_text, told, encoding="utf-8")
    return section(measured)
