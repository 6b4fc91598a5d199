"""How good completions are, on this machine and with one model.

    npm run quality -- fill --ways product peer-llm-ls --per-kind 40
    npm run quality -- show FOLDER [FOLDER ...] [--by kind]

`fill` keeps a line of JSON per hole in a file per way and prints the tables; what is in the file
already is not filled again. `show` prints them anew, also of several runs together.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The package's own name, and none of its files under the name of a standard module.
sys.path[0] = str(HERE.parent)

from phi_sidecar.accelerators.selection import Selection  # noqa: E402
from phi_sidecar.engine.installation import user_installation  # noqa: E402
from phi_sidecar.errors import PhiSidecarError  # noqa: E402
from phi_sidecar.rpc import silence_pygls  # noqa: E402

from quality import manifest, tables  # noqa: E402
from quality.filling import Filler, open_engine  # noqa: E402
from quality.holes import Hole, Kind  # noqa: E402
from quality.records import Record, as_line, judge, read_records  # noqa: E402
from quality.strategies import NAMES, PRODUCT, filler  # noqa: E402

PARTS: Mapping[str, Callable[[Record], str]] = {
    "group": lambda record: record.group,
    "kind": lambda record: f"{record.group}, {record.kind}",
    "situation": lambda record: record.situation,
}


def main() -> int:
    """Do what is asked for; returns the exit code."""
    said = _parse(sys.argv[1:])
    silence_pygls()
    try:
        match said.command:
            case "fill":
                asyncio.run(_fill(said))
                folders = [said.out]
            case "show":
                folders = said.folders
            case _:
                asyncio.run(manifest.write())
                return 0
    except PhiSidecarError as error:
        sys.stderr.write(f"\n{error}\n{error.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    _show(folders, said.by, said.baseline)
    return 0


async def _fill(said: argparse.Namespace) -> None:
    taken = manifest.take(said.groups, said.kinds, said.per_kind)
    if taken.missing:
        _tell(f"{taken.missing} holes are left out: their files are of another version here.")
    said.out.mkdir(parents=True, exist_ok=True)
    selection = Selection(said.accelerator, said.model, said.quantization)
    with ExitStack() as open_now:
        if sys.platform != "win32":
            # A worker of its own: neither other windows' work nor their cache is in the figures.
            runtime = open_now.enter_context(tempfile.TemporaryDirectory(prefix="phi-quality-"))
            os.environ["XDG_RUNTIME_DIR"] = runtime
        async with open_engine(user_installation(), selection) as engine:
            for name in said.ways:
                await _fill_one_way(filler(name, engine), taken.holes, said.out / f"{name}.jsonl")


async def _fill_one_way(way: Filler, holes: Sequence[Hole], file: Path) -> None:
    known = {record.id for record in read_records(file)}
    began_s = time.monotonic()
    with file.open("a", encoding="utf-8", newline="\n") as kept:
        for hole in holes:
            if hole.id not in known:
                record = await judge(hole, await way.fill(hole))
                kept.write(as_line(record))
                kept.flush()
    _tell(f"{way.name}: {len(holes)} holes, {time.monotonic() - began_s:.0f} s")


def _show(folders: Sequence[Path], by: str, baseline: str) -> None:
    runs: dict[str, Sequence[Record]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.jsonl")):
            name = file.stem if len(folders) == 1 else f"{folder.name}/{file.stem}"
            runs[name] = read_records(file)
    shown = [
        tables.overview(runs, by=lambda _: "all"),
        tables.overview(runs, by=PARTS[by]),
        tables.filters(runs),
    ]
    if baseline in runs:
        shown.append(tables.comparison(runs, baseline))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n\n".join(shown) + "\n")


def _tell(what: str) -> None:
    sys.stderr.write(f"quality: {what}\n")
    sys.stderr.flush()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    told = argparse.ArgumentParser(add_help=False)
    told.add_argument("--by", choices=PARTS, default="group", help="how the second table is parted")
    told.add_argument("--baseline", default=PRODUCT, help="what the others are compared with")
    fill = commands.add_parser("fill", parents=[told], help="fill holes")
    fill.add_argument("--ways", nargs="+", choices=NAMES, default=[PRODUCT], metavar="NAME",
                      help=f"some of: {', '.join(NAMES)}")  # fmt: skip
    every = manifest.groups()
    fill.add_argument("--groups", nargs="+", choices=every, default=every, metavar="NAME",
                      help=f"some of: {', '.join(every)}")  # fmt: skip
    fill.add_argument("--kinds", nargs="+", choices=list(Kind), default=list(Kind), metavar="NAME",
                      help=f"some of: {', '.join(Kind)}")  # fmt: skip
    fill.add_argument("--per-kind", type=int, default=40, help="holes of a kind, in each group")
    fill.add_argument("--accelerator", default="openvino-genai/CPU")
    fill.add_argument("--model", default="starter")
    fill.add_argument("--quantization")
    fill.add_argument("--out", type=Path, required=True, help="a folder for what is kept")
    show = commands.add_parser("show", parents=[told], help="print the tables of runs")
    show.add_argument("folders", nargs="+", type=Path)
    commands.add_parser("manifest", help="choose the holes anew, after a change of the sources")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
