"""What kind of place it is."""

import pytest
from phi_sidecar.completion.situation import Situation, situation_of


@pytest.mark.parametrize(
    ("text", "language", "situation"),
    [
        ("import os\nfrom pa█", "python", Situation.IMPORT),
        ('import { a } from "█";\nx = 1;\n', "typescript", Situation.IMPORT),
        ("# Count█\nx = 1\n", "python", Situation.DOCSTRING),
        ('def f():\n    """Say █\n    """\n', "python", Situation.DOCSTRING),
        ("/**\n * Say █\n */\nx = 1;\n", "typescript", Situation.DOCSTRING),
        ('x = "one █"\ny = 2\n', "python", Situation.IN_LINE),
        ("x = █\ny = 2\n", "python", Situation.IN_LINE),
        ("x = █", "python", Situation.IN_LINE),
        ("x = 1\n█", "python", Situation.END),
        ("function f() {\n  x();\n  █\n}\n", "typescript", Situation.END),
        ("def f():\n    █", "python", Situation.END),
        ("def f():\n    █\n\nx = 1\n", "python", Situation.BLOCK_START),
        ("def f():\n    x = 1\n    █\n    return x\n", "python", Situation.BLOCK_LINE),
        ("x = 1\n█\ny = 2\n", "python", Situation.TOP_LEVEL),
    ],
)
def test_a_place_is_told_by_what_stands_around_it(text, language, situation, context_at):
    assert situation_of(context_at(text, language)) is situation


def test_words_at_the_start_of_running_text_are_no_imports(context_at):
    assert situation_of(context_at("One\nfrom the█\n\nTwo", "markdown")) is Situation.IN_LINE
