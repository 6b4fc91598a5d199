"""The other side of `children/direct.py`."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from phi_sidecar.provision.interpreter import clean_environ

SCRIPT = Path(__file__).parents[1] / "children" / "direct.py"

LONGEST_LINE_BYTES = 1 << 20


class DirectFailed(Exception):
    """The library could not be called; the text says why."""


class Direct:
    """OpenVINO GenAI in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.version = ""

    async def trim(self, text: str, tokens: int) -> str:
        """Return the beginning of a text that has exactly so many tokens."""
        trimmed = await self._ask(do="trim", text=text, tokens=tokens)
        assert isinstance(trimmed, str)
        return trimmed

    async def generate(self, api: str, text: str, tokens: int) -> Sequence[float]:
        """Continue a text by `llm` or `continuous`; returns when each token came, in ms."""
        at_ms = await self._ask(do="generate", api=api, text=text, tokens=tokens)
        assert isinstance(at_ms, list)
        return at_ms

    async def read(self) -> object:
        """Take the next answer.

        Raises:
            DirectFailed: the process ended.
        """
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            code = await self._process.wait()
            raise DirectFailed(f"OpenVINO GenAI's process ended with exit code {code}")
        return json.loads(line)

    async def _ask(self, **question: object) -> object:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.read()


@asynccontextmanager
async def open_direct(
    python: Path, model: Path, options: Mapping[str, str]
) -> AsyncIterator[Direct]:
    """Load the model with nothing of the product in between."""
    process = await asyncio.create_subprocess_exec(
        str(python),
        *("-I", "-X", "utf8", str(SCRIPT), str(model), json.dumps(options)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=clean_environ(),
        limit=LONGEST_LINE_BYTES,
    )
    try:
        direct = Direct(process)
        direct.version = str(await direct.read())
        yield direct
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
