"""From a place in a document to a suggestion, or to the reason why there is none."""

from phi_sidecar.engine.completion.completer import Completer
from phi_sidecar.engine.completion.cursor import Completion, Cursor

__all__ = ["Completer", "Completion", "Cursor"]
