"""Reads a language of which nothing is known: double quotes and brackets alone."""

from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Punctuation, String, Text


class PlainLexer(RegexLexer):
    """Strings on one line, brackets, and text."""

    name = "Plain"
    tokens: ClassVar = {
        "root": [
            (r'"', String, "string"),
            (r"[()\[\]{}]", Punctuation),
            (r"[^\"()\[\]{}]+", Text),
        ],
        "string": [
            (r'"', String, "#pop"),
            (r'(?:\\.|[^"\\\n])+', String),
        ],
    }
