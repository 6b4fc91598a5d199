"""An editor as the tests see one: pytest-lsp's client, which also speaks the sidecar's methods."""

import asyncio
import json
import sys
from collections import defaultdict

from lsprotocol import types as lsp
from phi_sidecar import rpc
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient as BareLanguageClient
from pytest_lsp import LanguageClient
from pytest_lsp.protocol import LanguageClientProtocol

SERVE = (sys.executable, "-m", "phi_sidecar", "serve")
READY_TIMEOUT_S = 60.0


class _Protocol(rpc.StrictMessages, LanguageClientProtocol):
    """LSP with checks against the client's capabilities, and the sidecar's methods."""


async def eventually(condition, timeout_s=30, every_s=0.02):
    """Wait until something holds that no message tells of."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(every_s)


class Asked:
    """A request under way."""

    def __init__(self, editor, method, params):
        self._editor = editor
        self._future = editor.protocol.send_request(method, params)
        # pygls chooses the id and keeps it to itself; dicts keep their order.
        self.id = next(reversed(editor.protocol._request_futures))

    @property
    def done(self):
        return self._future.done()

    async def result(self, timeout_s=60):
        return await asyncio.wait_for(asyncio.wrap_future(self._future), timeout_s)

    async def error(self):
        """The error that it ends with; an answer fails the test."""
        try:
            result = await self.result()
        except JsonRpcException as error:
            return error
        raise AssertionError(f"answered {result}")

    def cancel(self):
        self._editor.protocol.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(id=self.id))


class Editor(LanguageClient):
    """A window with its sidecar."""

    def __init__(self):
        super().__init__(protocol_cls=_Protocol, converter_factory=rpc.converter)
        self.statuses = []
        self.partial = defaultdict(list)
        self.work = []
        self.shown = []
        self.stderr = ""
        self._versions = {}
        self.feature(m.PHI_DID_CHANGE_STATUS.name)(lambda status: self.statuses.append(status))
        self.feature(lsp.PROGRESS)(lambda params: self._on_progress(params))
        self.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)(lambda params: None)
        self.feature(lsp.WINDOW_SHOW_MESSAGE)(lambda params: self.shown.append(params))

    async def start_io(self, cmd, *args, **kwargs):
        # Not pytest-lsp's: it forwards what the sidecar logs, and tests want to read it.
        await BareLanguageClient.start_io(self, cmd, *args, **kwargs)
        self._stderr_forwarder = asyncio.create_task(self._read_stderr())

    @property
    def process(self):
        return self._server

    async def begin(self, options=None):
        """Initialize; returns what the server can do."""
        window = lsp.WindowClientCapabilities(work_done_progress=True)
        result = await self.initialize_session(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(window=window),
                initialization_options={"ownInlineCompletion": True}
                if options is None
                else options,
            )
        )
        return result.capabilities

    async def ready(self):
        """Wait until the model answers; fails the test if it never will."""
        status = await self.phase(p.Phase.ready, p.Phase.unavailable)
        assert status.phase is p.Phase.ready, status.reason
        return status

    async def phase(self, *wanted):
        """Wait until the status says one of these."""
        return await self.until(lambda status: status.phase in wanted)

    async def until(self, condition, timeout_s=READY_TIMEOUT_S):
        """Wait for a status."""
        async with asyncio.timeout(timeout_s):
            while True:
                status = await self.status()
                if condition(status):
                    return status
                await asyncio.sleep(0.05)

    async def status(self):
        return await self.ask(m.PHI_STATUS, p.StatusParams()).result()

    def ask(self, method, params):
        return Asked(self, method.name, params)

    def open(self, text, uri="file:///work/example.py", language="python"):
        self._versions[uri] = 1
        item = lsp.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri, start, end, text):
        """Replace a range, each end a pair of line and character."""
        edit = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(lsp.Position(*start), lsp.Position(*end)), text=text
        )
        self._versions[uri] += 1
        document = lsp.VersionedTextDocumentIdentifier(version=self._versions[uri], uri=uri)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [edit]))

    def complete(
        self, uri, line, character, *, trigger=p.TriggerKind.invoked, version=None, trace=None
    ):
        """Ask for ghost text."""
        params = p.InlineCompletionParams(
            text_document=p.DocumentIdentifier(
                uri=uri, version=self._versions.get(uri) if version is None else version
            ),
            position=p.Position(line=line, character=character),
            trigger_kind=trigger,
            trace_id=trace or f"{uri}:{line}:{character}",
        )
        return self.ask(m.PHI_INLINE_COMPLETION, params)

    def tell_shown(self, trace):
        """Say that a suggestion is on the screen."""
        self.protocol.notify(m.PHI_COMPLETION_SHOWN.name, p.CompletionShownParams(trace_id=trace))

    def tell_accepted(self, trace, length, part=p.AcceptedPart.all):
        """Say that a suggestion was taken, as far as a length."""
        params = p.CompletionAcceptedParams(trace_id=trace, part=part, length=length)
        self.protocol.notify(m.PHI_COMPLETION_ACCEPTED.name, params)

    def tell_rejected(self, trace, reason=p.RejectionReason.dismissed):
        """Say that a suggestion is gone."""
        params = p.CompletionRejectedParams(trace_id=trace, reason=reason)
        self.protocol.notify(m.PHI_COMPLETION_REJECTED.name, params)

    async def explain(self, trace=None):
        """What happened to one request, or to all of them, newest first."""
        params = p.ExplainCompletionParams(trace_id=trace)
        return (await self.ask(m.PHI_EXPLAIN_COMPLETION, params).result()).explanations

    def configure(self, **settings):
        """Say what the settings are from now on."""
        params = lsp.DidChangeConfigurationParams(settings={"phiSidecar": settings})
        self.workspace_did_change_configuration(params)

    def chat(self, *messages, tokens=40, token=None, **more):
        """Ask a question; several messages are a conversation, the person's first."""
        roles = [p.Role.user, p.Role.assistant]
        params = p.ChatParams(
            messages=[
                message
                if isinstance(message, p.ConversationMessage)
                else p.ConversationMessage(role=roles[index % 2], content=message)
                for index, message in enumerate(messages)
            ],
            sampling=None if tokens is None else p.Sampling(max_new_tokens=tokens),
            partial_result_token=token,
            **more,
        )
        return self.ask(m.PHI_CHAT, params)

    def fit(self, attachment):
        """Ask how much of an attachment is read."""
        return self.ask(m.PHI_FIT_ATTACHMENT, p.FitAttachmentParams(attachment=attachment))

    def select(self, accelerator, token=None):
        params = p.SelectAcceleratorParams(accelerator=accelerator, work_done_token=token)
        return self.ask(m.PHI_SELECT_ACCELERATOR, params)

    def text_of(self, token):
        """What has been streamed so far."""
        return "".join(chunk["text"] for chunk in self.partial[token])

    async def streaming(self, token, chunks=1):
        """Wait until so much of an answer has come."""
        await eventually(lambda: len(self.partial[token]) >= chunks, every_s=0.005)

    async def leave(self):
        """Close the window, as an editor does; a sidecar that does not go is an error."""
        if self.process.returncode is None and self.error is None:
            await asyncio.wait_for(self.shutdown_session(), 20)
        elif self.process.returncode is None:
            self.process.kill()
        await asyncio.wait_for(self.stop(), 20)

    async def stop(self):
        # Let the rest of what it says come in first.
        await asyncio.wait_for(self._stderr_forwarder, 20)
        await super().stop()

    def _on_progress(self, params):
        value = params.value
        if "kind" in value:
            self.work.append((params.token, value))
        else:
            self.partial[params.token].append(value)

    async def _read_stderr(self):
        while line := await self.process.stderr.readline():
            self.stderr += line.decode("utf-8")


class Wire:
    """A client without manners: sends whatever bytes it is given."""

    def __init__(self, process):
        self.process = process

    @classmethod
    async def open(cls, env, *, stderr=False):
        pipe = asyncio.subprocess.PIPE
        said = pipe if stderr else asyncio.subprocess.DEVNULL
        wire = cls(
            await asyncio.create_subprocess_exec(
                *SERVE, stdin=pipe, stdout=pipe, stderr=said, env=env
            )
        )
        params = {"capabilities": {}, "processId": None, "rootUri": None}
        assert "result" in await wire.ask("initialize", params)
        wire.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        return wire

    def send(self, message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def ask(self, method, params, id="the-id"):
        """Send a request and return the whole response."""
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return await self.answer(id)

    async def answer(self, id):
        async with asyncio.timeout(20):
            while (message := await self._next()).get("id") != id or "method" in message:
                pass
        return message

    async def close(self):
        """Hang up; returns what the sidecar logged, if it was asked for."""
        self.process.stdin.close()
        said = await self.process.stderr.read() if self.process.stderr else b""
        await asyncio.wait_for(self.process.wait(), 20)
        # The transport closes in the loop's next turn.
        await asyncio.sleep(0)
        return said.decode("utf-8")

    async def _next(self):
        length = 0
        while line := (await self.process.stdout.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(await self.process.stdout.readexactly(length))
