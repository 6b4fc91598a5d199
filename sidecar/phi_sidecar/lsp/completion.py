"""Handlers of inline completion: ours, and LSP's own."""

import uuid
from dataclasses import replace

from lsprotocol import types as lsp

from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.documents import as_range, cursor_at, open_document, range_after
from phi_sidecar.lsp.places import ignore_rules_of, within_folders
from phi_sidecar.lsp.server import SidecarServer


async def inline_completion(
    server: SidecarServer, params: p.InlineCompletionParams
) -> p.InlineCompletionResult:
    """Answer `phi/inlineCompletion`."""
    document = open_document(server.workspace, params.text_document)
    version = document.version
    wanted = params.text_document.version
    within = within_folders(server, document.uri)
    cursor = replace(cursor_at(document, params.position), within=within)

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
        ignore_rules_of(server, document.uri),
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
    server: SidecarServer, params: lsp.InlineCompletionParams
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
