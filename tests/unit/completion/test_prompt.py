"""How the model is asked."""

import pytest
from phi_sidecar.completion.cut import cut_of, forced_cut_of
from phi_sidecar.completion.strategies import STRATEGIES
from phi_sidecar.completion.strategies.continuation import ask_to_continue
from phi_sidecar.completion.strategies.instruct import ask_by_chat
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.words import rest_of_word
from phi_sidecar.generated.protocol import ChatPrompt, RawPrompt, Role
from phi_sidecar.models.catalog import CompletionStyle


def continuation(context, mode=Mode.SINGLE_LINE):
    return ask_to_continue(context, mode, 20)


def instruct(context, mode=Mode.SINGLE_LINE):
    return ask_by_chat(context, mode, 20)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("def f():\n    ", "\n    "),
        ("def f() {\n\t\t", "\n\t\t"),
        ("import os\n", "\n"),
        ("import os\n\n\n", "\n"),
        ("def f():\n\n    ", " "),
        ("import os  \n    ", " "),
        ("x = ", " "),
        ("x =\t", "\t"),
        ("    return nu", " nu"),
        ("f(nu", "nu"),
        ("\tret", "ret"),
        ("my_va", "va"),
        ("my_", ""),
        ("x12", ""),
        ("f(", ""),
        ("if x =", " ="),
        ("f(a, b) -", " -"),
        ("f(*", "(*"),
        ("    }", ""),
        ("    -", ""),
        ("<b>", ""),
        ("if x >", " >"),
        ("i++", "++"),
        ("Title\n-------", ""),
        ("x.", ""),
        ("größe = grö", " grö"),
        ("é" * 31, ""),
        ("key = " + "a" * 31, ""),
        ("imp", ""),
        ("\n    ", ""),
        (" ", ""),
        ("", ""),
    ],
)
def test_a_prompt_ends_where_a_token_ends(text, cut):
    assert cut_of(text) == cut
    assert text.endswith(cut)
    assert not cut or len(cut) < len(text)


@pytest.mark.parametrize(("text", "cut"), [("x\n    ", " "), ("x", ""), (" ", ""), ("x\n", "\n")])
def test_the_least_that_can_be_cut_is_one_space(text, cut):
    assert forced_cut_of(text) == cut


def test_continuation_is_the_text_before_the_cursor_and_its_cut(context_at):
    prompt = continuation(context_at("def f(x):\n    █\n\ny = 1"))
    assert prompt.prompt == RawPrompt(kind="raw", text="def f(x):")
    assert prompt.cut == "\n    "
    assert prompt.assumed == ""


def test_typing_only_appends_to_the_prompt(context_at):
    text = (
        "import os\n\n\ndef read(path):\n    with open(path) as file:\n        return file.read()\n"
    )
    prompts = [
        continuation(context_at(text[:end] + "█")).prompt.text for end in range(5, len(text))
    ]
    assert all(text.startswith(prompt) for prompt in prompts)


def test_a_fresh_line_that_the_model_would_leave_is_asked_for_once_more(context_at):
    prompt = continuation(context_at("def f(x):\n    █"))
    again = prompt.fallback
    assert again.prompt.text == "def f(x):\n   "
    assert again.cut == " "
    assert again.fallback is None


def test_a_fresh_outermost_line_is_asked_for_once_more_with_its_newline(context_at):
    prompt = continuation(context_at("import os\n█"))
    assert (prompt.prompt.text, prompt.cut) == ("import os", "\n")
    assert (prompt.fallback.prompt.text, prompt.fallback.cut) == ("import os\n", "")
    assert continuation(context_at("import os\n\n█")).fallback is None


def test_a_word_that_the_model_would_not_write_is_taken_from_the_file(context_at):
    prompt = continuation(context_at("number_list = [1]\nx = 2\nprint(num█"))
    assert prompt.cut == "num"
    assert prompt.fallback.prompt.text == "number_list = [1]\nx = 2\nprint(number_list"
    assert prompt.fallback.assumed == "ber_list"
    assert prompt.fallback.fallback is None


def test_a_single_letter_that_is_no_word_is_not_asked_for_again(context_at):
    assert continuation(context_at("x = 1\nr█")).fallback is None
    assert continuation(context_at("r = 1\nr█")).fallback.prompt.text == "r = 1\nr"


def test_no_chain_of_questions_is_longer_than_two(context_at):
    for text in ("x = 1\n█", "def f():\n    █", "x = na█", "x = █", "f(█"):
        for style in CompletionStyle:
            prompt = STRATEGIES[style](context_at(text), Mode.SINGLE_LINE, 20)
            assert prompt.fallback is None or prompt.fallback.fallback is None


def test_the_worker_ends_a_line_unless_the_cut_begins_with_one(context_at):
    assert continuation(context_at("x = █")).stop == ("\n",)
    assert continuation(context_at("x = 1\n█")).stop == ()
    assert continuation(context_at("x = █"), Mode.MULTI_LINE).stop == ()


def test_instruct_has_the_rule_then_the_suffix_then_the_prefix(context_at):
    prompt = instruct(context_at("import os\n\n\ndef f(x):\n    y = █\n    return y\n"))
    assert isinstance(prompt.prompt, ChatPrompt)
    rule, request = prompt.prompt.messages
    assert rule.role is Role.system
    assert request.role is Role.user
    assert "$" not in rule.content + request.content
    assert request.content.index("return y") < request.content.index("import os")
    assert "src/file (python)" in request.content
    assert prompt.prompt.answer_start == "```python\ndef f(x):\n    y ="
    assert "def f" not in request.content
    assert prompt.cut == " "
    assert prompt.stop == ("\n", "```")


@pytest.mark.parametrize(
    "text", ["def f(x):\n    █", "x = 1\n\n\n█", "x = 1\ny = na█", "x█", "x = 1\n\ty = █"]
)
def test_the_answers_start_never_ends_in_whitespace_and_with_the_cut_makes_the_prefix(
    text, context_at
):
    context = context_at(text)
    prompt = instruct(context)
    start = prompt.prompt.answer_start
    assert start == start.rstrip()
    lines = start.split("\n", 1)[1]
    assert context.prefix.endswith(lines + prompt.cut)
    before = prompt.prompt.messages[1].content.rsplit("```\n", 1)[1].removesuffix("\n```")
    assert context.prefix == "\n".join(filter(None, [before, lines])) + prompt.cut


def test_code_with_dollar_signs_is_put_in_as_it_is(context_at):
    prompt = instruct(context_at("echo $path\necho ${suffix}\necho $█\n", "shellscript"))
    assert "echo $path" in prompt.prompt.messages[1].content


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("readings = []\nreturn rea█", "dings"),
        ("def f():\n    ret█", "urn"),
        ("result = 1\nre█", "turn"),
        ("result = 1\nx = re█", "sult"),
        ("reader = 1\nreading = 2\nx = rea█", "ding"),
        ("rea = 1\nreading = 2\nx = rea█", ""),
        ("readings = []\nr█", None),
        ("r = []\nr█", ""),
        ("x = floa█", "t"),
        ("# readings\nx = readin█", ""),
        ('s = "readings"\nx = readin█', ""),
        ("x = unheard█", ""),
        ("x = █", ""),
        ("item_count = 1\nx = item_c█", "ount"),
    ],
)
def test_a_half_typed_word_is_completed_from_the_files_code(text, rest, context_at):
    assert rest_of_word(context_at(text)) == rest
