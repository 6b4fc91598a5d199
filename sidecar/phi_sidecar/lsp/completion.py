"""Handlers of inline completion: ours, and LSP's own."""

import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from phi_sidecar.completion.exclusion import IgnoreRules
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.documents import as_range, cursor_at, open_document, range_after

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer


async def inline_completion(
    server: "SidecarServer", params: p.InlineCompletionParams
) -> p.InlineCompletionResult:
    """Answer `phi/inlineCompletion`."""
    document = open_document(server.workspace, params.text_document)
    version = document.version
    wanted = params.text_document.version
    cursor = replace(cursor_at(document, params.position), within=_within(server, document))

    def is_current() -> bool:
        shown = server.workspace.text_documents.get(document.uri)
        return shown is not None and shown.version == version and wanted in (None, version)

    if not is_current():
        return p.InlineCompletionResult(
            trace_id=params.trace_id,
            items=[],
            outcome=p.CompletionOutcome.stale,
            detail="The document that was asked about is not the one that is synced.",
        )
    completion = await server.completer.complete(
        cursor,
        _ignored(server, document),
        invoked=params.trigger_kind is p.TriggerKind.invoked,
        is_current=is_current,
    )
    items = []
    if completion.outcome is p.CompletionOutcome.suggested:
        replaced = range_after(
            document.position_codec, params.position, cursor, completion.replace_after
        )
        items = [p.InlineCompletionItem(text=completion.text, range=replaced)]
    result = completion.result
    return p.InlineCompletionResult(
        trace_id=params.trace_id,
        items=items,
        outcome=completion.outcome,
        detail=completion.detail,
        from_cache=completion.from_cache,
        finish_reason=result.finish_reason if result else None,
        metrics=result.metrics if result else None,
    )


async def standard(
    server: "SidecarServer", params: lsp.InlineCompletionParams
) -> lsp.InlineCompletionList:
    """Answer `textDocument/inlineCompletion`, for editors that know nothing of ours."""
    ours = p.InlineCompletionParams(
        text_document=p.DocumentIdentifier(uri=params.text_document.uri),
        position=p.Position(line=params.position.line, character=params.position.character),
        trigger_kind=p.TriggerKind(params.context.trigger_kind),
        trace_id=str(uuid.uuid4()),
    )
    result = await inline_completion(server, ours)
    return lsp.InlineCompletionList(
        items=[
            lsp.InlineCompletionItem(insert_text=item.text, range=as_range(item.range))
            for item in result.items
        ]
    )


def _ignored(server: "SidecarServer", document: TextDocument) -> IgnoreRules | None:
    # A notebook's cells have URIs of their own, with the notebook's path. What lies on another
    # machine has no ignore files that could be read here.
    if not document.uri.startswith(("file:", "vscode-notebook-cell:")) or document.path is None:
        return None
    return server.ignore_files.rules_for(Path(document.path))


def _within(server: "SidecarServer", document: TextDocument) -> tuple[str, ...]:
    """Return the file's path within each of the client's folders that holds it."""
    file = Path(document.path or "/")
    folders = [Path(path) for uri in server.workspace.folders if (path := to_fs_path(uri))]
    return tuple(file.relative_to(f).as_posix() for f in folders if file.is_relative_to(f))
