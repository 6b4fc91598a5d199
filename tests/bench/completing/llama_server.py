"""llama.cpp's server, and its HTTP API as far as a completion needs it."""

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from phi_sidecar.provision.interpreter import clean_environ

from completing.http import HOST, Connection, ServerFailed

LOADED_WITHIN_S = 60.0
ASK_EVERY_S = 0.05
COMPUTED = re.compile(r"^llamacpp:prompt_tokens_total (\S+)", re.MULTILINE)

# As llama.vscode starts it; one slot, since one person types.
OPTIONS = (
    *("--ubatch-size", "1024", "--batch-size", "1024"),
    *("--ctx-size", "0", "--cache-reuse", "256", "--parallel", "1"),
    *("--metrics", "--no-webui", "--log-disable"),
)


class LlamaServer:
    """A running server."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self._usage = psutil.Process(process.pid)
        self._completions = Connection(port)
        self._beside = Connection(port)

    @property
    def cpu_s(self) -> float:
        """What its process has used so far."""
        times = self._usage.cpu_times()
        return float(times.user + times.system)

    async def complete(self, body: Mapping[str, object]) -> str:
        """Continue a prompt; cancelling it ends the work at the next token."""
        # Streamed, for the server looks after every piece whether somebody still listens.
        said = await self._completions.post("/completion", {**body, "stream": True})
        events = (json.loads(line[6:]) for line in said.split(b"\n") if line.startswith(b"data: "))
        return "".join(event.get("content", "") for event in events)

    async def first_token(self, prompt: str) -> None:
        """Read a prompt, and write one token."""
        await self.complete({"prompt": prompt, "n_predict": 1, "temperature": 0})

    async def token_ms(self, prompt: str, tokens: int) -> float:
        """Return what a token takes behind a prompt, as the server itself has measured it."""
        body = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True}
        told = json.loads(await self._completions.post("/completion", body))
        return float(told["timings"]["predicted_per_token_ms"])

    async def prompt_tokens(self) -> int:
        """Return how many tokens of prompts it has computed so far."""
        told = COMPUTED.search((await self._beside.get("/metrics")).decode())
        if told is None:
            raise ServerFailed("the server does not say how many prompt tokens it computed")
        return int(float(told[1]))

    async def ready(self) -> None:
        """Wait until it has loaded its model.

        Raises:
            ServerFailed: it ended instead, or takes too long.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOADED_WITHIN_S):
                while self._process.returncode is None:
                    with contextlib.suppress(ServerFailed):
                        await self._beside.get("/health")
                        return
                    await asyncio.sleep(ASK_EVERY_S)
        raise ServerFailed("llama-server did not load its model")

    def hang_up(self) -> None:
        """Close the connections."""
        self._completions.hang_up()
        self._beside.hang_up()


@asynccontextmanager
async def open_server(program: Path, weights: Path, threads: int) -> AsyncIterator[LlamaServer]:
    """Start a server; it ends with the context."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(str(program), "--model", str(weights), "--host", HOST, "--port", str(port)),
        *("--threads", str(threads), "--threads-batch", str(threads), *OPTIONS),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=clean_environ(),
    )
    server = None
    try:
        server = LlamaServer(process, port)
        await server.ready()
        yield server
    finally:
        if server is not None:
            server.hang_up()
        if process.returncode is None:
            process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
