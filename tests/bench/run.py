"""`npm run bench`: the figures of this machine, all in one run.

Progress goes to stderr, the figures to stdout.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))

from completing import measure_completion  # noqa: E402
from measuring.activation import measure_activation  # noqa: E402
from measuring.figures import Section  # noqa: E402
from measuring.machine import load_per_core, machine  # noqa: E402
from measuring.panel import measure_panel  # noqa: E402
from measuring.report import as_json, as_markdown, as_table  # noqa: E402
from measuring.session import Session  # noqa: E402
from measuring.startup import measure_startup  # noqa: E402
from phi_sidecar.errors import PhiSidecarError  # noqa: E402
from phi_sidecar.rpc import silence_pygls  # noqa: E402

SECTIONS = (
    "startup",
    "activation",
    "panel",
    "generation",
    "typing",
    "contention",
    "cancel",
    "memory",
)

EVERY_BACKEND = "backends"
"""Needs the environment of every runtime and a model in every form: minutes, and gigabytes."""

COMPLETION = "completion"
"""Beside llama.cpp, which is compiled for it: a quarter of an hour, once, and as long again."""


def main() -> int:
    """Measure what is asked for; returns the exit code."""
    arguments = _parse(sys.argv[1:])
    silence_pygls()
    try:
        sections = asyncio.run(_measure(arguments))
    except PhiSidecarError as error:
        sys.stderr.write(f"\n{error}\n{error.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.json:
        told = json.dumps(as_json(machine(), sections), ensure_ascii=False, indent=2)
    else:
        told = (as_markdown if arguments.markdown else as_table)(machine(), sections)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(told + "\n")
    return 0


async def _measure(arguments: argparse.Namespace) -> list[Section]:
    busy = load_per_core()
    if busy > 0.2:
        _tell(f"The machine is {100 * busy:.0f} % busy already; the figures will suffer.")
    sections: list[Section] = []
    async with AsyncExitStack() as open_now:
        if sys.platform != "win32":
            # A worker of its own: neither other windows' work nor their cache is in the figures.
            runtime = open_now.enter_context(tempfile.TemporaryDirectory(prefix="phi-bench-"))
            os.environ["XDG_RUNTIME_DIR"] = runtime
        session = Session(open_now, _tell)
        for name in (*SECTIONS, EVERY_BACKEND, COMPLETION):
            if name not in arguments.only:
                continue
            began_s = time.monotonic()
            _tell(name)
            match name:
                case "startup":
                    section = await asyncio.to_thread(measure_startup, _tell)
                case "activation":
                    section = await asyncio.to_thread(measure_activation, arguments.vsix)
                case "panel":
                    section = await asyncio.to_thread(measure_panel)
                case "completion":
                    section = await measure_completion(
                        session.installation, arguments.llama, arguments.rounds, _tell,
                        with_peer=arguments.peer, strokes=arguments.strokes,
                    )  # fmt: skip
                case _:
                    section = await session.measure(name)
            section = replace(section, seconds=time.monotonic() - began_s)
            _tell(f"{name}: {section.seconds:.0f} s")
            sections.append(section)
    return sections


def _tell(what: str) -> None:
    sys.stderr.write(f"bench: {what}\n")
    sys.stderr.flush()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run bench --", description=__doc__)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--markdown", action="store_true", help="print what the README shows")
    everything = (*SECTIONS, EVERY_BACKEND, COMPLETION)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--only", nargs="+", choices=everything, default=SECTIONS, metavar="NAME",
        help=f"some of: {', '.join(everything)}",
    )  # fmt: skip
    which.add_argument(
        "--all", dest="only", action="store_const", const=(*SECTIONS, EVERY_BACKEND),
        help="every backend too; installs what is missing of their runtimes",
    )  # fmt: skip
    which.add_argument(
        "--completion", dest="only", action="store_const", const=(COMPLETION,),
        help="ghost text beside llama.cpp's; compiles that first, once",
    )  # fmt: skip
    beside = parser.add_argument_group("with --completion")
    beside.add_argument(
        "--no-peer", dest="peer", action="store_false", help="measure this product alone"
    )
    beside.add_argument(
        "--llama", type=Path, metavar="FOLDER",
        help="use the llama-server and llama-quantize of this folder, rather than compile them",
    )  # fmt: skip
    beside.add_argument(
        "--rounds", type=_at_least_one, default=2, metavar="N",
        help="how often each trace is played to each system, %(default)s if not said",
    )  # fmt: skip
    beside.add_argument(
        "--strokes", type=Path, metavar="FILE",
        help="write what came of every key there, one JSON object a line",
    )  # fmt: skip
    parser.add_argument("--vsix", type=Path, help="the package to activate; else the newest")
    return parser.parse_args(arguments)


def _at_least_one(said: str) -> int:
    number = int(said)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
