"""The main job, done once for people to see: `npm start` runs it after set-up.

It speaks to the real sidecar as an editor does. Nothing of what it shows is prepared.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from demo_screen import Screen
from phi_sidecar import __version__
from phi_sidecar.cli.source_file import LANGUAGES
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated import protocol as p
from sidecar_client import SidecarClient

SAMPLE = Path(__file__).parent / "sample"

LINES_SHOWN_ABOVE = 2


@dataclass(frozen=True)
class Place:
    """A place in a file, as if its author were typing there now.

    Attributes:
        line: from 1.
        typed: what of this line is typed already; the rest of it is taken out.
    """

    file: str
    line: int
    typed: str


PLACES = (
    Place("inventory.py", 28, "    def remove("),
    Place("inventory.py", 32, "            raise ValueError("),
    Place("inventory.py", 35, "    "),
    Place("inventory.py", 37, "        return sum(item.price"),
    Place("inventory.ts", 19, "    for ("),
)

QUESTION = "Explain in one sentence what a hash table is."
ANSWER_TOKENS = 120


async def demo(screen: Screen) -> None:
    """Do the main job.

    Raises:
        PhiSidecarError: no model answers, or the sidecar fails.
    """
    began_s = time.perf_counter()
    screen.title(f"Phi Sidecar {__version__}", "a private code assistant on this machine")
    client = await SidecarClient.start(lambda status: screen.progress(status.progress))
    try:
        up_ms = (time.perf_counter() - began_s) * 1000
        screen.line(f"The sidecar is up after {up_ms:.0f} ms; its model loads meanwhile.")
        await _accelerators(client, screen)
        await _ready(client, screen, began_s)
        screen.line("")
        screen.paragraph(
            "Below, the rest of each line is taken out before the model is asked; "
            "marked is what it suggests.",
            faint=True,
        )
        for place in PLACES:
            await _complete(client, screen, place)
        await _chat(client, screen)
    finally:
        await client.close()
    _how_to_go_on(screen)


async def _accelerators(client: SidecarClient, screen: Screen) -> None:
    rows = await client.list_accelerators()
    screen.heading("Accelerators")
    for row in rows:
        mark = "●" if row.active else "○" if row.usable else "·"
        state = "selected" if row.active else "usable"
        if not row.usable:
            state = "not usable"
        elif not row.runtime_installed:
            state = "usable once set up"
        screen.line(f"{mark} {row.name:<26}{row.id:<24}{state}", faint=not row.usable)
        if row.reason:
            screen.paragraph(f"{row.reason} {row.remedy or ''}".strip(), indent=4, faint=True)


async def _ready(client: SidecarClient, screen: Screen, began_s: float) -> None:
    status = await client.settled()
    screen.progress(None)
    if status.phase is not p.Phase.ready or status.model is None:
        raise PhiSidecarError(status.reason or "No model is available.", remedy=status.remedy)
    model = status.model
    screen.heading("Selected")
    screen.line(f"{model.name}, {model.quantization}, on {status.accelerator_name}")
    screen.line(
        f"executing on {status.executing_device}, "
        f"ready after {time.perf_counter() - began_s:.1f} s",
        faint=True,
    )


async def _complete(client: SidecarClient, screen: Screen, place: Place) -> None:
    file = SAMPLE / place.file
    lines = file.read_text(encoding="utf-8").split("\n")
    index = place.line - 1
    if not lines[index].startswith(place.typed):
        raise PhiSidecarError(
            f"Line {place.line} of {file} does not begin with {place.typed.strip()!r}.",
            remedy="The sample was edited; restore it, or adapt tools/demo.py.",
        )
    lines[index] = place.typed
    uri = file.resolve().as_uri()
    client.open(uri, LANGUAGES[file.suffix], "\n".join(lines))
    result = await client.complete(
        p.DocumentIdentifier(uri=uri, version=1),
        p.Position(line=index, character=len(place.typed)),
        p.TriggerKind.invoked,
    )
    client.close_document(uri)
    screen.heading(f"Completion in {file.relative_to(SAMPLE.parent.parent)}, line {place.line}")
    above = range(max(0, index - LINES_SHOWN_ABOVE), index)
    for at in above:
        screen.code(at + 1, lines[at])
    if result.items:
        screen.code(place.line, place.typed, suggested=result.items[0].text)
    else:
        screen.code(place.line, place.typed)
        screen.line(f"no suggestion: {result.detail or result.outcome.value}", faint=True)
    if result.metrics is not None:
        _metrics(screen, result.metrics)


async def _chat(client: SidecarClient, screen: Screen) -> None:
    screen.heading(f"Chat: {QUESTION}")
    with screen.streamed() as show:
        result = await client.chat(QUESTION, ANSWER_TOKENS, show)
    _metrics(screen, result.metrics)


def _metrics(screen: Screen, metrics: p.GenerationMetrics) -> None:
    speed = "-" if not metrics.tpot_ms else f"{1000 / metrics.tpot_ms:.0f}"
    screen.line(
        f"TTFT {_ms(metrics.ttft_ms)} · TPOT {_ms(metrics.tpot_ms, 1)} · {speed} tokens/s · "
        f"prompt {metrics.prompt_tokens} ({metrics.cached_tokens} cached) · "
        f"{metrics.completion_tokens} written",
        faint=True,
    )


def _ms(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f} ms"


def _how_to_go_on(screen: Screen) -> None:
    screen.heading("In VS Code")
    screen.line("npm start -- --editor     opens it with the extension and this sample")
    screen.line("npm run package           builds the .vsix; install it with")
    screen.line("                          code --install-extension <the .vsix it names>")


def main() -> int:
    """Run the demo; returns the exit code."""
    screen = Screen(sys.stdout)
    try:
        asyncio.run(demo(screen))
    except PhiSidecarError as error:
        screen.progress(None)
        sys.stderr.write(f"\n{error}\n{error.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
