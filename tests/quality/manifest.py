"""Which holes belong to each set, by their digests, so that every run fills the same ones."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, zip_longest
from pathlib import Path

from phi_sidecar.quality import sandbox

from quality import humaneval
from quality.codefiles import code_files
from quality.cutting import Source, cut, is_wanted
from quality.holes import Hole, Kind

FILE = Path(__file__).with_name("manifest.json")

MOST_PER_KIND = 160
_LIMITS = sandbox.Limits(cpu_s=3)


@dataclass(frozen=True)
class Taken:
    """The holes of a run.

    Attributes:
        missing: how many of the manifest's are not on this machine: other versions of the files.
    """

    holes: Sequence[Hole]
    missing: int


def take(groups: Sequence[str], kinds: Sequence[str], per_kind: int) -> Taken:
    """Return the first so many holes of these kinds in each group; fewer are among more."""
    listed: Mapping[str, Mapping[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    holes: list[Hole] = []
    missing = 0
    by_group = _sources()
    for group in groups:
        for kind in kinds:
            wanted = listed[group][kind].split()[:per_kind]
            found = _find(wanted, _in_turn(by_group.get(group, ()), Kind(kind)))
            holes += found
            missing += len(wanted) - len(found)
    return Taken(holes, missing)


def ids(groups: Sequence[str], kinds: Sequence[str], per_kind: int) -> frozenset[str]:
    """Return the digests of the holes of a run, whether they are on this machine or not."""
    listed: Mapping[str, Mapping[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return frozenset(
        id for group in groups for kind in kinds for id in listed[group][kind].split()[:per_kind]
    )


def groups() -> Sequence[str]:
    """Return the names of all sets."""
    return list(json.loads(FILE.read_text(encoding="utf-8")))


async def write() -> None:
    """Choose the holes anew; only where the sources have changed."""
    listed: dict[str, dict[str, str]] = defaultdict(dict)
    for kind in Kind:
        for group, sources in _sources().items():
            ids: list[str] = []
            by_name = {source.name: source for source in sources}
            for hole in _in_turn(sources, kind):
                if len(ids) == MOST_PER_KIND:
                    break
                if not is_wanted(by_name[hole.source], hole):
                    continue
                if group != humaneval.GROUP or not await _is_trivial(hole):
                    ids.append(hole.id)
            listed[group][kind] = " ".join(ids)
    text = json.dumps(listed, indent=2, sort_keys=True)
    FILE.write_text(text + "\n", encoding="utf-8", newline="\n")


async def _is_trivial(hole: Hole) -> bool:
    """Tell whether the tests pass with nothing in the hole: then filling it tells nothing."""
    program = humaneval.program_of(hole, hole.filled(""))
    return await sandbox.run(program, _LIMITS) is sandbox.Verdict.PASSED


def _find(wanted: Sequence[str], candidates: Iterable[Hole]) -> Sequence[Hole]:
    """Return the holes of these digests, looking no further than needed."""
    missing = set(wanted)
    found: list[Hole] = []
    for hole in candidates:
        if not missing:
            break
        if hole.id in missing:
            missing.remove(hole.id)
            found.append(hole)
    return found


def _sources() -> Mapping[str, Sequence[Source]]:
    """Return what there is to cut from on this machine, by group."""
    by_group: dict[str, list[Source]] = defaultdict(list)
    tasks = [task.source for task in humaneval.even_tasks()]
    for source in sorted((*tasks, *code_files()), key=_shuffled):
        by_group[source.group].append(source)
    return by_group


def _shuffled(source: Source) -> bytes:
    return blake2b(source.name.encode()).digest()


def _in_turn(sources: Sequence[Source], kind: Kind) -> Iterator[Hole]:
    """Yield a hole of each source, then another of each."""
    most = islice(zip_longest(*(cut(source, kind) for source in sources)), MOST_PER_KIND)
    for turn in most:
        yield from (hole for hole in turn if hole is not None)
