"""Which way of asking is taken where, and what each puts into its prompt."""

from dataclasses import replace

import pytest
from phi_sidecar.completion.context import Snippet
from phi_sidecar.completion.situation import Situation, situation_of
from phi_sidecar.completion.strategies import STRATEGIES, WAYS, second_way, strategy_for
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.generated.protocol import RawPrompt
from phi_sidecar.models.catalog import CompletionStyle

SNIPPETS = (
    Snippet("src/near.py", "def near():\n    return 1", 1, 0.4),
    Snippet("src/far.py", "def far():\n\n    return 2", 1, 0.2),
)

PLACES = {
    Situation.IMPORT: "import os\nfrom pa█\n\nx = 1\n",
    Situation.DOCSTRING: '"""Say █\n"""\nx = 1\n',
    Situation.IN_LINE: "y = 2\nx = █\ny = 3\n",
    Situation.END: "x = 1\n█",
    Situation.BLOCK_START: "def f():\n    █\n\nx = 1\n",
    Situation.BLOCK_LINE: "def f():\n    x = 1\n    █\n    return x\n",
    Situation.TOP_LEVEL: "x = 1\n█\ny = 2\n",
}


def raw_text(ask, context):
    prompt = ask(context, Mode.SINGLE_LINE, 20).prompt
    assert isinstance(prompt, RawPrompt)
    return prompt.text


@pytest.mark.parametrize("situation", list(Situation))
@pytest.mark.parametrize("style", list(CompletionStyle))
def test_every_style_has_a_way_for_every_situation_and_names_it(style, situation, context_at):
    context = context_at(PLACES[situation])
    assert situation_of(context) is situation
    prompt = STRATEGIES[style](context, Mode.SINGLE_LINE, 20)
    assert prompt == WAYS[prompt.strategy](context, Mode.SINGLE_LINE, 20).named(prompt.strategy)
    assert prompt.fallback is None or prompt.fallback.strategy == prompt.strategy


@pytest.mark.parametrize("situation", list(Situation))
@pytest.mark.parametrize("style", list(CompletionStyle))
def test_the_second_way_is_another_than_the_first(style, situation, context_at):
    context = context_at(PLACES[situation])
    first = STRATEGIES[style](context, Mode.SINGLE_LINE, 20)
    second = second_way(style, context)(context, Mode.SINGLE_LINE, 20)
    assert second.strategy != first.strategy


def test_the_lines_below_stand_first_and_apart_from_those_above(context_at):
    context = context_at("def f(x):\n    y = █\n    return y\n\n\nprint(f(1))\n")
    text = raw_text(WAYS["after-first"], context)
    assert text == "    return y\n\n\nprint(f(1))\n\n\ndef f(x):\n    y ="


def test_with_nothing_below_after_first_is_plain_continuation(context_at):
    context = context_at("x = 1\ny = █")
    assert raw_text(WAYS["after-first"], context) == raw_text(WAYS["continuation"], context)


@pytest.mark.parametrize("way", ["continuation", "after-first"])
def test_what_the_window_cut_off_stands_right_above_it(way, context_at):
    body = "        x = 1\n" * 100
    text = f"import os\n\n\nclass A:\n    def f(self):\n{body}        y = █\n\nz = 1\n"
    context = context_at(text, prefix_tokens=200)
    asked = raw_text(WAYS[way], context)
    assert asked.endswith(f"import os\n\nclass A:\n    def f(self):\n{context.prefix.rstrip(' ')}")


@pytest.mark.parametrize("way", ["continuation", "after-first"])
def test_snippets_stand_on_top_as_comments_the_most_similar_one_last(way, context_at):
    context = replace(context_at("x = 1\ny = █"), snippets=SNIPPETS)
    assert raw_text(WAYS[way], context) == (
        "# From src/far.py:\n# def far():\n#\n#     return 2\n"
        "# From src/near.py:\n# def near():\n#     return 1\n\n"
        "x = 1\ny ="
    )


def test_a_snippet_cannot_end_the_comment_that_it_stands_in(context_at):
    snippet = Snippet("a.css", "a { /* red */ color: red; }", 1, 0.3)
    context = replace(context_at("b {\n  color: █", "css"), snippets=(snippet,))
    asked = raw_text(WAYS["continuation"], context)
    assert asked.startswith("/* From a.css: */\n/* a { /* red  color: red; } */\n\nb {")


def test_running_text_has_no_comments_for_snippets(context_at):
    context = replace(context_at("One and █", "markdown"), snippets=SNIPPETS)
    assert raw_text(WAYS["continuation"], context) == "One and"


def test_a_chat_is_told_of_similar_code_before_the_rest(context_at):
    context = replace(context_at("x = 1\ny = █\nz = 3\n"), snippets=SNIPPETS)
    request = WAYS["instruct"](context, Mode.SINGLE_LINE, 20).prompt.messages[1].content
    places = [request.index(each) for each in ("def far", "def near", "z = 3")]
    assert places == sorted(places)
    assert "src/near.py" in request


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("f(█)\nz = 3\n", "z = 3"),
        ("f('█');\nz = 3\n", "z = 3"),
        ("x = █ + other\nz = 3\n", "+ other\nz = 3"),
        ("x = █", ""),
    ],
)
def test_a_chat_is_not_told_of_what_an_editor_closed_by_itself(text, told, context_at):
    request = WAYS["instruct"](context_at(text), Mode.SINGLE_LINE, 20).prompt.messages[1].content
    assert f"Code after the cursor:\n```\n{told}\n```\n" in request


def test_an_answer_begun_holds_all_that_stands_before_the_cursor(context_at):
    body = "        x = 1\n" * 100
    text = f"import os\n\n\nclass A:\n    def f(self):\n{body}        y = █\n\nz = 1\n"
    context = replace(context_at(text, prefix_tokens=200), snippets=SNIPPETS)
    asked = WAYS["answer-begun"](context, Mode.SINGLE_LINE, 20)
    (request,) = asked.prompt.messages
    places = [request.content.index(each) for each in ("src/file", "def far", "def near", "z = 1")]
    assert places == sorted(places)
    assert "$" not in request.content
    assert asked.prompt.answer_start == f"```python\n{context.header}{context.prefix.rstrip(' ')}"
    assert (asked.cut, asked.stop) == (" ", ("\n", "```"))


def test_with_nothing_around_an_answer_begun_is_asked_for_in_a_sentence(context_at):
    asked = WAYS["answer-begun"](context_at("x = █"), Mode.MULTI_LINE, 20)
    assert asked.prompt.messages[0].content == "Write the file src/file (python)."


def test_a_way_chosen_for_a_model_is_gone_at_every_place(context_at):
    ask = strategy_for(CompletionStyle.CONTINUATION, "instruct")
    for text in PLACES.values():
        assert ask(context_at(text), Mode.SINGLE_LINE, 20).strategy == "instruct"
