"""The peer's way to suggest."""

import asyncio

import pytest
from completing.llama_vscode import KEPT, LINES_BEFORE, Kept, LlamaVscode, Surroundings, read
from completing.systems import Editing
from measuring.trace import Keystroke, Trace, apply

DOCUMENT = "import os\n\ndef double(x):\n    \n\nprint(double(2))\n"
TRACE = Trace("a.py", "python", DOCUMENT, ())


class Server:
    """Answers what it is told, once it may."""

    def __init__(self, answers, held=False):
        self._answers = answers
        self.asked = []
        self.given_up = 0
        self.go_on = asyncio.Event()
        if not held:
            self.go_on.set()

    async def complete(self, body):
        self.asked.append(body)
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return self._answers.get(body["prompt"], "")


def at(text, line, character):
    return Surroundings.of(text, line, character)


def typed(text, line, character, inserted):
    key = Keystroke(0, line, character, 0, inserted)
    return Editing(apply(text, key), *key.cursor, key)


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def opened():
    systems = []

    async def open_(answers, *, held=False, waits=False):
        server = Server(answers, held)
        system = LlamaVscode(server, waits=waits)
        systems.append(system)
        await system.open(TRACE)
        return system, server

    yield open_
    for system in systems:
        await system.close()


def test_it_sees_so_many_lines_above_and_the_line_up_to_the_cursor():
    text = "".join(f"line {number}\n" for number in range(400))
    here = at(text, 300, 3)
    assert here.above.startswith(f"line {300 - LINES_BEFORE}\n")
    assert here.above.endswith("line 299\n")
    assert (here.before, here.rest) == ("lin", "e 300")
    assert here.below[0] == "line 301"
    assert len(here.below) == 64


def test_blanks_before_the_cursor_are_left_to_the_model():
    here = at(DOCUMENT, 3, 4)
    assert (here.before, here.blanks) == ("", 4)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("return 2 * x\n\n", "return 2 * x"),
        ("\n\n", ""),
        ("print(double(2))", ""),
        ("print(double(2))\n\nmore = 1", "print(double(2))\n\nmore = 1"),
    ],
)
def test_an_answer_that_only_says_what_follows_is_not_shown(answer, shown):
    assert read(answer, at(DOCUMENT, 4, 0)) == shown


@pytest.mark.parametrize(
    ("answer", "shown"), [("double(3))", "double(3)"), ("double(3,\nmore", "double(3,")]
)
def test_in_the_middle_of_a_line_it_ends_with_the_line(answer, shown):
    assert read(answer, at("print()\n", 0, 6)) == shown


def test_what_is_typed_along_is_found_until_it_is_used_up():
    kept = Kept()
    kept.put(at("x = \nend\n", 0, 4), "1 + 2")
    assert kept.get(at("x = 1 \nend\n", 0, 6)) == "+ 2"
    assert kept.get(at("x = 3\nend\n", 0, 5)) is None
    assert kept.get(at("x = 1 + 2\nend\n", 0, 9)) is None
    assert kept.get(at("x = 1 \nother\n", 0, 6)) is None


def test_it_keeps_no_more_than_so_many():
    kept = Kept()
    for number in range(KEPT + 1):
        kept.put(at(f"{number} = \n", 0, 4), "new")
    assert kept.get(at("0 = \n", 0, 4)) is None
    assert kept.get(at("1 = \n", 0, 4)) == "new"


async def test_it_asks_with_its_own_lengths_and_takes_the_blanks_off_again(opened):
    editing = typed(DOCUMENT, 3, 0, "    ")
    prompt = "import os\n\ndef double(x):\n"
    system, server = await opened({prompt: "    return 2 * x\n"})
    editing = Editing(DOCUMENT, 3, 4, editing.key)
    answer = await system.ask(editing)
    assert answer.text == "return 2 * x"
    (asked,) = server.asked
    assert (asked["n_predict"], asked["t_max_predict_ms"], asked["n_indent"]) == (128, 500, 4)


async def test_it_asks_nothing_with_much_code_right_of_the_cursor(opened):
    system, server = await opened({})
    editing = Editing("f(12345678)\n", 0, 2, Keystroke(0, 0, 1, 0, "("))
    assert (await system.ask(editing)).text == ""
    assert server.asked == []


async def test_what_it_answered_is_not_asked_again(opened):
    system, server = await opened({"x = ": "1 + 2"})
    first = await system.ask(Editing("x = \nend\n", 0, 4, Keystroke(0, 0, 3, 0, " ")))
    again = await system.ask(Editing("x = 1\nend\n", 0, 5, Keystroke(0, 0, 4, 0, "1")))
    assert (first.text, first.known) == ("1 + 2", False)
    assert (again.text, again.known) == (" + 2", True)
    assert len(server.asked) == 1


async def test_waiting_it_asks_for_what_comes_behind_the_suggestion(opened):
    system, server = await opened({"x = ": "1\ny = ", "x = 1\ny = ": "2"}, waits=True)
    editing = typed("x =\nend\n", 0, 3, " ")
    system.change(editing)
    system.shown(await system.ask(editing))
    await settle()
    taken = typed("x = \nend\n", 0, 4, "1\ny = ")
    system.change(taken)
    answer = await system.ask(taken)
    assert (answer.text, answer.known) == ("2", True)
    assert [body["prompt"] for body in server.asked] == ["x = ", "x = 1\ny = "]


async def test_hanging_up_the_request_ends_with_the_key_that_asked(opened):
    system, server = await opened({}, held=True)
    asking = asyncio.create_task(system.ask(typed("x\n", 0, 1, " ")))
    await settle()
    asking.cancel()
    await settle()
    assert server.given_up == 1


async def test_waiting_the_request_goes_on_and_what_it_brings_is_typed_along(opened):
    system, server = await opened({"x = ": "10"}, held=True, waits=True)
    asking = asyncio.create_task(system.ask(typed("x =\n", 0, 3, " ")))
    await settle()
    asking.cancel()
    again = asyncio.create_task(system.ask(typed("x = \n", 0, 4, "1")))
    await settle()
    assert (server.given_up, again.done()) == (0, False)
    server.go_on.set()
    answer = await again
    assert (answer.text, answer.known) == ("0", True)
    assert len(server.asked) == 1
