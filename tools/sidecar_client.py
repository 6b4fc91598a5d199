"""A client of the sidecar, as an editor is one: the demo and the benchmarks speak through it."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lsprotocol import types as lsp
from phi_sidecar import rpc
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated import methods
from phi_sidecar.generated import protocol as p
from phi_sidecar.wire import structure, unstructure

OnStatus = Callable[[p.Status], None]
OnText = Callable[[str], None]

LEAVE_TIMEOUT_S = 5.0

LOG_LINES_KEPT = 20


class SidecarEnded(PhiSidecarError):
    """The sidecar's process is gone."""

    code = p.ErrorCode.worker_died
    remedy = "Run 'phi-sidecar doctor' and report what it prints."


@dataclass(frozen=True)
class Edit:
    """A change of a document: what is taken out at a place, and what is put there.

    Attributes:
        line: from 0.
        character: from 0, in UTF-16 code units.
        removed: how many characters of the same line are taken out from there on.
    """

    line: int
    character: int
    removed: int
    inserted: str


def serve_command() -> list[str]:
    """Return the command that an editor starts the sidecar with."""
    return [sys.executable, "-m", "phi_sidecar", "serve", "--log-level", "warning"]


class SidecarClient:
    """A running sidecar; made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process, on_status: OnStatus) -> None:
        assert process.stdin is not None
        self._process = process
        self._on_status = on_status
        self._on_text: dict[str | int, OnText] = {}
        self._chats = 0
        self._asked = 0
        self._stop = threading.Event()
        self._log: list[str] = []
        self._changed = asyncio.Event()
        self._peer = rpc.Peer()
        feature = self._peer.feature
        feature(methods.PHI_DID_CHANGE_STATUS.name)(lambda params: self._status_changed(params))
        feature(lsp.PROGRESS)(lambda params: self._progress(params))
        self._peer.protocol.set_writer(process.stdin)
        self._tasks = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self._keep_log()),
        ]

    @property
    def pid(self) -> int:
        """The sidecar's process."""
        return self._process.pid

    @classmethod
    async def start(
        cls,
        on_status: OnStatus,
        settings: p.SidecarSettings | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "SidecarClient":
        """Start a sidecar and shake hands with it; `env` is this process's where there is none.

        Raises:
            SidecarEnded: it ended at once.
        """
        rpc.silence_pygls()
        process = await asyncio.create_subprocess_exec(
            *serve_command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
        )
        client = cls(process, on_status)
        options = p.InitializationOptions(own_inline_completion=True, settings=settings)
        initialize = lsp.InitializeParams(
            capabilities=lsp.ClientCapabilities(),
            process_id=os.getpid(),
            initialization_options=unstructure(options),
        )
        await client._lsp_request(lsp.INITIALIZE, initialize)
        client._notify(lsp.INITIALIZED, lsp.InitializedParams())
        return client

    async def status(self) -> p.Status:
        """Ask what the sidecar is doing."""
        return await self._request(methods.PHI_STATUS, p.StatusParams())

    async def settled(self) -> p.Status:
        """Wait until a model answers or cannot; whichever, the status says it."""
        while True:
            self._changed.clear()
            status = await self.status()
            if status.phase in (p.Phase.ready, p.Phase.unavailable):
                return status
            await self._changed.wait()

    async def list_accelerators(self) -> Sequence[p.Accelerator]:
        """Ask what can run the model here."""
        params = p.ListAcceleratorsParams()
        return (await self._request(methods.PHI_LIST_ACCELERATORS, params)).accelerators

    def open(self, uri: str, language: str, text: str) -> None:
        """Open a document, at version 1."""
        item = lsp.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        self._notify(lsp.TEXT_DOCUMENT_DID_OPEN, lsp.DidOpenTextDocumentParams(item))

    def change(self, uri: str, version: int, edit: Edit) -> None:
        """Change an open document, to a new version."""
        start = lsp.Position(edit.line, edit.character)
        end = lsp.Position(edit.line, edit.character + edit.removed)
        change = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(start, end), text=edit.inserted
        )
        identifier = lsp.VersionedTextDocumentIdentifier(uri=uri, version=version)
        params = lsp.DidChangeTextDocumentParams(identifier, [change])
        self._notify(lsp.TEXT_DOCUMENT_DID_CHANGE, params)

    def close_document(self, uri: str) -> None:
        """Close a document."""
        identifier = lsp.TextDocumentIdentifier(uri)
        self._notify(lsp.TEXT_DOCUMENT_DID_CLOSE, lsp.DidCloseTextDocumentParams(identifier))

    async def complete(
        self, document: p.DocumentIdentifier, position: p.Position, trigger: p.TriggerKind
    ) -> p.InlineCompletionResult:
        """Ask what may come at a place; cancelling this cancels the request, as editors do."""
        self._asked += 1
        params = p.InlineCompletionParams(
            text_document=document,
            position=position,
            trigger_kind=trigger,
            trace_id=f"completion-{self._asked}",
        )
        return await self._request(methods.PHI_INLINE_COMPLETION, params)

    def shown(self, trace_id: str) -> None:
        """Say that a suggestion is on the screen."""
        self._tell(methods.PHI_COMPLETION_SHOWN, p.CompletionShownParams(trace_id=trace_id))

    def accepted(self, trace_id: str, length: int) -> None:
        """Say that all of a suggestion was taken; `length` counts its UTF-16 code units."""
        params = p.CompletionAcceptedParams(
            trace_id=trace_id, part=p.AcceptedPart.all, length=length
        )
        self._tell(methods.PHI_COMPLETION_ACCEPTED, params)

    def rejected(self, trace_id: str, reason: p.RejectionReason) -> None:
        """Say that a suggestion is gone and was not taken."""
        params = p.CompletionRejectedParams(trace_id=trace_id, reason=reason)
        self._tell(methods.PHI_COMPLETION_REJECTED, params)

    async def explanations(self) -> Sequence[p.CompletionExplanation]:
        """Ask what happened to the latest requests, newest first."""
        params = p.ExplainCompletionParams()
        return (await self._request(methods.PHI_EXPLAIN_COMPLETION, params)).explanations

    async def chat(self, question: str, max_new_tokens: int, on_text: OnText) -> p.ChatResult:
        """Ask a question; `on_text` gets the answer as it comes."""
        self._chats += 1
        token = f"chat-{self._chats}"
        self._on_text[token] = on_text
        params = p.ChatParams(
            messages=[p.ConversationMessage(role=p.Role.user, content=question)],
            sampling=p.Sampling(max_new_tokens=max_new_tokens),
            partial_result_token=token,
        )
        try:
            return await self._request(methods.PHI_CHAT, params)
        finally:
            del self._on_text[token]

    async def close(self) -> None:
        """Say good-bye as LSP has it; whoever does not go then is ended."""
        with contextlib.suppress(TimeoutError, PhiSidecarError, ConnectionError):
            async with asyncio.timeout(LEAVE_TIMEOUT_S):
                await self._lsp_request(lsp.SHUTDOWN, None)
                self._notify(lsp.EXIT, None)
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _request(
        self, method: "methods.Method[rpc.P, rpc.R, object]", params: "rpc.P"
    ) -> "rpc.R":
        self._require_process()
        return await rpc.request(self._peer.protocol, method, params)

    async def _lsp_request(self, method: str, params: object) -> None:
        self._require_process()
        await asyncio.wrap_future(self._peer.protocol.send_request(method, params))

    def _tell(self, method: "methods.Method[object, None, None]", params: object) -> None:
        self._notify(method.name, params)

    def _notify(self, method: str, params: object) -> None:
        self._peer.protocol.notify(method, params)

    def _require_process(self) -> None:
        if self._process.returncode is not None:
            raise self._ended()

    def _ended(self) -> SidecarEnded:
        code = self._process.returncode
        return SidecarEnded("\n".join([f"The sidecar ended with exit code {code}.", *self._log]))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        await rpc.read_messages(self._peer.protocol, self._process.stdout, self._stop)
        await self._process.wait()
        # pygls leaves them waiting for ever.
        for future in list(self._peer.protocol._request_futures.values()):
            if not future.done():
                future.set_exception(self._ended())
        self._changed.set()

    async def _keep_log(self) -> None:
        # Read even where nobody looks at it: a full pipe would stop the sidecar.
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._log.append(line.decode("utf-8", "replace").rstrip())
            del self._log[:-LOG_LINES_KEPT]

    def _status_changed(self, status: p.Status) -> None:
        self._changed.set()
        self._on_status(status)

    def _progress(self, params: lsp.ProgressParams) -> None:
        if (on_text := self._on_text.get(params.token)) is not None:
            on_text(structure(params.value, p.TextChunk).text)
