"""Carry out plans: fill what is not filled yet, and keep it."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from phi_sidecar.engine.engine import Engine

from quality import manifest, report
from quality.engines import open_model
from quality.filling import Filler
from quality.holes import Hole
from quality.plans import Plan
from quality.records import as_line, judge, read_records
from quality.strategies import filler

OpenModel = Callable[[str], AbstractAsyncContextManager[Engine]]


async def measure(plans: Sequence[Plan], out: Path, open_model: OpenModel = open_model) -> None:
    """Carry out plans, each model in a folder of its own.

    Raises:
        NotReady: a model does not come up, and the message says why.
        PreparationFailed: it cannot be made.
    """
    minutes = sum(plan.minutes for plan in plans)
    _tell(f"about {minutes} minutes on two quiet cores, less what is done already")
    for plan in plans:
        _tell(f"{plan.title}: about {plan.minutes} minutes")
        holes = take(plan.groups, plan.kinds, plan.per_kind)
        for model in plan.models:
            folder = report.folder_of(out, model)
            files = {way: folder / f"{way}.jsonl" for way in plan.ways}
            if not any(_left(holes, file) for file in files.values()):
                continue
            folder.mkdir(parents=True, exist_ok=True)
            async with open_model(model) as engine:
                for way, file in files.items():
                    await fill(filler(way, engine), holes, file)


def take(groups: Sequence[str], kinds: Sequence[str], per_kind: int) -> Sequence[Hole]:
    """Return the holes of a run, and tell of those that this machine does not have."""
    taken = manifest.take(groups, kinds, per_kind)
    if taken.missing:
        _tell(f"{taken.missing} holes are left out: their files are of another version here.")
    return taken.holes


async def fill(way: Filler, holes: Sequence[Hole], file: Path) -> None:
    """Fill the holes that a file does not have yet, and put a line for each into it."""
    left = _left(holes, file)
    began_s = time.monotonic()
    with file.open("a", encoding="utf-8", newline="\n") as kept:
        for hole in left:
            record = await judge(hole, await way.fill(hole))
            kept.write(as_line(record))
            kept.flush()
    took_s = time.monotonic() - began_s
    _tell(f"{way.name}: {len(left)} of {len(holes)} holes, {took_s:.0f} s")


def _left(holes: Sequence[Hole], file: Path) -> Sequence[Hole]:
    known = {record.id for record in read_records(file)}
    return [hole for hole in holes if hole.id not in known]


def _tell(what: str) -> None:
    sys.stderr.write(f"quality: {what}\n")
    sys.stderr.flush()
