"""What is a comment, a string, a bracket, where the text stops anywhere."""

from pathlib import Path

import pytest
from phi_sidecar.completion import lexical
from phi_sidecar.completion.brackets import left_open, unpaired, unpaired_after
from phi_sidecar.completion.language import language_of
from phi_sidecar.completion.lexical import (
    Kind,
    Reading,
    code_only,
    kind_at_end,
    lead_to,
    open_quote,
    opening_at,
    read,
    read_after,
    read_on,
    read_up_to,
)
from phi_sidecar.completion.tags import left_open as open_elements
from phi_sidecar.completion.tags import tags
from phi_sidecar.completion.tokens import tokens_of, warm

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = {
    ".ts": "typescript", ".tsx": "typescriptreact", ".rs": "rust", ".py": "python",
    ".sh": "shellscript", ".md": "markdown",
}  # fmt: skip


def brackets_of(text, language):
    found = read(text, language_of(language)).stretches
    return "".join(text[each.start] for each in found if each.kind is Kind.BRACKET)


@pytest.mark.parametrize(
    ("language", "text", "quote"),
    [
        ("python", "x = 'a", "'"),
        ("python", 'x = """a "b', '"""'),
        ("python", "x = rb'''a", "'''"),
        ("python", 'x = f"{a} b', '"'),
        ("python", 'x = "a\\"', '"'),
        ("javascript", 'const s = "abc (', '"'),
        ("typescript", "const s = `a ${b} c", "`"),
        ("typescript", "const s = `a ${`b ${c} d", "`"),
        ("typescript", "const s = `a ${f({ b: `c` })} d", "`"),
        ("typescriptreact", '<a href="x', '"'),
        ("go", "s := `a\nb", "`"),
        ("rust", 'let s = "a\nb', '"'),
        ("java", 'String s = """\n  a "b" c', '"""'),
        ("java", 'String s = "a', '"'),
        ("c", 'puts("a', '"'),
        ("yaml", 'name: "a', '"'),
        ("shellscript", 'echo "a $b $(c) d', '"'),
        ("shellscript", "awk '{\n print", "'"),
        ("kotlin", 'val s = "a ${b} c', '"'),
        ("csharp", 'var s = $"a', '"'),
        ("unheard-of", 'say "a', '"'),
    ],
)
def test_a_string_that_is_being_written_is_open(language, text, quote):
    known = language_of(language)
    assert kind_at_end(text, known) is Kind.STRING
    assert open_quote(text, known) == quote
    assert kind_at_end(text + quote, known) is Kind.CODE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "x = f'{a"),
        ("typescript", "const s = `a ${b"),
        ("typescript", "const s = `${a({ b"),
        ("rust", "fn f<'a>(x: &'a str"),
        ("rust", 'let c = \'x\'; let r = r#"a"b"#;'),
        ("c", "char c = '\"';"),
        ("go", "r := '\\''"),
        ("javascript", "const r = /[\"'](/;"),
        ("typescript", "names.filter((name) => /['(]/.test(name))"),
        ("typescriptreact", "<p>It's here"),
        ("python", 'x = "not ended\ny = 1'),
        ("java", 'String s = "not ended\nint y = f('),
        ("json", '{"a": 1, "b": '),
        ("css", 'a::before { content: "("; '),
    ],
)
def test_what_only_looks_like_a_string_is_code(language, text):
    assert kind_at_end(text, language_of(language)) is Kind.CODE


@pytest.mark.parametrize(
    ("language", "text", "is_open"),
    [
        ("python", "x = 1  # why", True),
        ("python", "x = 1  # why\n", False),
        ("rust", "/* a /* b */ c", True),
        ("rust", "/* a /* b */ c */", False),
        ("rust", "/// Sums", True),
        ("c", "/* a\n * b", True),
        ("c", "int x; // why", True),
        ("javascript", "f() /* not (ended", True),
        ("typescript", "/** {@link x} */", False),
        ("go", "// a\nx", False),
        ("java", "int x; /* a */", False),
        ("html", "<p><!-- a", True),
        ("html", "<!-- a -->", False),
        ("yaml", "a: 1 # why", True),
        ("yaml", "a: b#c", False),
        ("shellscript", "echo $#", False),
        ("css", "a { /* why", True),
        ("lua", "x = 1 -- why", True),
        ("sql", "select 1 -- why", True),
    ],
)
def test_a_comment_is_open_until_it_ends(language, text, is_open):
    assert (kind_at_end(text, language_of(language)) is Kind.COMMENT) is is_open


@pytest.mark.parametrize(
    ("language", "text", "brackets"),
    [
        ("python", "f(')', \"]\", '''}''')  # (", "()"),
        ("python", "f'{a[0]} {{'", "{[]}"),
        ("typescript", "`(${a(b)}[`", "{()}"),
        ("typescript", "`${f({ ...a, b }, [1])}\\n(`, {}", "{({}[])}{}"),
        ("swift", 'let a = "x \\(b(1)) ("', "(())"),
        ("rust", "vec!['(', '\\'']", "[]"),
        ("c", '#define F(x) (x + ")")', "()()"),
        ("c", "char c = '{';", ""),
        ("go", "`{` + f()", "()"),
        ("java", 'String s = """\n  (\n  """; f();', "()"),
        ("yaml", "a: [1, {b: c}] # (", "[{}]"),
        ("yaml", "run: echo (a", ""),
        ("shellscript", 'x=$(f "$(g)") # (', "(())"),
        ("shellscript", "cat <<EOF\n(\nEOF\nf() {", "(){"),
        ("ruby", 'x = "a #{b(1)} ("', "{()}"),
        ("php", "$a = \"{$b['c']} (\";", "{[]}"),
        ("markdown", "a) and (b", ""),
    ],
)
def test_brackets_in_strings_and_comments_count_for_nothing(language, text, brackets):
    assert brackets_of(text, language) == brackets


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_reading_on_from_any_place_finds_what_reading_the_whole_finds(path):
    language = language_of(LANGUAGES.get(path.suffix, path.suffix[1:]))
    text = path.read_text(encoding="utf-8")
    for offset in range(0, len(text), 7):
        before, after = text[:offset], text[offset:]
        assert read_on(before, after, language).opening == ""
        beyond = [each for each in read(text, language).stretches if each.start >= offset]
        brackets = [each for each in beyond if each.kind is Kind.BRACKET]
        for found in (
            read_on(before, after, language).stretches,
            read_after(lead_to(before, "", language), after, language),
        ):
            assert [
                (each.start + offset, each.end + offset)
                for each in found
                if each.kind is Kind.BRACKET
            ] == [(each.start, each.end) for each in brackets]


def test_a_closer_of_what_the_text_before_opened_is_unpaired():
    language = language_of("python")
    assert [each.character for each in unpaired_after("f(g(", "a), b)", language).closers] == [
        ")",
        ")",
    ]
    assert unpaired_after('f("', 'a)")', language).closers[0].offset == 3


def test_an_opener_within_another_pair_lacks_its_partner():
    found = unpaired("f([a)", language_of("python"))
    assert found == ((), ())
    brackets, _ = left_open("f([a", ")", language_of("python"))
    assert [each.character for each in brackets] == ["["]


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_reading_line_by_line_finds_what_reading_at_once_finds(path):
    language = language_of(LANGUAGES.get(path.suffix, path.suffix[1:]))
    text = path.read_text(encoding="utf-8")
    for offset in range(0, len(text), 7):
        before = text[:offset]
        at_once, by_line = (
            [each.start for each in reading.stretches if each.kind is Kind.BRACKET]
            for reading in (read(before, language), read_up_to(before, language))
        )
        assert by_line == at_once
        assert kind_at_end(before, language) is read(before, language).kind_at_end


def test_a_window_that_begins_within_a_long_string_is_read_as_its_inside():
    text = 'x = 1\n"""It says (\nmuch.\n"""\ny = f(\n'
    offset = text.index("much")
    language = language_of("python")
    lead = opening_at(text, offset, language)
    assert lead == '"""'
    assert kind_at_end(lead + text[offset:], language) is Kind.CODE
    assert kind_at_end(text[offset:], language) is Kind.STRING


def test_a_window_that_begins_within_a_comment_is_read_as_its_inside():
    text = "int x;\n/*\n * It's (\n */\nf();\n"
    assert opening_at(text, text.index(" * It"), language_of("c")) == "/*"
    assert opening_at(text, text.index("f()"), language_of("c")) == ""


def test_what_follows_a_closed_string_is_code():
    brackets, _ = left_open('print("', '")\n', language_of("python"))
    assert brackets == ()
    brackets, _ = left_open('print("', ")\n", language_of("python"))
    assert brackets == ()


def test_comments_and_strings_are_blanked_in_place():
    text = 'f("a\nb") # c\n'
    blank = code_only(text, language_of("shellscript"))
    assert blank == "f(  \n  )    \n"
    assert code_only(text, language_of("shellscript"), keep_strings=True) == 'f("a\nb")    \n'


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("html", "<ul><li>a</li><li>b<br><img src='x'/>", ["ul", "li"]),
        ("html", "<a href='</b>'>", ["a"]),
        ("typescriptreact", "return <Panel.Row names={names}><b/>", ["Panel.Row"]),
        ("xml", "<a:b><c/></a:b><d>", ["d"]),
        ("html", "a < b", []),
    ],
)
def test_elements_are_open_until_their_closing_tag(language, text, names):
    assert open_elements(tags(text, language_of(language))) == names


def test_tokens_have_the_texts_own_offsets():
    text = "x = 1\ny = f(2)\n"
    for token in tokens_of(text, 6, "python"):
        assert text.startswith(token.text, token.start) or token.start == len(text)


def test_a_lexer_that_is_not_known_can_be_warmed_too():
    warm("unheard-of")
    warm("rust")


def test_a_line_without_end_is_not_read_from_its_beginning(monkeypatch):
    seen = []
    monkeypatch.setattr(lexical, "read", lambda text, _: seen.append(len(text)) or Reading())
    text = "f(/* x */);" * 40_000
    lexical.opening_at(text, len(text), language_of("javascript"))
    assert seen[0] <= 17_000
