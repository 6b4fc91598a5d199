"""Have a model answer for a run: the user's own, or one that the tests build."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.engine import Engine
from phi_sidecar.engine.installation import Installation, installation_in, user_installation
from phi_sidecar.errors import NotReady, PreparationFailed
from phi_sidecar.generated.protocol import Phase
from phi_sidecar.paths import user_paths

ACCELERATOR = "openvino-genai/CPU"

_BUILD = Path(__file__).parents[1] / "models" / "build.py"


@asynccontextmanager
async def open_engine(installation: Installation, selection: Selection) -> AsyncIterator[Engine]:
    """Have a model answer; its worker leaves by itself once the context has ended.

    Raises:
        NotReady: it does not come up, and the message says why.
    """
    engine = Engine(installation, lambda _: None)
    try:
        engine.start(selection)
        await engine.ready()
        status = engine.status
        if status.phase is not Phase.ready:
            raise NotReady(status.reason or "No model answers.", remedy=status.remedy)
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def open_model(model: str) -> AsyncIterator[Engine]:
    """Have a model of a plan answer: the catalog's, or one of the tests' by name and form.

    Raises:
        NotReady: it does not come up, and the message says why.
        PreparationFailed: it cannot be made.
    """
    if "/" not in model:
        async with open_engine(user_installation(), Selection(ACCELERATOR, model, None)) as engine:
            yield engine
        return
    folder = await _built(model)
    with tempfile.TemporaryDirectory(prefix="phi-quality-data-") as home:
        installation = _apart(Path(home))
        imported = await installation.imports.add(folder, model.replace("/", "-"))
        async with open_engine(installation, Selection(ACCELERATOR, imported.id, None)) as engine:
            yield engine


def _apart(home: Path) -> Installation:
    """Return an installation that has the user's runtimes and remembers nothing for them."""
    mine = user_paths()
    (home / "environments").symlink_to(mine.environments, target_is_directory=True)
    return installation_in(replace(mine, data=home, cache=home / "cache"), load_backends())


async def _built(model: str) -> Path:
    """Return where a model of the tests lies; it is made if it is not there."""
    making = await asyncio.create_subprocess_exec(
        sys.executable, str(_BUILD), model, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await making.communicate()
    if making.returncode:
        raise PreparationFailed(f"{model} could not be made.", remedy="npm test makes it as well.")
    return Path(told.decode().splitlines()[-1])
