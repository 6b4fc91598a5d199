"""Each filter by its golden cases: a document with a cursor, what the model said, what is shown."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from phi_sidecar.completion import postprocess
from phi_sidecar.completion.context import Snippet
from phi_sidecar.completion.policy import choose_mode
from phi_sidecar.completion.suggestion import Draft, Mode, Rejected, Suggestion

GOLDEN = Path(__file__).parent / "golden"
WHOLE_PIPELINE = {"pipeline", "complaints"}
"""Folders of cases that go through every filter."""
OFTEN_COMPLAINED_OF_IN = {
    "python", "typescript", "rust", "go", "java", "c", "html", "yaml", "markdown",
}  # fmt: skip
KNOWN_KEYS = {
    "name", "language", "document", "model", "mode", "ended", "text", "replace_after", "dropped_by",
    "elsewhere",
}  # fmt: skip


def cases():
    for path in sorted(GOLDEN.glob("*/*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            name = f"{path.parent.name}-{path.stem}-{case['name']}"
            yield pytest.param(path.parent.name, case, id=name)


@pytest.mark.parametrize(("filter_name", "case"), list(cases()))
def test_the_text_shown_is_the_golden_one(filter_name, case, context_at):
    assert set(case) <= KNOWN_KEYS
    context = context_at(case["document"], case["language"])
    if "elsewhere" in case:
        context = replace(context, snippets=(Snippet("src/other", case["elsewhere"], 1, 0.3),))
    mode = Mode(case["mode"]) if "mode" in case else choose_mode(context)
    draft = Draft(case["model"], mode, ended=case.get("ended", True))
    if filter_name in WHOLE_PIPELINE:
        result = postprocess.run(draft, context)
    else:
        result = postprocess.FILTERS[filter_name](draft, context)
    if "dropped_by" in case:
        assert isinstance(result, Rejected), result
        assert result.filter == case["dropped_by"]
        assert result.detail.endswith(".")
    else:
        assert isinstance(result, Draft | Suggestion), result
        assert result.text == case["text"]
        assert result.replace_after == case.get("replace_after", 0)


def test_every_filter_has_golden_cases_in_several_languages():
    for name in postprocess.FILTERS:
        languages = [
            case["language"]
            for path in (GOLDEN / name).glob("*.toml")
            for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        ]
        assert len(languages) >= 3, name
        assert len(set(languages)) >= 2, name


@pytest.mark.parametrize(
    "path", sorted(GOLDEN.glob("complaints/*.toml")), ids=lambda path: path.stem
)
def test_what_people_complain_of_is_shown_right_in_every_language(path):
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    assert {case["language"] for case in cases} >= OFTEN_COMPLAINED_OF_IN


def test_every_golden_folder_belongs_to_a_filter():
    assert {path.name for path in GOLDEN.iterdir()} == {*postprocess.FILTERS, *WHOLE_PIPELINE}


def test_a_filter_names_itself_as_in_the_pipeline():
    for name, apply in postprocess.FILTERS.items():
        module = __import__(apply.__module__, fromlist=["NAME"])
        assert getattr(module, "NAME", name) == name
