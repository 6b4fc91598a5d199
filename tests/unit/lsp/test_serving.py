"""What the server does of its own accord when the editor tells it something."""

import asyncio

import pytest
from lsprotocol import types as lsp
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.completion import tokens
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.lsp import serving
from phi_sidecar.lsp.handlers import register
from phi_sidecar.lsp.serving import create_server
from pygls.workspace import Workspace


@pytest.fixture
def server(paths):
    installation = installation_in(paths, load_backends())
    server = create_server(lambda: installation)
    server.furnish(installation)
    register(server)
    return server


async def test_a_server_whose_parts_cannot_be_loaded_ends(caplog):
    def broken():
        raise PermissionError("the folder is another's")

    server = create_server(broken)
    server.protocol._workspace = Workspace(None)
    with pytest.raises(SystemExit) as exit:
        serving.load_the_rest(server, broken, settings=None)
    assert exit.value.code == 1
    assert "the folder is another's" in caplog.text
    await server.close()


async def test_what_reads_a_document_that_is_opened_is_loaded_without_being_waited_for(
    server, monkeypatch
):
    loop, loaded = asyncio.get_running_loop(), asyncio.Event()
    warmed = []

    def warm(lexer):
        warmed.append(lexer)
        loop.call_soon_threadsafe(loaded.set)

    monkeypatch.setattr(tokens, "warm", warm)
    document = lsp.TextDocumentItem("file:///work/a.ts", "typescript", 1, "let a = 1;\n")
    opened = server.protocol.fm.features[lsp.TEXT_DOCUMENT_DID_OPEN]
    opened(lsp.DidOpenTextDocumentParams(document))
    assert warmed == []
    async with asyncio.timeout(10):
        await loaded.wait()
    assert warmed == ["typescript"]
