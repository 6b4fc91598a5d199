"""The traces of real files through each system, in turn, so that the machine's moods meet all."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from measuring.trace import Trace, load
from measuring.worker import STARTER_ON_CPU, open_worker
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import NotReady

from completing.alone import OURS, Alone, measure_alone
from completing.http import ServerFailed
from completing.llama_build import REPACKED, LlamaCpp, PeerUnavailable, llama_cpp, repacked
from completing.llama_server import open_server
from completing.llama_vscode import LlamaVscode
from completing.player import Player, RealClock, Stroke
from completing.sidecar import open_sidecar
from completing.systems import Spent, System

TRACES = Path(__file__).parents[1] / "traces" / "real"
TEXTS = Path(__file__).parents[1] / "texts"
COLD_SOURCE = TEXTS / "ledger.py.txt"
SOURCES = [
    TEXTS / name for name in ("ledger.py.txt", "setup.mjs.txt", "store.py.txt", "switch.ts.txt")
]

WITHOUT = f"{OURS}, no look-ahead"


@dataclass(frozen=True)
class Peer:
    """llama.cpp with the weights to serve.

    Attributes:
        weights: by the name of their type; the first is the same file that ours reads.
    """

    llama: LlamaCpp
    weights: Mapping[str, Path]


@dataclass(frozen=True)
class Block:
    """One trace, played once to one system.

    Attributes:
        spent: while it was played, and until what was done ahead had come to its end.
        stages: where requests' time went, by the answers' ids.
    """

    system: str
    round: int
    trace: str
    strokes: Sequence[Stroke]
    spent: Spent
    stages: Mapping[str, Mapping[str, float]]


@dataclass
class Measured:
    """Everything that one run found.

    Attributes:
        ours: names of this product's variants; the first is as people have it.
        peers: names of the peer's.
        alone: what requests alone took.
        without_peer: why there is none; None where there is.
    """

    ours: Sequence[str]
    peers: Sequence[str]
    threads: int
    peer: str = ""
    without_peer: str | None = None
    blocks: list[Block] = field(default_factory=list)
    alone: Alone = field(default_factory=Alone)


@dataclass(frozen=True)
class _Variant:
    """One of ours, which looks ahead or not; or one of the peer's, which waits or hangs up."""

    name: str
    weights: str | None
    looks_ahead: bool


def find_peer(installation: Installation, folder: Path | None, tell: Callable[[str], None]) -> Peer:
    """Return llama.cpp with the starter's weights; it is compiled unless a folder holds it.

    Raises:
        PeerUnavailable: it cannot be had.
    """
    chosen = installation.model_of(STARTER_ON_CPU)
    weights = installation.models.find(chosen.model, chosen.build) if chosen else None
    if chosen is None or weights is None:
        raise PeerUnavailable("the starter's weights are not there")
    llama = llama_cpp(tell) if folder is None else LlamaCpp(folder, f"in {folder.name}")
    same = chosen.build.quantization.upper()
    return Peer(llama, {same: weights, REPACKED: repacked(llama, weights, tell)})


async def compare(
    installation: Installation,
    peer: Peer | PeerUnavailable,
    rounds: int,
    tell: Callable[[str], None],
) -> Measured:
    """Play every trace to every system, so many times; each round with fresh processes."""
    variants = [_Variant(OURS, None, looks_ahead=True), _Variant(WITHOUT, None, looks_ahead=False)]
    measured = Measured([variant.name for variant in variants], [], threads())
    if isinstance(peer, PeerUnavailable):
        measured.without_peer = str(peer)
    else:
        theirs = [_Variant(f"llama.cpp {name}", name, looks_ahead=False) for name in peer.weights]
        theirs.append(_Variant(f"{theirs[-1].name}, waiting", REPACKED, looks_ahead=True))
        measured.peers = [variant.name for variant in theirs]
        measured.peer = peer.llama.version
        variants += theirs
    with tempfile.TemporaryDirectory(prefix="phi-bench-") as scratch:
        opening = _Opening(peer, Path(scratch), measured.threads)
        measured.alone = await opening.alone(installation, tell)
        for number in range(rounds):
            async with AsyncExitStack() as open_now:
                systems = {
                    variant.name: await open_now.enter_async_context(opening.system(variant))
                    for variant in variants
                }
                await _play_round(number, systems, measured, tell)
    return measured


async def _play_round(
    number: int, systems: Mapping[str, System], measured: Measured, tell: Callable[[str], None]
) -> None:
    names = list(systems)
    traces = real_traces()
    for place, trace in enumerate(traces):
        turn = (number * len(traces) + place) % len(names)
        for name in names[turn:] + names[:turn]:
            tell(f"round {number + 1}, {trace.file}: {name}")
            before = await systems[name].spent()
            strokes = await Player(systems[name], trace, RealClock()).play()
            spent = (await systems[name].spent()).since(before)
            stages = dict(systems[name].stages())
            measured.blocks.append(Block(name, number, trace.file, strokes, spent, stages))


def real_traces() -> Sequence[Trace]:
    """Return the traces of typing into real files."""
    files = sorted(TRACES.glob("*.jsonl"))
    return [load(file.read_text(encoding="utf-8")) for file in files]


def threads() -> int:
    """Return how many threads each side computes with: one per core that it may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(psutil.cpu_count(logical=False) or 1, usable or 1)


class _Opening:
    """Starts the systems."""

    def __init__(self, peer: Peer | PeerUnavailable, scratch: Path, count: int) -> None:
        self._peer = peer
        self._scratch = scratch
        self._threads = count
        self._started = 0

    @asynccontextmanager
    async def system(self, variant: _Variant) -> AsyncIterator[System]:
        """Start one; it ends with the context."""
        if variant.weights is None:
            self._started += 1
            runtime = self._scratch / str(self._started)
            await asyncio.to_thread(runtime.mkdir, mode=0o700)
            async with open_sidecar(runtime, looks_ahead=variant.looks_ahead) as sidecar:
                yield sidecar
            return
        assert isinstance(self._peer, Peer)
        weights = self._peer.weights[variant.weights]
        async with open_server(self._peer.llama.server, weights, self._threads) as server:
            yield LlamaVscode(server, waits=variant.looks_ahead)

    async def alone(self, installation: Installation, tell: Callable[[str], None]) -> Alone:
        """Measure requests alone, on every system's model."""
        long_source = COLD_SOURCE.read_text(encoding="utf-8")
        sources = [file.read_text(encoding="utf-8") for file in SOURCES]
        async with AsyncExitStack() as open_now:
            active = await open_now.enter_async_context(open_worker(installation))
            servers = {}
            if isinstance(self._peer, Peer):
                for name, weights in self._peer.weights.items():
                    opened = open_server(self._peer.llama.server, weights, self._threads)
                    servers[f"llama.cpp {name}"] = await open_now.enter_async_context(opened)
            return await measure_alone(active, servers, long_source, sources, tell)


async def compared(
    installation: Installation,
    folder: Path | None,
    rounds: int,
    tell: Callable[[str], None],
    *,
    with_peer: bool,
) -> Measured:
    """Find the peer, if it is wanted, and compare.

    Raises:
        NotReady: the starter does not answer.
    """
    if sys.platform == "win32":
        raise NotReady(
            "On Windows sidecars share a worker, so what each of them takes cannot be told apart.",
            remedy="Measure on Linux or macOS.",
        )
    peer: Peer | PeerUnavailable = PeerUnavailable("it was left out by --no-peer")
    if with_peer:
        try:
            peer = await asyncio.to_thread(find_peer, installation, folder, tell)
        except PeerUnavailable as error:
            tell(f"without llama.cpp: {error}")
            peer = error
    try:
        return await compare(installation, peer, rounds, tell)
    except ServerFailed as error:
        raise NotReady(f"llama.cpp failed: {error}.", remedy="Run it with --no-peer.") from error
