import random

import pytest
from lsprotocol import types as lsp
from phi_sidecar.generated.protocol import Position
from phi_sidecar.lsp.documents import Document, cursor_at, range_after
from pygls.exceptions import JsonRpcInvalidParams
from pygls.workspace import PositionCodec


def document(text):
    return Document(
        "file:///work/a.py",
        source=text,
        version=1,
        language_id="python",
        position_codec=PositionCodec(),
    )


def edit(start, end, text):
    range = lsp.Range(lsp.Position(*start), lsp.Position(*end))
    return lsp.TextDocumentContentChangePartial(range=range, text=text)


def starts_of_lines(text):
    """Offsets in UTF-16 units, by LSP's rule: a line ends in \\r\\n, \\n or \\r."""
    starts, at, units = [0], 0, 0
    while at < len(text):
        width = 2 if text[at : at + 2] == "\r\n" else 1
        units += len(text[at : at + width].encode("utf-16-le")) // 2
        if text[at] in "\r\n":
            starts.append(units)
        at += width
    return starts


def edited(text, start, end, new):
    """Edit as an editor does, which holds its text in UTF-16."""
    starts, units = starts_of_lines(text), text.encode("utf-16-le")
    first, last = (2 * (starts[line] + character) for line, character in (start, end))
    return (units[:first] + new.encode("utf-16-le") + units[last:]).decode("utf-16-le")


EDITS = {
    "a word": ("one = 1\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "several lines": ("one\ntwo\nthree\nfour\n", (0, 1), (2, 2), "X\nY"),
    "behind emoji": ("s = '\U0001f600\U0001f600' # here\n", (0, 12), (0, 16), "there"),
    "line ends of Windows": ("one\r\ntwo\r\nthree\r\n", (1, 0), (2, 0), "zwei\r\n"),
    "carriage returns alone": ("one\rtwo\rthree", (1, 0), (1, 3), "zwei"),
    "after a form feed": ("one\x0cone\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "after a line separator": ("s = 'a\u2028b'\ntwo = 2\n", (1, 0), (1, 3), "zwei"),
    "after a next line and a group separator": ("a\x85b\x1dc\ntwo = 2", (1, 0), (1, 3), "zwei"),
    "at the very end": ("one\n", (1, 0), (1, 0), "two"),
    "in an empty document": ("", (0, 0), (0, 0), "two"),
    "everything": ("one\ntwo\n", (0, 0), (2, 0), ""),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_gives_the_text_that_the_editor_has(name):
    text, start, end, new = EDITS[name]
    here = document(text)
    here.apply_change(edit(start, end, new))
    assert here.source == edited(text, start, end, new)


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("one\ntwo", (1, 3), (1, 9_999), "one\ntwo!"),
        ("one\ntwo\n", (0, 3), (0, 9_999), "one!\ntwo\n"),
        ("one\r\ntwo\r\n", (0, 3), (0, 4), "one!\r\ntwo\r\n"),
        ("one\ntwo", (0, 0), (7, 0), "!"),
        ("one\ntwo", (7, 0), (7, 5), "one\ntwo!"),
    ],
)
def test_an_edit_beyond_a_line_or_the_document_means_its_end(text, start, end, expected):
    here = document(text)
    here.apply_change(edit(start, end, "!"))
    assert here.source == expected


def test_thousands_of_random_edits_keep_the_two_texts_the_same():
    dice = random.Random(7)
    alphabet = ["a", " ", "\n", "\r\n", "\r", "\u00e9", "\U0001f600", "\x0c", "\u2028", "word"]
    here, text = document("start = 1\n"), "start = 1\n"
    for _ in range(3_000):
        offsets = sorted(dice.randint(0, len(text)) for _ in range(2))
        if offsets[1] - offsets[0] > 20:
            offsets[1] = offsets[0]
        # An editor never puts the cursor between the two characters of a line's end.
        offsets = [at - (text[at - 1 : at + 1] == "\r\n") for at in offsets]
        start, end = (place(text, at) for at in offsets)
        new = "".join(dice.choice(alphabet) for _ in range(dice.randrange(5)))
        here.apply_change(edit(start, end, new))
        text = text[: offsets[0]] + new + text[offsets[1] :]
        assert here.source == text


def place(text, offset):
    """Line and UTF-16 character of an offset in code points."""
    units = len(text[:offset].encode("utf-16-le")) // 2
    starts = [start for start in starts_of_lines(text) if start <= units]
    return len(starts) - 1, units - starts[-1]


def test_a_cursor_splits_the_text_in_what_is_before_and_after():
    cursor = cursor_at(document("one\r\n\U0001f600two\r\n"), Position(line=1, character=3))
    assert cursor.before == "one\r\n\U0001f600t"
    assert cursor.after == "wo\r\n"
    assert (cursor.line, cursor.column) == (1, 2)


def test_a_character_beyond_the_line_means_its_end():
    cursor = cursor_at(document("one\r\ntwo\r\n"), Position(line=0, character=400))
    assert (cursor.before, cursor.after) == ("one", "\r\ntwo\r\n")


def test_a_character_inside_a_surrogate_pair_does_not_split_it():
    cursor = cursor_at(document("\U0001f600x"), Position(line=0, character=1))
    assert cursor.before + cursor.after == "\U0001f600x"


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("one", 1), ("one\n", 2), ("one\r", 2)])
def test_a_line_beyond_the_end_is_refused(text, lines):
    assert cursor_at(document(text), Position(line=lines - 1, character=0)).line == lines - 1
    with pytest.raises(JsonRpcInvalidParams):
        cursor_at(document(text), Position(line=lines, character=0))


def test_what_is_replaced_is_counted_in_utf16_units():
    here = document("x = '\U0001f600')\U0001f600\n")
    position = Position(line=0, character=8)
    cursor = cursor_at(here, position)
    replaced = range_after(here.position_codec, position, cursor, 2)
    assert replaced.start == Position(line=0, character=8)
    assert replaced.end == Position(line=0, character=11)
