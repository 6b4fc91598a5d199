"""The arguments of the command line."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from phi_sidecar import __version__
from phi_sidecar.generated.protocol import SlashCommand


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse; what does not fit ends the process with a usage message and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="phi-sidecar",
        description="A private code assistant that runs on the accelerator you choose.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = _shared_options()

    serve = commands.add_parser("serve", help="serve an editor over stdin and stdout (LSP)")
    serve.add_argument("--stdio", action="store_true", help="the default, as editors pass it")
    serve.add_argument(
        "--log-level",
        default=os.environ.get("PHI_SIDECAR_LOG_LEVEL", "info"),
        choices=["debug", "info", "warning", "error"],
    )

    complete = commands.add_parser(
        "complete", parents=[shared], help="complete code at a place in a file"
    )
    complete.add_argument("file", type=Path)
    complete.add_argument("line", type=int, help="from 1")
    complete.add_argument("column", type=int, help="from 1, in UTF-16 units as editors count")

    chat = commands.add_parser("chat", parents=[shared], help="ask a question")
    chat.add_argument("prompt", help="the question; may be empty with --command")
    chat.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="PATH[:FIRST-LAST]",
        help="code that goes with the question, lines from 1; may be given several times",
    )
    chat.add_argument(
        "--command",
        dest="slash_command",
        choices=[command.value for command in SlashCommand],
        help="what is asked of the code",
    )
    chat.add_argument("--system", metavar="TEXT", help="instead of the built-in system prompt")
    chat.add_argument("--max-new-tokens", type=_positive, default=1024)
    chat.add_argument("--temperature", type=float, default=0.0)

    bench = commands.add_parser("bench", parents=[shared], help="measure the accelerator's speed")
    bench.add_argument(
        "--quality",
        action="store_true",
        help="measure instead how many holes in code are filled rightly, in each way of asking",
    )
    bench.add_argument(
        "--use",
        nargs="?",
        const="recommended",
        metavar="WAY",
        help="with --quality: ask the model in this way from its next start on, in the recommended"
        " one without a name; `default` goes back to the product's own choice",
    )

    accelerators = commands.add_parser("accelerators", help="what can run the model here")
    accelerators_commands = accelerators.add_subparsers(dest="action", required=True)
    accelerators_commands.add_parser("list", parents=[shared])
    measure = accelerators_commands.add_parser(
        "measure",
        parents=[shared],
        help="compare the speed of those that are ready; fetches nothing",
    )
    measure.add_argument("id", nargs="*", help="only these")

    models = commands.add_parser("models", help="which models there are")
    models_commands = models.add_subparsers(dest="action", required=True)
    models_commands.add_parser("list", parents=[shared], help="with size on disk and last use")
    prepare = models_commands.add_parser(
        "prepare", parents=[shared], help="fetch a model and set up the runtime that runs it"
    )
    prepare.add_argument("id", nargs="?", default="starter")
    remove = models_commands.add_parser(
        "remove", parents=[shared], help="delete a model's files, or one build's"
    )
    remove.add_argument("id")
    for command in (prepare, remove):
        command.add_argument("--build", metavar="ID", help="which of the model's")
    verify = models_commands.add_parser(
        "verify", parents=[shared], help="compare the catalog with the model hub; asks the network"
    )
    verify.add_argument("id", nargs="?", help="one model instead of all")

    convert = models_commands.add_parser(
        "convert", parents=[shared], help="make another form of a model on this machine"
    )
    convert.add_argument("id")
    convert.add_argument("--to", metavar="FORM", help="such as openvino-int4; see the list")
    importing = models_commands.add_parser(
        "import", parents=[shared], help="use a model that lies in a folder of yours"
    )
    importing.add_argument("folder", type=Path, help="or a GGUF file")
    importing.add_argument("--name", help="instead of the folder's")

    environments = commands.add_parser("environments", help="the runtimes' Python environments")
    environments_commands = environments.add_subparsers(dest="action", required=True)
    environments_commands.add_parser("list", parents=[shared])
    for action, does in (
        ("plan", "show what it holds, what is fetched for it, and what it takes on disk"),
        ("prepare", "make it, or repair it"),
        ("remove", "delete it"),
    ):
        one = environments_commands.add_parser(action, parents=[shared], help=does)
        one.add_argument("name", help="as the list says")

    commands.add_parser("doctor", parents=[shared], help="check everything; fit for a bug report")
    return parser.parse_args(arguments)


def _shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print JSON for scripts")
    shared.add_argument("--accelerator", metavar="ID", help="instead of the selected one")
    shared.add_argument("--model", metavar="ID", help="instead of the selected one")
    shared.add_argument("--quantization", metavar="NAME", help="which of the model's")
    return shared


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
