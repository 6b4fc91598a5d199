"""Positions count UTF-16 units of lines that end where LSP says; edits must keep to that."""

import pytest
from lsprotocol import types as lsp
from phi_sidecar.generated import protocol as p


@pytest.fixture
async def echo(open_editor, home, choose_echo):
    """The echo backend repeats the word before the cursor: it shows where the cursor was seen.

    The words end in a digit, because of a half-typed word the model would be asked for the whole.
    """
    choose_echo(home)
    return await open_editor()


async def word_before(editor, uri, line, character):
    result = await editor.complete(uri, line, character).result()
    assert result.items, (result.outcome, result.detail)
    return result.items[0]


LINES = [
    "plain1",
    "s = '\u00e9\u00df\u4f60\u597d'; word2",
    "s = '\U0001f600\U0001f9ff'; word3",
    "s = '\U0001f468\u200d\U0001f469\u200d\U0001f467'; word4",
    "s = '\U0001d4d0\U0001d4d1'; word5",
]
"""Plain, of two bytes, emoji, joined emoji, mathematical letters."""


async def test_columns_count_utf16_units(echo):
    for number, line in enumerate(LINES):
        uri = echo.open(f"first = 1\n{line}\nlast = 2\n", f"file:///work/{number}.py")
        units = len(line.encode("utf-16-le")) // 2
        item = await word_before(echo, uri, 1, units)
        assert item.text == f"echo({line.split()[-1]})"
        assert item.range.start == p.Position(line=1, character=units)


@pytest.mark.parametrize(
    "uri",
    [
        "file:///work/My%20Project/a.py",
        "file:///work/caf%C3%A9/a.py",
        "file:///c%3A/work/a.py",
        "vscode-notebook-cell:/work/a.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-remote://ssh-remote%2Bhost/work/a.py",
    ],
)
async def test_a_document_is_found_whatever_its_address_has_to_escape(echo, uri):
    echo.open("alpha1", uri)
    assert (await word_before(echo, uri, 0, 6)).text == "echo(alpha1)"
    echo.change(uri, (0, 0), (0, 6), "beta2 = 3")
    assert (await word_before(echo, uri, 0, 9)).text == "echo(3)"


async def test_a_character_beyond_the_line_means_its_end(echo):
    uri = echo.open("alpha1\nbeta = 1\n")
    item = await word_before(echo, uri, 0, 5_000)
    assert item.text == "echo(alpha1)"
    assert item.range.start == p.Position(line=0, character=6)


async def test_a_line_beyond_the_end_is_refused_by_id(echo):
    uri = echo.open("alpha = 1\n")
    error = await echo.complete(uri, 2, 0).error()
    assert error.code == -32602
    assert "position.line" in error.message
    # The empty line after the last line feed is one.
    assert (await echo.complete(uri, 1, 0).result()).outcome is not None


EDITS = {
    "a word": ("one = 1\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "behind emoji": ("s = '\U0001f600\U0001f600' # here\n", (0, 12), (0, 16), "there"),
    "line ends of Windows": ("one\r\ntwo\r\nthree\r\n", (1, 0), (2, 0), "zwei\r\n"),
    "after a form feed": ("one\x0cone\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "after a line separator": ("s = 'a\u2028b'\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "beyond the end of the last line": ("one\ntwo", (1, 3), (1, 99), ""),
}


async def test_after_an_edit_positions_still_agree(echo):
    for name, (text, start, end, new) in EDITS.items():
        uri = echo.open(text, f"file:///work/{name}.py")
        echo.change(uri, start, end, new)
        last = {"one\ntwo": 1, "one\r\ntwo\r\nthree\r\n": 3}.get(text, text.count("\n"))
        echo.change(uri, (last, 0), (last, 99), "\nmarker1")
        item = await word_before(echo, uri, last + 1, 7)
        assert item.text == "echo(marker1)", name
        assert item.range.start == p.Position(line=last + 1, character=7)


async def test_a_change_of_the_whole_text_is_taken(echo):
    uri = echo.open("old = 1\n")
    document = lsp.VersionedTextDocumentIdentifier(version=2, uri=uri)
    whole = lsp.TextDocumentContentChangeWholeDocument(text="fresh1")
    echo.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))
    item = (await echo.complete(uri, 0, 6, version=2).result()).items[0]
    assert item.text == "echo(fresh1)"


async def test_a_closed_document_is_forgotten(echo):
    uri = echo.open("alpha = ")
    echo.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    assert (await echo.complete(uri, 0, 8).error()).code == -32602
