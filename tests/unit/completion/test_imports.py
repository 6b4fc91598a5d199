"""What is used of other files is found."""

import pytest
from phi_sidecar.completion.imports import begins_import, import_statements


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import pa",
        "    import json",
        'import { a } from "./a";',
        'export * from "./a";',
        "#include <stdio.h>",
        "# include",
        "use std::io;",
        "using System.Text;",
        "package main",
        'const a = require("a");',
        'require "set"',
        '@use "mixins";',
    ],
)
def test_an_import_is_told_by_how_it_begins(line):
    assert begins_import(line)


@pytest.mark.parametrize(
    "line", ["important = 1", "fromage = 2", "x = 1", "# import nothing", "user = use", "exported"]
)
def test_other_lines_are_not_taken_for_imports(line):
    assert not begins_import(line)


def test_a_statement_is_whole_when_its_brackets_are_closed():
    text = "import os\nfrom a import (  # those (\n    b,\n    c,\n)\nx = (1)\nimport sys\n"
    assert import_statements(text) == [
        "import os",
        "from a import (  # those (\n    b,\n    c,\n)",
        "import sys",
    ]


def test_a_bracket_that_is_never_closed_takes_no_other_lines_along():
    text = "import { a\n" + "x = 1\n" * 100
    assert import_statements(text) == ["import { a"]


def test_go_names_its_imports_in_brackets():
    text = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n'
    assert import_statements(text) == ["package main", 'import (\n\t"fmt"\n\t"os"\n)']


def test_indented_ones_belong_to_a_function():
    assert import_statements("def f():\n    import os\n") == []
