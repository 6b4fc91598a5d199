"""From a document and a position to ghost text; pure."""
