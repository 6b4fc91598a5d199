"""What a prompt holds beside the text before the cursor, and that it stays while one types."""

import pytest
from phi_sidecar.completion.context import DocumentView, PromptBudget, build_context
from phi_sidecar.completion.neighbours import OtherFile
from phi_sidecar.completion.strategies import STRATEGIES
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.completion.surroundings import Surroundings
from phi_sidecar.generated.protocol import RawPrompt
from phi_sidecar.models.catalog import CompletionStyle

BUDGET = PromptBudget.of(1_024)
URI = "file:///shop.py"

ORDERS = """\
def order_total(order, prices):
    total = 0
    for item in order.items:
        total += prices[item.product] * item.quantity
    return total
"""
SHOP = """\
import json


def order_volume(order, volumes):
    volume = 0
    for item in order.items:
        volume += volumes[item.product]
    return volume


def unrelated():
    return 1
"""


class Editor:
    """One document, its cursor, and the others that are open."""

    def __init__(self, marked, *, uri=URI, language="python", surroundings=None):
        self.before, _, self.after = marked.partition("█")
        self.uri = uri
        self.language = language
        self.surroundings = surroundings or Surroundings()
        self.others = []
        self.asked_for_others = 0

    def open(self, name, text, version=1):
        uri = f"file:///{name}"
        self.others = [other for other in self.others if other.uri != uri]
        self.others.append(OtherFile(uri, version, DocumentView(text, "python", name)))
        self.surroundings.edited(uri)

    def type(self, text):
        self.before += text
        self.surroundings.edited(self.uri)

    def move_to(self, marked):
        self.before, _, self.after = marked.partition("█")

    def context(self, budget=BUDGET, *, peek=False):
        return self.surroundings.context(
            self.uri,
            DocumentView(self.before + self.after, self.language, self.uri),
            self.before.count("\n"),
            len(self.before) - self.before.rfind("\n") - 1,
            budget,
            self._others,
            peek=peek,
        )

    def _others(self):
        self.asked_for_others += 1
        return self.others


def at(marked_line):
    """Return the shop's text with the cursor behind a line."""
    return SHOP.replace(marked_line, f"{marked_line}█", 1)


def test_lines_of_a_similar_open_file_come_along():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    (snippet,) = editor.context().snippets
    assert snippet.path == "orders.py"
    assert "order_total" in snippet.text


def test_others_are_asked_for_once_while_the_person_stays():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    first = editor.context()
    for character in "\n    for item in order.items:\n        total = 1":
        editor.type(character)
        context = editor.context()
        assert (context.snippets, context.below) == (first.snippets, first.below)
    assert editor.asked_for_others == 1


def test_they_are_chosen_anew_far_from_where_they_were_chosen():
    text = SHOP + "\n" * 30 + "x = 1\n"
    editor = Editor(text.replace("volume = 0", "volume = 0█", 1))
    editor.open("orders.py", ORDERS)
    assert editor.context().snippets
    editor.move_to(text.replace("x = 1", "x = 1█"))
    assert editor.context().snippets == ()
    assert editor.asked_for_others == 2


def test_a_change_of_another_document_counts_at_once():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", "")
    assert editor.context().snippets == ()
    editor.open("orders.py", ORDERS, version=2)
    assert editor.context().snippets


def test_a_file_that_is_closed_gives_nothing_any_more():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    assert editor.context().snippets
    editor.others.clear()
    editor.surroundings.forget("file:///orders.py")
    assert editor.context().snippets == ()


def test_clearing_forgets_what_was_chosen():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    assert editor.context().snippets
    editor.others.clear()
    editor.surroundings.clear()
    assert editor.context().snippets == ()


def test_the_file_edited_last_comes_first():
    editor = Editor(at("    volume = 0"))
    editor.open("one.py", ORDERS)
    editor.open("two.py", ORDERS)
    assert editor.context().snippets[0].path == "two.py"
    editor.surroundings.edited("file:///one.py")
    assert editor.context().snippets[0].path == "one.py"


def test_a_look_ahead_changes_nothing_that_is_kept():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    kept = editor.context()
    ahead = Editor(at("    return 1"), surroundings=editor.surroundings)
    assert ahead.context(peek=True).snippets == kept.snippets
    assert ahead.asked_for_others == 0
    assert editor.context() == kept
    assert editor.asked_for_others == 1


def test_what_was_chosen_is_shortened_where_less_fits_than_before():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    whole = editor.context()
    half = editor.context(PromptBudget(40, 20, 3.0, 45))
    assert 0 < len(half.below) < len(whole.below)
    assert whole.below.startswith(half.below)
    assert 0 < len(half.snippets[0].text) < len(whole.snippets[0].text)
    assert editor.context(PromptBudget(40, 20, 3.0, 5)).snippets == ()
    assert editor.context() == whole


def test_without_room_for_snippets_nothing_is_asked_for():
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    assert editor.context(PromptBudget(500, 60)).snippets == ()
    assert editor.asked_for_others == 0


def test_where_there_are_no_snippets_their_room_goes_to_the_text_before_the_cursor():
    text = "".join(f"value_{number} = {number}\n" for number in range(400))
    alone = Editor(text + "█").context()
    bare = build_context(DocumentView(text, "python", "a.py"), 400, 0, BUDGET)
    assert alone.snippets == ()
    assert len(alone.prefix) > len(bare.prefix)


def test_parts_of_the_same_file_that_are_out_of_sight_count_as_elsewhere():
    text = ORDERS + "\n\nclass Filler:\n" + "    spare = None\n" * 300 + SHOP
    editor = Editor(text.replace("volume = 0", "volume = 0█", 1))
    snippet = editor.context().snippets[0]
    assert snippet.path == URI
    assert snippet.text.startswith("def order_total")
    assert "order_total" not in editor.context().prefix


def test_lines_below_stay_while_lines_come_to_stand_above_them():
    editor = Editor(at("    volume = 0"))
    below = editor.context().below
    assert below.startswith("    for item in order.items:")
    editor.type("\n    if volumes:\n        ")
    assert editor.context().below == below
    # Brackets that the editor closes by itself come to stand on lines of their own.
    editor.type("f(\n            ")
    editor.after = "\n        )" + editor.after
    assert editor.context().below == below


def test_lines_below_are_chosen_anew_once_they_stand_there_no_more():
    editor = Editor(at("    volume = 0"))
    first = editor.context().below
    editor.move_to(at("        volume += volumes[item.product]"))
    second = editor.context().below
    assert second != first
    assert second.startswith("    return volume")
    editor.after = editor.after.replace("return volume", "return 2")
    assert editor.context().below.startswith("    return 2")


def test_closers_that_an_editor_adds_at_a_files_end_are_no_lines_below():
    editor = Editor("function f() █", language="typescript")
    assert editor.context().below == ""
    editor.type("{\n  ")
    editor.after = "\n}"
    assert editor.context().below == ""
    editor.after = "\n}\nf();\n"
    assert editor.context().below == "}\nf();"


@pytest.mark.parametrize("style", list(CompletionStyle))
def test_typing_with_an_editors_help_only_appends_to_the_prompt(style):
    """What is asked of the model begins like what was asked before, but for its very end."""
    editor = Editor(at("    volume = 0"))
    editor.open("orders.py", ORDERS)
    typed = (
        "\n    for item in order.items:\n        volume += len(volumes[item])\n    print(volume)"
    )
    anew = []
    before = None
    for character in typed:
        editor.type(character)
        closer = {"(": ")", "[": "]"}.get(character)
        if closer:
            editor.after = closer + editor.after
        elif character in ")]":
            editor.after = editor.after[1:]
        prompt = STRATEGIES[style](editor.context(), Mode.SINGLE_LINE, 20).prompt
        if isinstance(prompt, RawPrompt):
            text = prompt.text
        else:
            text = "".join(message.content for message in prompt.messages) + prompt.answer_start
        if before is not None:
            same = next(
                (n for n, pair in enumerate(zip(before, text, strict=False)) if len(set(pair)) > 1),
                min(len(before), len(text)),
            )
            anew.append(len(before) - same)
        before = text
    # A half word, or the lines with which an answer begins, are all that is put anew.
    assert max(anew) < (40 if style is CompletionStyle.CONTINUATION else 160)
