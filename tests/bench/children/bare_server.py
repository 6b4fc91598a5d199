"""A language server that does nothing: the least that pygls costs."""

from pygls.lsp.server import LanguageServer

LanguageServer("bare", "1").start_io()
