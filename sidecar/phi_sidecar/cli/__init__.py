"""The command line: the product's door for scripts, for bug reports and for its own tests."""

import asyncio
import io
import json
import os
import sys

from phi_sidecar.cli.arguments import parse
from phi_sidecar.errors import PhiSidecarError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the signal's number."""


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    args = parse(sys.argv[1:])
    if args.command == "serve":
        # Up before any model, and before anything that only the other commands need.
        from phi_sidecar.cli.serve import serve

        _leave(serve(args.log_level))
    from phi_sidecar.cli import commands

    if isinstance(sys.stdout, io.TextIOWrapper):
        # Windows would write a pipe in an encoding that lacks most characters.
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        code = asyncio.run(commands.run(args))
    except PhiSidecarError as error:
        print(f"phi-sidecar: {error}\n{error.remedy}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has read enough, as `head` does.
        os._exit(0)
    _leave(code)


def print_json(value: object) -> None:
    """Print a result for scripts: one JSON value."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _leave(code: int) -> None:
    """End now: a thread that still waits for stdin must not keep the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
