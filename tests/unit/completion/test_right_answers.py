"""An answer that is just what was there before goes through every filter as it is."""

import re
from pathlib import Path

import pytest
from phi_sidecar.completion import postprocess
from phi_sidecar.completion.context import DocumentView, PromptBudget, build_context
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = {
    ".rs": "rust", ".py": "python", ".ts": "typescript", ".tsx": "typescriptreact",
    ".sh": "shellscript", ".md": "markdown",
}  # fmt: skip
FILES = sorted(SAMPLES.iterdir())
LEAST_SHOWN = 0.98
OPENS = (":", "{")


def language_of(path):
    return LANGUAGES.get(path.suffix, path.suffix[1:])


def shown(path, above, below, line, column, draft):
    text = "\n".join([*above, line[:column], *below])
    view = DocumentView(text, language_of(path), path.name)
    context = build_context(view, len(above), column, PromptBudget(2_000))
    return postprocess.run(draft, context)


def rests_of_lines(lines):
    """Yield a line's number and a column where a person may stop typing."""
    for number, line in enumerate(lines):
        if line.strip():
            yield number, len(line) - len(line.lstrip())
        for match in re.finditer(r"(?<=\w)(?=\W)|(?<=[ (,.=])(?=\S)", line.rstrip()):
            if line[: match.start()].strip():
                yield number, match.start()


def bodies(lines):
    """Yield where a block's lines begin and end."""
    for number, line in enumerate(lines[:-1]):
        own = len(line) - len(line.lstrip())
        end = number + 1
        while end < len(lines) and lines[end].strip() and lines[end][own : own + 1].isspace():
            end += 1
        if line.rstrip().endswith(OPENS) and 1 < end - number <= 9:
            yield number + 1, end


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_rest_of_a_line_is_left_alone(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    touched, places = [], list(rests_of_lines(lines))
    for number, column in places:
        line = lines[number]
        draft = Draft(line[column:], Mode.SINGLE_LINE, ended=True)
        result = shown(path, lines[:number], lines[number + 1 :], line, column, draft)
        if isinstance(result, Rejected) or result.text.strip() != line[column:].strip():
            touched.append((line[:column], line[column:], result))
    assert len(touched) <= len(places) * (1 - LEAST_SHOWN), touched


@pytest.mark.parametrize("language", [".py", ".ts", ".rs", ".go", ".java", ".c", ".css"])
def test_a_block_is_left_whole_and_ended_where_it_ends(language):
    paths = [path for path in FILES if path.suffix == language]
    count = 0
    for path in paths:
        lines = path.read_text(encoding="utf-8").split("\n")
        for start, end in bodies(lines):
            indent = len(lines[start]) - len(lines[start].lstrip())
            body = "\n".join([lines[start].lstrip(), *lines[start + 1 : end]])
            draft = Draft("\n".join([body, *lines[end : end + 6]]), Mode.MULTI_LINE, ended=False)
            result = shown(path, lines[:start], lines[end:], lines[start], indent, draft)
            assert not isinstance(result, Rejected), (body, result)
            assert result.text == body
            count += 1
    assert count
