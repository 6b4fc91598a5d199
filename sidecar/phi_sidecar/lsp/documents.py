"""The client's documents, split into lines as LSP does."""

from collections.abc import Sequence
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.workspace import PositionCodec, TextDocument, Workspace

from phi_sidecar.completion.context import DocumentView
from phi_sidecar.engine.completion import Cursor
from phi_sidecar.generated.protocol import DocumentIdentifier, Position, Range
from phi_sidecar.lines import split_lines


class Document(TextDocument):
    """A document whose lines end where LSP says."""

    @property
    def lines(self) -> list[str]:
        """The lines with their ends; without the empty one after a last line feed."""
        return split_lines(self.source)

    def _apply_incremental_change(self, change: lsp.TextDocumentContentChangePartial) -> None:
        """Replace a range; where one ends beyond its line, pygls' own keeps a character."""
        lines = self.lines
        start = self._offset(lines, change.range.start)
        end = self._offset(lines, change.range.end)
        self._source = self.source[:start] + change.text + self.source[max(start, end) :]

    def _offset(self, lines: Sequence[str], position: lsp.Position) -> int:
        if position.line >= len(lines):
            return len(self.source)
        content = lines[position.line].rstrip("\r\n")
        column = code_points(self.position_codec, content, position.character)
        return sum(len(line) for line in lines[: position.line]) + column


class Documents(Workspace):
    """The documents that the client has open."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self.position_codec,
        )


def documents_like(made: Workspace) -> Documents:
    """Return what takes the place of the workspace that pygls has made, before any is open."""
    return Documents(
        made.root_uri, made._sync_kind, list(made.folders.values()), made.position_encoding
    )


def document_at(workspace: Workspace, uri: str) -> TextDocument | None:
    """Return the open document of a URI as the client writes it, or None.

    pygls keeps documents under their URIs without escapes: a space, or any letter outside of ASCII,
    would else never be found.
    """
    document: TextDocument | None = workspace.text_documents.get(unquote(uri))
    return document


def open_document(workspace: Workspace, identifier: DocumentIdentifier) -> TextDocument:
    """Return an open document.

    Raises:
        JsonRpcInvalidParams: the client has not opened it.
    """
    document = document_at(workspace, identifier.uri)
    if document is None:
        raise JsonRpcInvalidParams("textDocument.uri is not open")
    return document


def cursor_at(document: TextDocument, position: Position) -> Cursor:
    """Return the cursor at a position; a character beyond the line's end means its end.

    Raises:
        JsonRpcInvalidParams: the line is beyond the document's end.
    """
    lines = list(document.lines)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    if position.line >= len(lines):
        raise JsonRpcInvalidParams("position.line is beyond the document's end")
    content = lines[position.line].rstrip("\r\n")
    column = code_points(document.position_codec, content, position.character)
    before = "".join(lines[: position.line]) + content[:column]
    return Cursor(
        uri=document.uri,
        document=DocumentView(
            text=document.source,
            language_id=document.language_id or "plaintext",
            path=document.path or document.uri,
        ),
        line=position.line,
        column=column,
        before=before,
        after=document.source[len(before) :],
    )


def code_points(codec: PositionCodec, line: str, units: int) -> int:
    """Return how many code points of a line lie before a client's character offset."""
    taken = 0
    for index, character in enumerate(line):
        if taken >= units:
            return index
        taken += codec.client_num_units(character)
    return len(line)


def range_after(codec: PositionCodec, position: Position, cursor: Cursor, length: int) -> Range:
    """Return the range from the cursor over the next `length` code points of its line."""
    line_before = cursor.before.rpartition("\n")[2].rpartition("\r")[2]
    start = codec.client_num_units(line_before)
    end = start + codec.client_num_units(cursor.after[:length])
    return Range(
        start=Position(line=position.line, character=start),
        end=Position(line=position.line, character=end),
    )


def as_range(range: Range) -> lsp.Range:
    """Return LSP's own form of a range."""
    return lsp.Range(
        start=lsp.Position(range.start.line, range.start.character),
        end=lsp.Position(range.end.line, range.end.character),
    )
