"""What reads a language is there before the first request needs it."""

import asyncio
import subprocess
import sys
import threading

import pytest
from phi_sidecar.completion import tokens
from phi_sidecar.engine.completion.readers import Readers


class Loads:
    """Stands for what loads; each load waits until it may end."""

    def __init__(self):
        self.begun = []
        self.threads = set()
        self.may_end = threading.Event()

    def __call__(self, lexer):
        self.begun.append(lexer)
        self.threads.add(threading.get_ident())
        assert self.may_end.wait(10)


@pytest.fixture
def loads(monkeypatch):
    loads = Loads()
    monkeypatch.setattr(tokens, "warm", loads)
    yield loads
    loads.may_end.set()


async def test_the_event_loop_goes_on_while_one_loads(loads, until):
    loading = asyncio.create_task(Readers().load("typescriptreact"))
    await until(lambda: loads.begun == ["tsx"])
    assert threading.get_ident() not in loads.threads
    loads.may_end.set()
    await loading


async def test_those_of_opened_documents_load_one_after_the_other_and_each_once(loads, until):
    readers = Readers()
    languages = ("json", "javascript", "jsonc", "python")
    loading = [asyncio.create_task(readers.load(each)) for each in languages]
    await until(lambda: loads.begun)
    assert loads.begun == ["javascript"]
    loads.may_end.set()
    await asyncio.gather(*loading)
    assert loads.begun == ["javascript", "python"]


async def test_a_request_waits_for_its_own_alone(loads, until):
    readers = Readers()
    opened = [asyncio.create_task(readers.load(each)) for each in ("css", "rust", "python")]
    await until(lambda: loads.begun == ["css"])
    asked = asyncio.create_task(readers.ready("python"))
    await until(lambda: loads.begun == ["css", "python"])
    # Another request may come meanwhile.
    asked.cancel()
    await asyncio.wait([asked])
    again = asyncio.create_task(readers.ready("python"))
    loads.may_end.set()
    await asyncio.gather(again, *opened)
    assert loads.begun == ["css", "python", "rust"]


async def test_a_request_is_not_worked_on_before_its_reader_is_there(loads, window, model, until):
    model.will_say(" 1\n")
    window.show("x = █")
    asked = asyncio.create_task(window.ask())
    await until(lambda: loads.begun == ["python"])
    assert model.asked == []
    loads.may_end.set()
    assert (await asked).text == "1"


def test_the_start_of_the_sidecar_loads_none():
    code = "import sys, phi_sidecar.lsp.handlers; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert not any(each.split(".")[0] == "pygments" for each in ended.stdout.split())
