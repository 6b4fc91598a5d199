"""The sidecar's end of a connection to a worker."""

import asyncio
import contextlib
import hmac
import logging
import secrets
import subprocess
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from lsprotocol import types as lsp

from phi_sidecar import rpc
from phi_sidecar.engine.launcher import WorkerSpec, forget_worker, reach_worker
from phi_sidecar.errors import NotAuthenticated, PhiSidecarError, WorkerDied
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report, ignore
from phi_sidecar.wire import structure
from phi_sidecar.worker.endpoint import prove

P = TypeVar("P")
R = TypeVar("R")
OnChunk = Callable[[p.TextChunk], None]

log = logging.getLogger(__name__)

ABANDON_TIMEOUT_S = 3.0
"""How long a worker that is not needed after all may take to say that it heard so. It waits a
second for other clients to go."""

GONE_WITHIN_S = 5.0
"""How long a worker that leaves, or was ended by force, may take until its memory is free."""

AUTHENTICATION_TIMEOUT_S = 20.0
"""A worker that loads may hold its interpreter's lock for seconds; a wedged one never answers."""


class WorkerClient:
    """A connection to a worker; made by `connect`."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self.ended = asyncio.Event()
        """Set when the connection is gone, whoever ended it."""
        self.started: subprocess.Popen[bytes] | None = None
        """The worker's process, where it was started for this connection."""
        self._writer = writer
        self._stop = threading.Event()
        self._on_chunk: dict[str | int, OnChunk] = {}
        self._on_step: dict[str | int, Report] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._peer = rpc.Peer()
        self._peer.feature(lsp.PROGRESS)(lambda params: self._on_progress(params))
        self._peer.protocol.set_writer(writer)
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def connect(
        cls, spec: WorkerSpec, paths: Paths, report: Report = ignore
    ) -> "WorkerClient":
        """Reach the worker of this spec, started if need be, and show it the secret.

        A cancel leaves no process behind that nobody else uses.

        Raises:
            WorkerDied: it could not be started.
            NotAuthenticated: it does not take the secret, or its place is not ours.
        """
        reached = await reach_worker(spec, paths, report)
        client = cls(reached.endpoint.pid, *reached.streams)
        client.started = reached.started
        try:
            async with asyncio.timeout(AUTHENTICATION_TIMEOUT_S):
                await client.authenticate(reached.endpoint.secret)
        except TimeoutError:
            await client.abandon()
            forget_worker(spec, paths)
            raise WorkerDied("The worker does not answer.") from None
        except BaseException:
            await client.abandon()
            raise
        return client

    async def load(self, report: Report = ignore) -> p.LoadResult:
        """Have the model loaded and warmed up; quick when it is already.

        Raises:
            PhiSidecarError: it cannot be loaded.
        """
        token = str(uuid.uuid4())
        self._on_step[token] = report
        try:
            return await self._request(methods.WORKER_LOAD, p.LoadParams(work_done_token=token))
        finally:
            del self._on_step[token]

    async def status(self) -> p.WorkerStatus:
        """Ask what the worker is doing."""
        return await self._request(methods.WORKER_STATUS, p.WorkerStatusParams())

    async def retire(self) -> None:
        """Let go once everything asked here is said; the worker ends, unless others use it.

        Returns once its memory is free, if it ends.
        """
        await self.idle()
        await self.leave()

    async def leave(self) -> None:
        """Hang up: the worker ends, unless other windows use it.

        Returns once its memory is free, if it ends. One that does not answer ends later.
        """
        await self._leave(GONE_WITHIN_S)

    async def abandon(self) -> None:
        """Do the same; but one that was started here and does not answer is ended by force.

        In a load it may hear nothing for minutes.
        """
        if await self._leave(ABANDON_TIMEOUT_S) or self.started is None:
            return
        log.info("the worker %d is ended", self.pid)
        self.started.kill()
        await self._gone()

    async def count_tokens(self, prompts: Sequence[p.RawPrompt | p.ChatPrompt]) -> list[int]:
        """Have the worker count the tokens of prompts with the model's own tokenizer.

        Raises:
            NotReady: it has not loaded its model.
            RuntimeFailed: they cannot be counted.
            WorkerDied: the worker ended.
        """
        params = p.CountTokensParams(prompts=list(prompts))
        return (await self._request(methods.WORKER_COUNT_TOKENS, params)).tokens

    def generate(self, params: p.GenerateParams, on_chunk: OnChunk) -> "Generation":
        """Begin a generation; `on_chunk` gets the answer as it comes.

        Raises:
            WorkerDied: the connection is gone already.
        """
        self._require_connection()
        token = str(uuid.uuid4())
        self._on_chunk[token] = on_chunk
        self._idle.clear()
        streamed = replace(params, partial_result_token=token)
        sent = rpc.Sent(self._peer.protocol, methods.WORKER_GENERATE, streamed)
        sent.on_end(lambda: self._forget(token))
        return Generation(sent)

    @property
    def quiet(self) -> bool:
        """Whether nothing is being generated over this connection."""
        return self._idle.is_set()

    async def idle(self) -> None:
        """Wait until nothing is being generated over this connection."""
        await self._idle.wait()

    def close(self) -> None:
        """Hang up; the worker cancels what was under way here."""
        self._stop.set()
        self._reading.cancel()
        with contextlib.suppress(ConnectionError):
            self._writer.close()
        self._end()

    async def authenticate(self, secret: str) -> None:
        """Prove to know the secret, and have the worker prove the same.

        Raises:
            NotAuthenticated: one of the two does not.
        """
        nonce = secrets.token_hex(16)
        params = p.AuthenticateParams(nonce=nonce, proof=prove(secret, "client", nonce))
        result = await self._request(methods.WORKER_AUTHENTICATE, params)
        if not hmac.compare_digest(result.proof, prove(secret, "worker", nonce)):
            raise NotAuthenticated(
                "What answers in the worker's place does not know its secret.",
                remedy="Restart the computer; if it stays, another program poses as the worker.",
            )

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            await rpc.read_messages(self._peer.protocol, reader, self._stop)
        finally:
            self._end()

    def _end(self) -> None:
        self.ended.set()
        # pygls leaves them waiting for ever.
        for future in list(self._peer.protocol._request_futures.values()):
            if not future.done():
                future.set_exception(WorkerDied("The worker ended unexpectedly."))

    async def _leave(self, answers_within_s: float) -> bool:
        """Have the worker end unless others use it, and hang up; tells whether it answered."""
        ends = False
        try:
            async with asyncio.timeout(answers_within_s):
                unloaded = await self._request(methods.WORKER_UNLOAD, p.UnloadParams())
            ends = unloaded.ends
        except (PhiSidecarError, TimeoutError):
            return False
        finally:
            self.close()
        if ends:
            await self._gone()
        return True

    async def _gone(self) -> None:
        """Wait for the end of the process, for what is loaded next to find the memory free."""
        await asyncio.to_thread(self._wait_for_process)

    def _wait_for_process(self) -> None:
        import psutil  # costs the sidecar's start too much

        try:
            if self.started is not None:
                # Whoever waits for it past its `Popen` takes its exit code away.
                self.started.wait(GONE_WITHIN_S)
            else:
                psutil.Process(self.pid).wait(GONE_WITHIN_S)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass  # It is gone, or runs with rights that this process has not.
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            log.warning("the worker %d takes its time to end", self.pid)

    async def _request(self, method: methods.Method[P, R, object], params: P) -> R:
        self._require_connection()
        return await rpc.request(self._peer.protocol, method, params)

    def _forget(self, token: str) -> None:
        del self._on_chunk[token]
        if not self._on_chunk:
            self._idle.set()

    def _require_connection(self) -> None:
        if self.ended.is_set():
            raise WorkerDied("The worker has ended.")

    def _on_progress(self, params: lsp.ProgressParams) -> None:
        if (report := self._on_step.get(params.token)) is not None:
            message = params.value.get("message") if isinstance(params.value, dict) else None
            if isinstance(message, str):
                report(p.StepProgress(step=message))
        if (on_chunk := self._on_chunk.get(params.token)) is not None:
            on_chunk(structure(params.value, p.TextChunk))


class Generation:
    """A generation under way in the worker."""

    def __init__(self, sent: rpc.Sent[p.GenerateResult]) -> None:
        self._sent = sent

    def cancel(self) -> None:
        """Have the worker stop within one step; the result still comes, with what there was."""
        self._sent.cancel()

    async def result(self) -> p.GenerateResult:
        """Wait for the end; giving up the wait does not give up the generation.

        Raises:
            PromptTooLong: nothing was generated.
            WorkerDied: the worker ended in the middle.
        """
        return await self._sent.result()
