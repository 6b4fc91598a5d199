import pytest
from phi_sidecar.cli.source_file import BadPlace, read_cursor


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.py"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_lines_and_columns_count_from_one(file):
    cursor = read_cursor(file("one\ntwo\n"), 2, 3)
    assert (cursor.before, cursor.after) == ("one\ntw", "o\n")
    assert (cursor.line, cursor.column) == (1, 2)


def test_columns_count_utf16_units(file):
    cursor = read_cursor(file("\U0001f600x = 1"), 1, 4)
    assert cursor.before == "\U0001f600x"
    assert cursor.column == 2


def test_a_column_beyond_the_line_means_its_end(file):
    assert read_cursor(file("one\ntwo"), 1, 99).before == "one"


def test_the_line_ends_of_windows_are_no_part_of_the_line(file):
    cursor = read_cursor(file(b"one\r\ntwo\r\n"), 1, 99)
    assert cursor.before == "one"


def test_the_empty_line_after_the_last_line_feed_is_one(file):
    assert read_cursor(file("one\n"), 2, 1).before == "one\n"


@pytest.mark.parametrize(
    ("name", "language"),
    [("a.py", "python"), ("A.PY", "python"), ("a.tsx", "typescriptreact"), ("a.x", "plaintext")],
)
def test_the_language_is_told_from_the_name(file, name, language):
    assert read_cursor(file("x", name), 1, 1).document.language_id == language


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [(0, 1, "lines count from 1"), (3, 1, "no line 3"), (1, 0, "columns count from 1")],
)
def test_a_place_that_is_not_there_is_told(file, line, column, told):
    with pytest.raises(BadPlace, match=told):
        read_cursor(file("one\ntwo"), line, column)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadPlace, match="cannot be read"):
        read_cursor(tmp_path / "none.py", 1, 1)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(BadPlace, match="cannot be read"):
        read_cursor(tmp_path, 1, 1)


def test_a_file_that_is_not_utf8_is_told(file):
    with pytest.raises(BadPlace, match="not UTF-8"):
        read_cursor(file(b"caf\xe9 = 1"), 1, 1)
