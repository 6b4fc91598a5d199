"""What completion has to know of a language: comments, strings, blocks, keywords."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

_UNKNOWN_KEPT = 64


class Blocks(StrEnum):
    """How a language marks where a block begins and ends."""

    INDENT = "indent"
    """A line that ends in a colon opens one, a dedent closes it."""
    BRACES = "braces"
    """A bracket at a line's end opens one, its partner closes it."""
    KEYWORDS = "keywords"
    """Words such as `do` and `end`."""
    NONE = "none"
    """Running text, or nothing known."""


@dataclass(frozen=True)
class Language:
    """One language, as roughly as completion needs it.

    Attributes:
        line_comments: what begins a comment that lasts to the line's end.
        block_comments: pairs of what begins and ends a comment.
        quotes: characters that begin and end a string on one line.
        long_quotes: what begins and ends a string that may go over several lines.
        lexer: the name of what reads it, see `tokens`.
        code: False for running text, where brackets and quotes mean little.
        heredocs: a line such as `cat <<END` begins a string that only a line further down ends.
        markup: elements are begun and ended by tags.
        final_dots: a line may end in a dot, of a sentence or a folder's name.
        indents_with: what lines must be indented with; empty where that is the file's choice.
        openers: words that end or begin a line which opens a block, where blocks are keywords.
        keywords: words to be completed where a statement begins.
    """

    blocks: Blocks
    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    long_quotes: tuple[str, ...] = ()
    code: bool = True
    heredocs: bool = False
    markup: bool = False
    final_dots: bool = False
    indents_with: str = ""
    openers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = field(default=(), repr=False)
    lexer: str = ""

    @property
    def comment_marks(self) -> tuple[str, ...]:
        """What begins a comment, whether it ends with the line or not."""
        return (*self.line_comments, *(begin for begin, _ in self.block_comments))


_C_COMMENTS = (("/*", "*/"),)
_C_WORDS = (
    "return", "break", "continue", "default", "switch", "while", "struct", "static", "const",
)  # fmt: skip
_SCRIPT_WORDS = (
    *_C_WORDS, "function", "export", "import", "async", "await", "class", "interface", "throw",
    "extends", "typeof", "undefined", "true", "false", "null",
    "string", "number", "boolean", "console", "document", "Promise", "readonly", "private",
)  # fmt: skip

_PYTHON = Language(
    Blocks.INDENT,
    line_comments=("#",),
    long_quotes=('"""', "'''"),
    keywords=(
        "return", "import", "raise", "yield", "while", "with", "continue", "break", "lambda",
        "class", "async", "await", "assert", "except", "finally", "global", "nonlocal", "elif",
        "else", "from", "pass", "True", "False", "None", "isinstance", "range", "enumerate",
        "print", "sorted", "float", "tuple", "reversed", "super", "filter", "round", "Exception",
        "ValueError", "TypeError", "KeyError",
    ),
)  # fmt: skip
_SCRIPT = Language(Blocks.BRACES, ("//",), _C_COMMENTS, long_quotes=("`",), keywords=_SCRIPT_WORDS)
_C = Language(
    Blocks.BRACES,
    ("//",),
    _C_COMMENTS,
    keywords=(*_C_WORDS, "sizeof", "unsigned", "typedef", "printf", "NULL", "include", "define"),
)
_JAVA = Language(
    Blocks.BRACES,
    ("//",),
    _C_COMMENTS,
    long_quotes=('"""',),
    keywords=(
        *_C_WORDS, "public", "private", "protected", "class", "interface", "throw", "import",
        "final", "void", "boolean", "String", "true", "false", "null",
    ),
)  # fmt: skip
_GO = Language(
    Blocks.BRACES,
    ("//",),
    _C_COMMENTS,
    long_quotes=("`",),
    keywords=(
        "return", "func", "package", "import", "range", "switch", "select", "struct", "interface",
        "defer", "continue", "break", "string", "error", "true", "false",
    ),
)  # fmt: skip
_RUST = Language(
    Blocks.BRACES,
    ("//",),
    _C_COMMENTS,
    # A single quote begins a lifetime as often as a character.
    quotes="",
    long_quotes=('"',),
    keywords=(
        "return", "match", "struct", "impl", "while", "break", "continue", "String", "Option",
        "Result", "true", "false", "unwrap",
    ),
)  # fmt: skip
_HASH = Language(Blocks.INDENT, ("#",), final_dots=True)
_SHELL = Language(
    Blocks.KEYWORDS,
    ("#",),
    heredocs=True,
    final_dots=True,
    quotes="",
    long_quotes=('"', "'"),
    openers=("then", "do", "else", "in"),
    keywords=("return", "function", "export", "local", "echo", "exit", "while", "done"),
)
_RUBY = Language(
    Blocks.KEYWORDS,
    ("#",),
    heredocs=True,
    openers=("do", "else", "begin", "def", "class", "module", "if", "unless", "while", "case"),
    keywords=("return", "require", "def", "class", "module", "unless", "while", "yield", "end"),
)
_LUA = Language(
    Blocks.KEYWORDS,
    ("--",),
    (("--[[", "]]"),),
    openers=("then", "do", "else", "function", "repeat"),
    keywords=("return", "local", "function", "while", "repeat", "until", "nil", "true", "false"),
)
_SQL = Language(Blocks.NONE, ("--",), _C_COMMENTS)
_CSS = Language(Blocks.BRACES, (), _C_COMMENTS)
_MARKUP = Language(Blocks.NONE, (), (("<!--", "-->"),), quotes="", code=False, markup=True)
_PROSE = Language(Blocks.NONE, (), (), quotes="", code=False)
_JSON = Language(Blocks.BRACES, (), (), quotes='"')
_UNKNOWN = Language(Blocks.BRACES, (), (), quotes='"', final_dots=True)

# Where a lexer's name is not the editor's.
_LEXERS = {
    "javascriptreact": "jsx",
    "typescriptreact": "tsx",
    "vue": "tsx",
    "svelte": "tsx",
    "cuda-cpp": "cuda",
    "shellscript": "bash",
    # Their own lexer sees no strings in keys.
    "json": "javascript",
    "jsonc": "javascript",
    "dockercompose": "yaml",
}

_SCRIPT_WITH_MARKUP = replace(_SCRIPT, markup=True)

_KNOWN = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "javascriptreact": _SCRIPT_WITH_MARKUP,
    "typescript": _SCRIPT,
    "typescriptreact": _SCRIPT_WITH_MARKUP,
    "vue": _SCRIPT_WITH_MARKUP,
    "svelte": _SCRIPT_WITH_MARKUP,
    "c": _C,
    "cpp": _C,
    "objective-c": _C,
    "cuda-cpp": _C,
    "glsl": _C,
    "java": _JAVA,
    "csharp": _JAVA,
    "kotlin": _JAVA,
    "scala": _JAVA,
    "swift": _JAVA,
    "dart": _JAVA,
    "groovy": _JAVA,
    "php": Language(Blocks.BRACES, ("//", "#"), _C_COMMENTS, keywords=_SCRIPT_WORDS, heredocs=True),
    "go": _GO,
    "rust": _RUST,
    "zig": _RUST,
    "shellscript": _SHELL,
    "ruby": _RUBY,
    "elixir": _RUBY,
    "lua": _LUA,
    "sql": _SQL,
    "css": _CSS,
    "scss": Language(Blocks.BRACES, ("//",), _C_COMMENTS),
    "less": Language(Blocks.BRACES, ("//",), _C_COMMENTS),
    "json": _JSON,
    "jsonc": Language(Blocks.BRACES, ("//",), _C_COMMENTS, quotes='"'),
    "yaml": _HASH,
    "dockercompose": _HASH,
    "toml": Language(Blocks.NONE, ("#",), long_quotes=('"""', "'''")),
    "ini": Language(Blocks.NONE, ("#", ";")),
    "properties": Language(Blocks.NONE, ("#",)),
    "makefile": Language(Blocks.INDENT, ("#",), final_dots=True, indents_with="\t"),
    "dockerfile": Language(Blocks.NONE, ("#",)),
    "r": Language(Blocks.BRACES, ("#",)),
    "perl": Language(Blocks.BRACES, ("#",), heredocs=True),
    "powershell": Language(Blocks.BRACES, ("#",), (("<#", "#>"),), final_dots=True),
    "html": _MARKUP,
    "xml": _MARKUP,
    "markdown": _PROSE,
    "plaintext": _PROSE,
    "latex": _PROSE,
    "restructuredtext": _PROSE,
    "asciidoc": _PROSE,
    "git-commit": _PROSE,
}


_LANGUAGES = {
    language_id: replace(language, lexer=_LEXERS.get(language_id, language_id))
    for language_id, language in _KNOWN.items()
}


@lru_cache(_UNKNOWN_KEPT)
def language_of(language_id: str) -> Language:
    """Return what is known of a language by the editor's id; unknown ones count as code."""
    known = _LANGUAGES.get(language_id)
    return replace(_UNKNOWN, lexer=language_id) if known is None else known
