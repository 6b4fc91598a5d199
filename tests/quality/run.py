"""How good completions are, on this machine and with one model.

    npm run quality -- measure [PLAN ...]
    npm run quality -- tables
    npm run quality -- fill --ways product peer-llm-ls --per-kind 40 --out FOLDER
    npm run quality -- show FOLDER [FOLDER ...] [--by kind] [--half first]

`measure` carries out the plans of `plans.py` and prints the tables of docs/quality.md, which
`tables` does of what there is. `fill` is for other holes and ways, and `show` prints their tables
anew, also of several runs together. A line of JSON per hole is kept in a file per way; what is in
the file already is not filled again, so that whatever was ended goes on where it was.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The package's own name, and none of its files under the name of a standard module.
sys.path[0] = str(HERE.parent)

from phi_sidecar.accelerators.selection import Selection  # noqa: E402
from phi_sidecar.engine.installation import user_installation  # noqa: E402
from phi_sidecar.errors import PhiSidecarError  # noqa: E402
from phi_sidecar.rpc import silence_pygls  # noqa: E402

from quality import manifest, report, tables  # noqa: E402
from quality.engines import open_engine  # noqa: E402
from quality.holes import Kind  # noqa: E402
from quality.measuring import fill, measure, take  # noqa: E402
from quality.plans import PLANS  # noqa: E402
from quality.records import Record, read_records  # noqa: E402
from quality.strategies import NAMES, PRODUCT, filler  # noqa: E402

PARTS: Mapping[str, Callable[[Record], str]] = {
    "group": lambda record: record.group,
    "kind": lambda record: f"{record.group}, {record.kind}",
    "situation": lambda record: record.situation,
}


KEPT = HERE.parents[1] / ".cache" / "quality"

HALVES: Mapping[str, tuple[bool, ...]] = {
    "both": (True, False),
    "first": (True,),
    "second": (False,),
}
"""The half that things are fitted on, and the one that tells how well they fit."""


def main() -> int:
    """Do what is asked for; returns the exit code."""
    said = _parse(sys.argv[1:])
    silence_pygls()
    try:
        match said.command:
            case "measure":
                with _own_workers():
                    asyncio.run(measure([PLANS[name] for name in said.plans or PLANS], said.out))
                _print([report.markdown(said.out)])
            case "tables":
                _print([report.markdown(said.out) or "Nothing has been measured yet."])
            case "fill":
                asyncio.run(_fill(said))
                _show([said.out], said)
            case "show":
                _show(said.folders, said)
            case _:
                asyncio.run(manifest.write())
    except PhiSidecarError as error:
        sys.stderr.write(f"\n{error}\n{error.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


async def _fill(said: argparse.Namespace) -> None:
    taken = take(said.groups, said.kinds, said.per_kind)
    holes = [hole for hole in taken if hole.first_half in HALVES[said.half]]
    said.out.mkdir(parents=True, exist_ok=True)
    selection = Selection(said.accelerator, said.model, said.quantization)
    with _own_workers():
        async with open_engine(user_installation(), selection) as engine:
            for name in said.ways:
                await fill(filler(name, engine), holes, said.out / f"{name}.jsonl")


@contextmanager
def _own_workers() -> Iterator[None]:
    """Let workers be started for this run alone: neither others' work nor their cache is in it."""
    with tempfile.TemporaryDirectory(prefix="phi-quality-") as runtime:
        if sys.platform != "win32":
            os.environ["XDG_RUNTIME_DIR"] = runtime
        yield


def _show(folders: Sequence[Path], said: argparse.Namespace) -> None:
    runs: dict[str, Sequence[Record]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.jsonl")):
            name = file.stem if len(folders) == 1 else f"{folder.name}/{file.stem}"
            known = [r for r in read_records(file) if r.first_half in HALVES[said.half]]
            if known:
                runs[name] = known
    shown = [
        tables.overview(runs, by=lambda _: "all"),
        tables.overview(runs, by=PARTS[said.by]),
        tables.filters(runs),
    ]
    if said.baseline in runs:
        shown.append(tables.comparison(runs, said.baseline))
    _print(shown)


def _print(shown: Sequence[str]) -> None:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n\n".join(shown) + "\n")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    durations = ", ".join(f"{name} ({plan.minutes} min)" for name, plan in PLANS.items())
    measuring = commands.add_parser("measure", help="what docs/quality.md tells of")
    measuring.add_argument("plans", nargs="*", choices=[*PLANS, []], metavar="PLAN",
                         help=f"some of: {durations}")  # fmt: skip
    printing = commands.add_parser("tables", help="print the tables of what was measured")
    for command in (measuring, printing):
        command.add_argument("--out", type=Path, default=KEPT, help="a folder for what is kept")
    told = argparse.ArgumentParser(add_help=False)
    told.add_argument("--by", choices=PARTS, default="group", help="how the second table is parted")
    told.add_argument("--half", choices=HALVES, default="both", help="of the holes")
    told.add_argument("--baseline", default=PRODUCT, help="what the others are compared with")
    filling = commands.add_parser("fill", parents=[told], help="fill holes")
    filling.add_argument("--ways", nargs="+", choices=NAMES, default=[PRODUCT], metavar="NAME",
                         help=f"some of: {', '.join(NAMES)}")  # fmt: skip
    every = manifest.groups()
    filling.add_argument("--groups", nargs="+", choices=every, default=every, metavar="NAME",
                         help=f"some of: {', '.join(every)}")  # fmt: skip
    kinds = list(Kind)
    filling.add_argument("--kinds", nargs="+", choices=kinds, default=kinds, metavar="NAME",
                         help=f"some of: {', '.join(Kind)}")  # fmt: skip
    filling.add_argument("--per-kind", type=int, default=40, help="holes of a kind, in each group")
    filling.add_argument("--accelerator", default="openvino-genai/CPU")
    filling.add_argument("--model", default="starter")
    filling.add_argument("--quantization")
    filling.add_argument("--out", type=Path, required=True, help="a folder for what is kept")
    show = commands.add_parser("show", parents=[told], help="print the tables of runs")
    show.add_argument("folders", nargs="+", type=Path)
    commands.add_parser("manifest", help="choose the holes anew, after a change of the sources")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
