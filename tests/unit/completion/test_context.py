"""What is taken from around the cursor."""

import random

import pytest
from phi_sidecar.completion.context import DocumentView, PromptBudget, build_context
from phi_sidecar.completion.lexical import Kind

LONG = "".join(f"value_{number} = compute({number})\n" for number in range(2_000))


def at_end(text):
    line = text.count("\n")
    return build_context(
        DocumentView(text, "python", "a.py"),
        line,
        len(text) - text.rfind("\n") - 1,
        PromptBudget(200),
    )


def test_prefix_and_suffix_meet_at_the_cursor(context_at):
    context = context_at("one\ntwo = █three\nfour")
    assert context.prefix == "one\ntwo = "
    assert context.suffix == "three\nfour"
    assert (context.line_before, context.line_after) == ("two = ", "three")
    assert context.lines_above == ("one",)
    assert context.lines_below == ("four",)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_ending_counts_as_one(newline):
    document = DocumentView(newline.join(["a = 1", "b = 2", "c = 3"]), "python", "a.py")
    context = build_context(document, 1, 4, PromptBudget(100))
    assert context.prefix == "a = 1\nb = "
    assert context.suffix == "2\nc = 3"


def test_a_place_beyond_what_is_there_clamps():
    document = DocumentView("ab\ncd", "python", "a.py")
    assert build_context(document, 0, 99, PromptBudget(100)).prefix == "ab"
    assert build_context(document, 9, 0, PromptBudget(100)).prefix == "ab\ncd"


def test_characters_outside_the_basic_plane_count_as_one(context_at):
    context = context_at('s = "🙂█" + "🙃"')
    assert context.line_before == 's = "🙂'


def test_the_prefix_keeps_to_the_budget_and_begins_at_a_line():
    context = at_end(LONG)
    assert 350 <= len(context.prefix) <= 500
    assert LONG.endswith("\n" + context.prefix)
    assert context.skipped_chars + len(context.prefix) == len(LONG)


def test_the_windows_start_stays_while_the_person_types():
    starts = []
    for typed in range(600):
        text = LONG + "x" * typed
        starts.append(len(text) - len(at_end(text).prefix))
    assert starts == sorted(starts)
    assert len(set(starts)) <= 7


def test_a_line_longer_than_the_window_is_cut():
    context = at_end("x" * 5_000)
    assert 350 <= len(context.prefix) <= 500


def test_any_document_and_place_gives_a_window_within_the_budget():
    random.seed(1)
    for _ in range(300):
        text = "".join(random.choices("ab \n\t{}é🙂", k=random.randrange(2_000)))
        budget = PromptBudget(random.randrange(1, 300), random.randrange(40))
        line = random.randrange(60)
        column = random.randrange(60)
        context = build_context(DocumentView(text, "c", "a.c"), line, column, budget)
        assert len(context.prefix) <= budget.prefix_chars
        assert len(context.below) <= budget.suffix_chars
        assert context.prefix + context.suffix in text


def test_whole_lines_below_the_cursors_are_for_the_prompt():
    document = DocumentView("x\n" + "abcdefghi\n" * 50, "python", "a.py")
    context = build_context(document, 0, 1, PromptBudget(100, suffix_tokens=10))
    assert context.below == "abcdefghi\nabcdefghi\nabcdefghi"


def test_half_a_budget_is_half():
    assert PromptBudget(200, 40, 2.5, 20).halved() == PromptBudget(100, 20, 2.5, 10)


def test_a_whole_prompts_budget_goes_mostly_to_the_text_before_the_cursor():
    budget = PromptBudget.of(1_024)
    assert (budget.prefix_tokens, budget.suffix_tokens, budget.snippet_tokens) == (640, 128, 256)
    assert budget.without_snippets().prefix_tokens == 896
    assert PromptBudget.of(1).prefix_tokens == 1


def test_imports_and_scopes_that_the_window_cuts_off_are_kept_apart(context_at):
    text = "import os\n\n\nclass A:\n    def f(self):\n" + "        x = 1\n" * 100 + "█"
    context = context_at(text, prefix_tokens=200)
    assert context.header == "import os\n\nclass A:\n    def f(self):\n"
    assert context.prefix.startswith("        x = 1\n")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("def f():\n    x\n█", "    "),
        ("function f() {\n  if (x) {\n    y\n  }\n█", "  "),
        ("func f() {\n\tx\n\ty\n█", "\t"),
        ("/*\n * a\n * b\n */\nint f() {\n    x;\n█", "    "),
        ("█", "    "),
        ("a:\n  b:\n        c\n█", "  "),
    ],
)
def test_the_files_indentation_is_read_from_its_lines(text, unit, context_at):
    assert context_at(text).indentation.unit == unit


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("x = █", "python", Kind.CODE),
        ("x = 1  # one█", "python", Kind.COMMENT),
        ('x = "one█', "python", Kind.STRING),
        ('x = "one█"', "python", Kind.STRING),
        ('"""Say\nmore█', "python", Kind.STRING),
        ('"""Say\nmore"""\n█', "python", Kind.CODE),
        ('x = "a\\"b█', "python", Kind.STRING),
        ('x = "# no comment"; y█', "python", Kind.CODE),
        ("/* one\n two█", "c", Kind.COMMENT),
        ("/* one */█", "c", Kind.CODE),
        ("// one█", "c", Kind.COMMENT),
        ("// one\n█", "c", Kind.CODE),
        ("const s = `a\nb█", "typescript", Kind.STRING),
        ("fn f<'a>(x: &'a str, █", "rust", Kind.CODE),
        ("#id { color: █", "css", Kind.CODE),
        ("echo $#█", "shellscript", Kind.CODE),
        ("it's a█", "markdown", Kind.CODE),
        ("<!-- one█", "html", Kind.COMMENT),
    ],
)
def test_comments_strings_and_code_are_told_apart(text, language, place, context_at):
    assert context_at(text, language).place is place


@pytest.mark.parametrize(
    ("text", "language", "opens"),
    [
        ("def f():\n    █", "python", True),
        ("def f():█", "python", True),
        ("def f():  # why\n    █", "python", True),
        ('def f():\n    """Say."""\n    █', "python", True),
        ("def f():\n    # first\n\n    █", "python", True),
        ("def f():\n    x = 1\n    █", "python", False),
        ("function f() {\n  █", "typescript", True),
        ("const f = () => {█", "typescript", True),
        ("f(█", "typescript", False),
        ("f(\n  █\n)", "typescript", True),
        ("runs-on: █", "yaml", False),
        ("with:\n  █", "yaml", True),
        ("if [ -f x ]; then\n  █", "shellscript", True),
        ("def f\n  █", "ruby", True),
        ("# Title:\n█", "markdown", False),
        ("x = 'a:█", "python", False),
    ],
)
def test_it_is_known_where_a_block_was_opened(text, language, opens, context_at):
    assert context_at(text, language).opens_block is opens


@pytest.mark.parametrize(
    ("text", "left_open"),
    [
        ("f(█", "("),
        ("f(█)", ""),
        ("function f() {\n  g([█\n}\n", "(["),
        ("class A {\n  f() {\n    █\n}\n", "{"),
        ("class A {\n  f() {\n    █\n  }\n}\n", ""),
        ("class A {\n  f() {\n    █", "{{"),
        ('f("(█', "("),
        ("// (\n█", ""),
    ],
)
def test_brackets_that_nothing_closes_are_found(text, left_open, context_at):
    context = context_at(text, "typescript")
    assert "".join(bracket.character for bracket in context.left_open) == left_open


def test_outer_brackets_count_as_closed_where_the_end_is_out_of_sight(context_at):
    context = context_at("class A {\n  f() {\n    █\n" + "  x = 1;\n" * 1_000 + "}\n", "typescript")
    assert context.left_open == ()


def test_a_comment_above_is_noticed(context_at):
    assert context_at("x = 1\n# add\n█").below_comment
    assert not context_at("x = 1\n█").below_comment
    assert not context_at("# add\nx = █").below_comment
