"""Whatever a model says, and wherever the cursor stands: accepting it does no harm to the file."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from phi_sidecar.completion import postprocess
from phi_sidecar.completion.brackets import unpaired
from phi_sidecar.completion.context import DocumentView, PromptBudget, build_context
from phi_sidecar.completion.language import language_of
from phi_sidecar.completion.lexical import read
from phi_sidecar.completion.suggestion import Draft, Mode, Suggestion

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = {
    ".rs": "rust", ".go": "go", ".java": "java", ".c": "c", ".html": "html", ".yaml": "yaml",
    ".md": "markdown", ".tsx": "typescriptreact", ".ts": "typescript", ".py": "python",
    ".sh": "shellscript", ".css": "css", ".json": "json",
}  # fmt: skip
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.iterdir())}
LONGEST_S = 2.0
"""Far more than it takes; a regular expression gone wild takes hours."""

STATISTICS = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

soup = st.text(alphabet="()[]{}\"'`<>/*#-:;,.= \n\tab\\$", max_size=60)
anything = st.text(max_size=80)
pieces = st.sampled_from(
    [
        "(", ")", "[", "]", "{", "}", "()", "{}", "\n", "\n    ", "\n\t", "  ", ", ", ": ", ";",
        "\r\n", "if (x) {", "return x", "foo(", "bar)", "`${", "}`", "f'{", '"""', "'", '"', "/*",
        "*/", "//", "# ", "<li>", "</li>", "</ul>", "name", "=> {", "größe", "🙂", "```", "end",
        "x = ", "'a'",
    ]
)  # fmt: skip
made_up = st.lists(pieces, max_size=14).map("".join)


@st.composite
def places(draw):
    name = draw(st.sampled_from(sorted(FILES)))
    return name, draw(st.integers(0, len(FILES[name])))


@st.composite
def stretches_of_files(draw):
    text = FILES[draw(st.sampled_from(sorted(FILES)))]
    start = draw(st.integers(0, len(text) - 1))
    return text[start : start + draw(st.integers(1, 160))]


answers = st.one_of(soup, anything, made_up, stretches_of_files())
modes = st.sampled_from(list(Mode))


def context_of(text, name, offset):
    before = text[:offset]
    line = before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    language = LANGUAGES[Path(name).suffix]
    return build_context(DocumentView(text, language, name), line, column, PromptBudget(4_000))


def shown(context, answer, mode, ended):
    """Put an answer through every filter; what is shown, or None."""
    started = time.process_time()
    result = postprocess.run(Draft(answer, mode, ended), context)
    assert time.process_time() - started < LONGEST_S
    return result if isinstance(result, Suggestion) else None


def accepted(context, suggestion):
    return context.prefix + suggestion.text + context.suffix[suggestion.replace_after :]


def is_balanced(text, language):
    return unpaired(text, language) == ((), ())


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_sample_is_balanced_itself(name):
    language = language_of(LANGUAGES[Path(name).suffix])
    assert is_balanced(FILES[name], language)
    assert not read(FILES[name], language).opening


@STATISTICS
@given(places(), answers, modes, st.booleans())
def test_accepting_keeps_brackets_in_balance(place, answer, mode, ended):
    context = context_of(FILES[place[0]], *place)
    suggestion = shown(context, answer, mode, ended)
    if suggestion is None or not context.language.code:
        return
    after = accepted(context, suggestion)
    assert is_balanced(after, context.language), after
    assert not read(after, context.language).opening


@STATISTICS
@given(places(), st.integers(1, 120), answers, modes, st.booleans())
def test_accepting_leaves_no_more_unpaired_where_something_is_missing(
    place, missing, answer, mode, ended
):
    name, offset = place
    text = FILES[name][:offset] + FILES[name][offset + missing :]
    context = context_of(text, name, offset)
    if read(text, context.language).opening:
        # Whatever follows an open string or comment belongs to it: there is no balance to keep.
        return
    suggestion = shown(context, answer, mode, ended)
    if suggestion is None or not context.language.code:
        return
    before = unpaired(text, context.language)
    after = unpaired(accepted(context, suggestion), context.language)
    assert sum(map(len, after)) <= sum(map(len, before)), accepted(context, suggestion)


@STATISTICS
@given(places(), st.integers(1, 120), modes, st.booleans())
def test_the_text_after_the_cursor_is_never_said_again(place, length, mode, ended):
    name, offset = place
    context = context_of(FILES[name], name, offset)
    suggestion = shown(context, context.suffix[:length], mode, ended)
    if suggestion is None:
        return
    said = suggestion.text.rstrip()
    rest = context.line_after[suggestion.replace_after :].strip()
    if any(character.isalnum() for character in rest):
        assert not said.endswith(rest)
    elif not rest and context.lines_below:
        finished = (context.line_before + suggestion.text).rstrip().rsplit("\n", 1)[-1]
        assert finished != context.lines_below[0].rstrip()


@STATISTICS
@given(places(), answers, modes, st.booleans())
@example(("notes.md", 0), "", Mode.SINGLE_LINE, True)
def test_what_is_shown_is_worth_showing(place, answer, mode, ended):
    name, offset = place
    context = context_of(FILES[name], name, offset)
    suggestion = shown(context, answer, mode, ended)
    if suggestion is None:
        return
    assert suggestion.text.strip()
    assert "\r" not in suggestion.text
    assert 0 <= suggestion.replace_after <= len(context.line_after)
    assert mode is Mode.MULTI_LINE or "\n" not in suggestion.text


@STATISTICS
@given(places(), answers, modes)
def test_lines_are_indented_as_the_file_is(place, answer, mode):
    name, offset = place
    context = context_of(FILES[name], name, offset)
    suggestion = shown(context, answer, mode, True)
    if suggestion is None:
        return
    for line in suggestion.text.split("\n")[1:]:
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        assert set(indent) <= set(context.indentation.unit) or line.lstrip().startswith("*")


@STATISTICS
@given(places(), answers, modes)
def test_an_answer_with_other_line_ends_is_shown_alike(place, answer, mode):
    assume("\r" not in answer)
    name, offset = place
    context = context_of(FILES[name], name, offset)
    other = answer.replace("\n", "\r\n")
    assert shown(context, other, mode, True) == shown(context, answer, mode, True)
