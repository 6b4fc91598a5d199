from phi_sidecar.lines import split_lines


def test_lines_end_at_line_feeds_and_carriage_returns_and_nowhere_else():
    text = "a\x0cb\x0b\x1c\x1d\x1e\x85\u2028\u2029c\nd\re\r\nf"
    assert split_lines(text) == ["a\x0cb\x0b\x1c\x1d\x1e\x85\u2028\u2029c\n", "d\r", "e\r\n", "f"]
    assert split_lines("a\nb") == ["a\n", "b"]
    assert split_lines("") == []
