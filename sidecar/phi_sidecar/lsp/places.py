"""Where a document lies, and what that means for reading it into a prompt."""

from pathlib import Path

from pygls.uris import to_fs_path, urlparse

from phi_sidecar.completion.context import DocumentView
from phi_sidecar.completion.exclusion import IgnoreRules, language_enabled, rule_against
from phi_sidecar.completion.neighbours import OtherFile
from phi_sidecar.lsp.server import SidecarServer


def rule_against_document(server: SidecarServer, uri: str) -> str | None:
    """Say what keeps a document out of prompts, or None where nothing does."""
    paths = (_path(uri), *within_folders(server, uri))
    patterns = server.settings.completion_exclude
    return rule_against(paths, patterns, ignore_rules_of(server, uri))


def ignore_rules_of(server: SidecarServer, uri: str) -> IgnoreRules | None:
    """Return the rules of the .gitignore files that a document is under; None where there are none.

    A notebook's cells have URIs of their own, with the notebook's path. What lies on another
    machine has no ignore files that could be read here.
    """
    if not uri.startswith(("file:", "vscode-notebook-cell:")):
        return None
    return server.ignore_files.rules_for(Path(_path(uri)))


def other_files(server: SidecarServer, uri: str) -> list[OtherFile]:
    """Return the open documents beside one whose lines may be put into a prompt."""
    settings = server.settings
    if not settings.completion_other_files:
        return []
    return [
        OtherFile(
            uri=other.uri,
            version=other.version or 0,
            document=DocumentView(
                text=other.source,
                language_id=other.language_id or "plaintext",
                path=next(iter(within_folders(server, other.uri)), other.path or other.uri),
            ),
        )
        for other in server.workspace.text_documents.values()
        if other.uri != uri
        and language_enabled(other.language_id or "plaintext", settings.completion_languages)
        and rule_against_document(server, other.uri) is None
    ]


def within_folders(server: SidecarServer, uri: str) -> tuple[str, ...]:
    """Return a document's path within each of the client's folders that holds it."""
    file = Path(_path(uri))
    folders = [Path(path) for uri in server.workspace.folders if (path := to_fs_path(uri))]
    return tuple(file.relative_to(f).as_posix() for f in folders if file.is_relative_to(f))


def _path(uri: str) -> str:
    """Return the path that a URI names, whatever its scheme, as pygls does for its documents."""
    return to_fs_path(uri) or urlparse(uri)[2]
