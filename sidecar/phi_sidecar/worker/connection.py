"""One client of a worker: a sidecar that has shown the secret, and what it asked for."""

import asyncio
import contextlib
import hmac
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from lsprotocol import types as lsp

from phi_sidecar import __version__, rpc
from phi_sidecar.backends.base import GenerateRequest
from phi_sidecar.errors import NotAuthenticated
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.worker.endpoint import prove
from phi_sidecar.worker.residence import Residence
from phi_sidecar.worker.scheduler import Done, Update
from phi_sidecar.worker.stretches import Text

log = logging.getLogger(__name__)

AUTHENTICATION_TIMEOUT_S = 10.0

HANG_UP_AFTER_S = 0.1
"""Time for the refusal itself to go out."""

NOTICED_AFTER_S = 0.05
"""Time until those who hung up a moment ago are noticed: connections are read in no order."""

ALL_LEFT_WITHIN_S = 1.0
"""How long one who takes leave waits for the others to do the same: several windows, or several
connections of one, leave together, and on a busy computer one after the other."""


@dataclass
class Census:
    """What all connections of a worker are doing, together.

    Attributes:
        clients: how many there are now.
        came: how many have ever come.
        nobody: the last client has gone; not set before the first one came.
    """

    clients: int = 0
    came: int = 0
    completions: int = 0
    chats: int = 0
    nobody: asyncio.Event = field(default_factory=asyncio.Event)

    async def nobody_within(self, seconds: float) -> bool:
        """Wait until no client is left; tells whether that came about."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.nobody.wait(), seconds)
        return self.clients == 0

    def comes(self) -> None:
        """Count a client."""
        self.clients += 1
        self.came += 1
        self.nobody.clear()

    def goes(self) -> None:
        """Count a client no more."""
        self.clients -= 1
        if self.clients == 0:
            self.nobody.set()


class Connection:
    """Serves one connection until it ends."""

    def __init__(
        self, residence: Residence, census: Census, secret: str, on_unload: Callable[[], None]
    ) -> None:
        self._residence = residence
        self._census = census
        self._secret = secret
        self._on_unload = on_unload
        self._authenticated = asyncio.Event()
        self._counted = False
        self._stop = threading.Event()
        self._running: set[asyncio.Task[p.GenerateResult]] = set()
        self._server = rpc.Peer()
        feature = self._server.feature
        feature(methods.WORKER_AUTHENTICATE.name)(rpc.translated(self.authenticate))
        feature(methods.WORKER_LOAD.name)(rpc.translated(self.load))
        feature(methods.WORKER_GENERATE.name)(rpc.translated(self.generate))
        feature(methods.WORKER_COUNT_TOKENS.name)(rpc.translated(self.count_tokens))
        feature(methods.WORKER_STATUS.name)(rpc.translated(self.status))
        feature(methods.WORKER_UNLOAD.name)(rpc.translated(self.unload))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer messages until the client goes, then end what it had asked for."""
        self._server.protocol.set_writer(writer)
        reading = asyncio.create_task(rpc.read_messages(self._server.protocol, reader, self._stop))
        try:
            await self._wait_for_secret(reading)
            if self._authenticated.is_set():
                self._census.comes()
                self._counted = True
                try:
                    await reading
                finally:
                    self._uncount()
        finally:
            reading.cancel()
            # pygls leaves the handlers of a dropped connection running.
            for task in self._running:
                task.cancel()
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def authenticate(self, params: p.AuthenticateParams) -> p.AuthenticateResult:
        """Check that the client knows the secret, and prove the same; else hang up."""
        wanted = prove(self._secret, "client", params.nonce)
        if not hmac.compare_digest(params.proof, wanted):
            self._stop.set()
            asyncio.get_running_loop().call_later(HANG_UP_AFTER_S, self._hang_up)
            raise NotAuthenticated("The secret is not this worker's.")
        self._authenticated.set()
        return p.AuthenticateResult(
            proof=prove(self._secret, "worker", params.nonce), pid=os.getpid(), version=__version__
        )

    async def load(self, params: p.LoadParams) -> p.LoadResult:
        """Load the model, or wait for the load under way."""
        self._require_secret()

        def tell(value: object) -> None:
            if params.work_done_token is not None and not self._stop.is_set():
                progress = lsp.ProgressParams(token=params.work_done_token, value=value)
                self._server.protocol.notify(lsp.PROGRESS, progress)

        tell(lsp.WorkDoneProgressBegin(title="Loading the model"))
        try:
            return await self._residence.load(
                lambda: tell(lsp.WorkDoneProgressReport(message="Warming up"))
            )
        finally:
            tell(lsp.WorkDoneProgressEnd())

    async def generate(self, params: p.GenerateParams) -> p.GenerateResult:
        """Generate; a cancel ends the decode and returns what came."""
        self._require_secret()
        self._count(params.lane, 1)
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            return await self._generate(params)
        finally:
            self._running.discard(task)
            self._count(params.lane, -1)

    async def count_tokens(self, params: p.CountTokensParams) -> p.CountTokensResult:
        """Count the tokens of prompts; what is being generated goes on."""
        self._require_secret()
        loop = asyncio.get_running_loop()
        counted: asyncio.Future[list[int]] = loop.create_future()

        def deliver(tokens: list[int] | Exception) -> None:
            if counted.done():
                return  # Nobody waits any more.
            if isinstance(tokens, Exception):
                counted.set_exception(tokens)
            else:
                counted.set_result(tokens)

        def sink(tokens: list[int] | Exception) -> None:
            # The loop is closed when the worker leaves; then nobody waits for the numbers.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(deliver, tokens)

        self._residence.scheduler.count(params.prompts, sink)
        return p.CountTokensResult(tokens=await counted)

    async def status(self, params: p.WorkerStatusParams) -> p.WorkerStatus:
        """Say what is going on."""
        self._require_secret()
        await asyncio.sleep(NOTICED_AFTER_S)
        return p.WorkerStatus(
            loaded=self._residence.loaded,
            clients=self._census.clients,
            completions_under_way=self._census.completions,
            chats_under_way=self._census.chats,
            resident_bytes=psutil.Process().memory_info().rss,
        )

    async def unload(self, params: p.UnloadParams) -> p.UnloadResult:
        """Take leave; the worker ends, and with it all its memory, unless others use it."""
        self._require_secret()
        self._uncount()
        ends = await self._census.nobody_within(ALL_LEFT_WITHIN_S)
        if ends:
            asyncio.get_running_loop().call_soon(self._on_unload)
        return p.UnloadResult(ends=ends)

    async def _generate(self, params: p.GenerateParams) -> p.GenerateResult:
        scheduler = self._residence.scheduler
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Done] = loop.create_future()
        texts: list[str] = []

        def deliver(update: Update) -> None:
            match update:
                case Text():
                    texts.append(update.text)
                    self._stream(params.partial_result_token, update)
                case Done():
                    ended.set_result(update)
                case Exception():
                    ended.set_exception(update)

        def sink(update: Update) -> None:
            # The loop is closed when the worker leaves; then nobody waits for the update.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(deliver, update)

        request = GenerateRequest(
            id=self._residence.new_id(),
            lane=params.lane,
            prompt=params.prompt,
            sampling=params.sampling,
            stop=tuple(params.stop),
            log_probs=params.log_probs,
            given=params.given,
        )
        scheduler.submit(request, sink)
        while True:
            try:
                done = await asyncio.shield(ended)
            except asyncio.CancelledError:
                # What came until then is the result, so the end is waited for.
                scheduler.cancel(request.id)
            else:
                return p.GenerateResult(
                    text="".join(texts), finish_reason=done.reason, metrics=done.metrics
                )

    def _stream(self, token: str | int | None, piece: Text) -> None:
        if token is not None:
            chunk = p.TextChunk(text=piece.text, tokens=piece.tokens, log_prob=piece.log_prob)
            progress = lsp.ProgressParams(token=token, value=chunk)
            self._server.protocol.notify(lsp.PROGRESS, progress)

    async def _wait_for_secret(self, reading: asyncio.Task[None]) -> None:
        waiting = asyncio.create_task(self._authenticated.wait())
        await asyncio.wait(
            [waiting, reading],
            timeout=AUTHENTICATION_TIMEOUT_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        waiting.cancel()

    def _require_secret(self) -> None:
        if not self._authenticated.is_set():
            raise NotAuthenticated("The first message must be worker/authenticate.")

    def _uncount(self) -> None:
        if self._counted:
            self._counted = False
            self._census.goes()

    def _hang_up(self) -> None:
        writer = self._server.protocol.writer
        if writer is not None:
            writer.close()

    def _count(self, lane: p.Lane, change: int) -> None:
        match lane:
            case p.Lane.completion:
                self._census.completions += change
            case p.Lane.chat:
                self._census.chats += change
