"""How much of a document a prompt holds, and what is kept of the rest."""

import random

import pytest
from phi_sidecar.completion.window import lines_below, whole_lines, window_before

FILLING = "".join(f"        value_{number} = compute({number})\n" for number in range(200))

PYTHON = f'''"""What it is for."""

import os
from typing import (
    Any,
    cast,
)

LIMIT = 3


class Reader:
    """Reads."""

    size = 1

    async def read(
        self,
        path: str,
    ) -> bytes:
        # All of it.
{FILLING}'''

TYPESCRIPT = f"""import {{ join }} from "node:path";
import type {{
  One,
  Other,
}} from "./types";

export class Reader {{
    async read(path: string): Promise<string> {{
        if (path === "") {{
            return "";
        }} else {{
{FILLING.replace("        ", "            ")}"""


def header_of(text, limit=2_000):
    return window_before(text, limit).header


def test_a_text_that_fits_is_kept_whole():
    window = window_before(PYTHON, len(PYTHON))
    assert (window.start, window.header) == (0, "")


def test_imports_and_the_scopes_around_stand_above_a_window():
    assert header_of(PYTHON) == (
        "import os\nfrom typing import (\n    Any,\n    cast,\n)\n\n"
        "class Reader:\n"
        "    async def read(\n        self,\n        path: str,\n    ) -> bytes:\n"
    )


def test_a_block_that_goes_on_is_shown_with_what_it_goes_on_from():
    assert header_of(TYPESCRIPT) == (
        'import { join } from "node:path";\n'
        'import type {\n  One,\n  Other,\n} from "./types";\n\n'
        "export class Reader {\n"
        "    async read(path: string): Promise<string> {\n"
        '        if (path === "") {\n'
        "        } else {\n"
    )


def test_a_brace_on_a_line_of_its_own_brings_the_line_above_it():
    text = "#include <stdio.h>\n\nint main(void)\n{\n" + FILLING
    assert header_of(text) == "#include <stdio.h>\n\nint main(void)\n{\n"


def test_of_many_imports_the_last_ones_are_kept_whole():
    text = "".join(f"import module_{number}\n" for number in range(200)) + "x = 1\n" * 500
    header = header_of(text, 600)
    assert header.startswith("import module_")
    assert header.endswith("import module_199\n\n")
    assert len(header) <= 100


def test_window_and_header_keep_to_the_budget():
    random.seed(2)
    for _ in range(300):
        text = "".join(random.choices(["import a\n", "  x\n", "if y:\n", "{", "}\n", "é "], k=300))
        limit = random.randrange(1, 900)
        window = window_before(text, limit)
        assert len(window.header) + len(text) - window.start <= limit
        assert window.header == "" or text[window.start - 1] == "\n"


def test_typing_moves_neither_the_window_nor_its_header_but_now_and_then():
    seen = []
    for typed in range(0, 1_000):
        window = window_before(PYTHON + "x" * typed, 2_000)
        if window not in seen:
            seen.append(window)
    assert len(seen) <= 4


@pytest.mark.parametrize(
    ("suffix", "limit", "below"),
    [
        (")\n    return x\n", 100, "    return x"),
        ("", 100, ""),
        (")", 100, ""),
        ("\n\n\nx = 1\n\ny = 2\n", 100, "x = 1\n\ny = 2"),
        ("\none\ntwo\nthree\n", 8, "one\ntwo"),
        ("\none\ntwo\nthree\n", 7, "one\ntwo"),
        ("\none\ntwo\nthree\n", 6, "one"),
        ("\na line that is too long\n", 5, ""),
    ],
)
def test_below_are_whole_lines_only(suffix, limit, below):
    assert lines_below(suffix, limit) == below


def test_the_beginning_of_a_text_ends_with_a_line_where_it_can():
    assert whole_lines("one\ntwo\nthree", 9) == "one\ntwo"
    assert whole_lines("one\ntwo", 9) == "one\ntwo"
    assert whole_lines("alongword", 4) == "alon"
