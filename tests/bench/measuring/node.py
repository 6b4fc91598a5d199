"""A measurement in Node: a script whose last line says what it measured, as JSON."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

from phi_sidecar.provision.process import Ended, run

ROOT = Path(__file__).parents[3]


class NotMeasured(Exception):
    """A script measured nothing; the message says why."""


def measured_by(script: Path, *arguments: str, who: str, timeout_s: float) -> dict[str, Any]:
    """Return what a script says that it measured.

    Args:
        script: what Node runs.
        arguments: for the script.
        who: what takes its time, as the beginning of a sentence.
        timeout_s: how long it may take.

    Raises:
        NotMeasured: there is no Node, or the script failed or took too long.
    """
    node = shutil.which("node")
    if node is None:
        raise NotMeasured("Node.js is not in PATH")
    ended = asyncio.run(_ended([node, str(script), *arguments], who, timeout_s))
    if ended.code:
        complaints = (line for line in ended.said if line not in ended.stdout)
        raise NotMeasured(next(complaints, f"exit code {ended.code}"))
    measured: dict[str, Any] = json.loads(ended.stdout[-1])
    return measured


async def _ended(command: list[str], who: str, timeout_s: float) -> Ended:
    """Run a command to its end; one that takes too long is ended with all that it started."""
    try:
        async with asyncio.timeout(timeout_s):
            return await run(command, env=os.environ, cwd=ROOT)
    except TimeoutError as error:
        raise NotMeasured(f"{who} took more than {timeout_s:g} s") from error
