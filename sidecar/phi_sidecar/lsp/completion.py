"""Handlers of inline completion: ours, LSP's own, and what became of suggestions."""

import uuid
from dataclasses import replace

from lsprotocol import types as lsp

from phi_sidecar.engine.completion import Completion
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.documents import (
    as_range,
    cursor_at,
    document_at,
    open_document,
    range_after,
)
from phi_sidecar.lsp.places import ignore_rules_of, other_files, within_folders
from phi_sidecar.lsp.server import SidecarServer

MOST_TO_CYCLE = 3
"""How many suggestions a person who asks may choose from."""


async def inline_completion(
    server: SidecarServer, params: p.InlineCompletionParams
) -> p.InlineCompletionResult:
    """Answer `phi/inlineCompletion`."""
    document = open_document(server.workspace, params.text_document)
    version = document.version
    wanted = params.text_document.version
    cursor = replace(
        cursor_at(document, params.position),
        within=within_folders(server, document.uri),
        others=lambda: other_files(server, document.uri),
    )
    trace = server.completer.journal.begin(params)

    def is_current() -> bool:
        shown = document_at(server.workspace, document.uri)
        return shown is not None and shown.version == version and wanted in (None, version)

    if not is_current():
        completion = Completion(
            p.CompletionOutcome.stale,
            detail="The document that was asked about is not the one that is synced.",
        )
        trace.end(completion)
        return _result(params, completion, [])
    invoked = params.trigger_kind is p.TriggerKind.invoked
    completion = await server.completer.complete(
        cursor,
        ignore_rules_of(server, document.uri),
        invoked=invoked,
        is_current=is_current,
        most=MOST_TO_CYCLE if invoked else 1,
        trace=trace,
    )
    if completion.outcome is not p.CompletionOutcome.suggested:
        return _result(params, completion, [])
    items = [
        p.InlineCompletionItem(
            text=text,
            range=range_after(document.position_codec, params.position, cursor, replaced),
        )
        for text, replaced in (
            (completion.text, completion.replace_after),
            *((other.text, other.replace_after) for other in completion.others),
        )
    ]
    return _result(params, completion, items)


async def completion_shown(server: SidecarServer, params: p.CompletionShownParams) -> None:
    """Hear `phi/completionShown`."""
    server.completer.feedback.shown(params.trace_id)


async def completion_accepted(server: SidecarServer, params: p.CompletionAcceptedParams) -> None:
    """Hear `phi/completionAccepted`."""
    server.completer.feedback.accepted(params.trace_id, params.part, params.length)


async def completion_rejected(server: SidecarServer, params: p.CompletionRejectedParams) -> None:
    """Hear `phi/completionRejected`."""
    server.completer.feedback.rejected(params.trace_id, params.reason)


async def explain_completion(
    server: SidecarServer, params: p.ExplainCompletionParams
) -> p.ExplainCompletionResult:
    """Answer `phi/explainCompletion`."""
    explanations = server.completer.journal.explain(params.trace_id)
    return p.ExplainCompletionResult(explanations=explanations)


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


def _result(
    params: p.InlineCompletionParams, completion: Completion, items: list[p.InlineCompletionItem]
) -> p.InlineCompletionResult:
    result = completion.result
    return p.InlineCompletionResult(
        trace_id=params.trace_id,
        items=items,
        outcome=completion.outcome,
        detail=completion.detail,
        from_cache=completion.from_cache,
        finish_reason=result.finish_reason if result else None,
        metrics=result.metrics if result else None,
        confidence=completion.confidence,
    )
