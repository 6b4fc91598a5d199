import asyncio
import time

import pytest
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.generated import protocol as p
from phi_sidecar.worker import endpoint

BLOCK = (
    "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n"
    "    def move(self, dx, dy):\n        "
)
SOON_S = 2.0
"""A step of prefill and one of decode, on a slow and busy machine."""


def long_question(words):
    return "Summarize this: " + " ".join(f"item {n} weighs {n * 7} grams," for n in range(words))


async def something_under_way(watcher):
    async with asyncio.timeout(30):
        while True:
            if (await watcher.status()).chats_under_way:
                return
            await asyncio.sleep(0.005)


async def nothing_under_way(watcher):
    """Wait until the worker is idle; returns how long that took."""
    began_s = time.monotonic()
    async with asyncio.timeout(30):
        while True:
            status = await watcher.status()
            if not status.completions_under_way and not status.chats_under_way:
                return time.monotonic() - began_s
            await asyncio.sleep(0.01)


@pytest.fixture
async def watcher(home, editor):
    """A second client of the worker, which sees what is under way in it."""
    (file,) = [
        file
        for file in home.paths.runtime.glob("*.json")
        if endpoint.read(file).pid in [worker.pid for worker in home.workers]
    ]
    published = endpoint.read(file)
    client = WorkerClient(published.pid, *await endpoint.connect(published.address))
    await client.authenticate(published.secret)
    yield client
    client.close()


async def test_a_chat_cancelled_while_it_decodes_returns_what_came(editor, watcher):
    asked = editor.chat("Write a long story about a ship.", tokens=2_000, token="chat")
    await editor.streaming("chat", chunks=5)
    assert (await watcher.status()).chats_under_way == 1
    asked.cancel()
    assert await nothing_under_way(watcher) < SOON_S
    answer = await asked.result()
    assert answer.finish_reason is p.FinishReason.cancelled
    assert answer.text == editor.text_of("chat")
    assert 5 <= answer.metrics.completion_tokens < 500


async def test_a_chat_cancelled_in_its_prefill_ends_before_a_token_came(editor, watcher):
    asked = editor.chat(long_question(500), tokens=200, token="chat")
    await something_under_way(watcher)
    asked.cancel()
    assert await nothing_under_way(watcher) < SOON_S
    answer = await asked.result()
    assert answer.finish_reason is p.FinishReason.cancelled
    assert answer.text == editor.text_of("chat") == ""
    assert answer.metrics.completion_tokens == 0
    assert answer.metrics.prompt_tokens > 3_000


async def test_a_cancel_right_behind_its_request_is_answered_as_a_cancelled_chat(editor, watcher):
    busy = editor.chat("Write a long story about a ship.", tokens=150, token="busy")
    await editor.streaming("busy")
    for _ in range(30):
        asked = editor.chat("Hello", tokens=50)
        asked.cancel()
        answer = await asked.result()
        assert answer.finish_reason is p.FinishReason.cancelled
    assert (await busy.result()).metrics.completion_tokens > 30
    assert await nothing_under_way(watcher) < SOON_S


async def test_a_cancelled_completion_gets_the_protocols_error(editor, watcher):
    uri = editor.open("# a\n" * 400 + BLOCK)
    asked = editor.complete(uri, 406, 8)
    await asyncio.sleep(0.1)
    asked.cancel()
    assert (await asked.error()).code == -32800
    assert await nothing_under_way(watcher) < SOON_S
    assert not (await editor.status()).generating


async def test_a_window_that_dies_ends_what_it_had_asked_for(open_editor, watcher):
    other = await open_editor()
    other.chat("Write a long story about a ship.", tokens=4_000, token="chat")
    await other.streaming("chat")
    other.process.kill()
    await other.process.wait()
    assert await nothing_under_way(watcher) < SOON_S
    assert (await watcher.status()).clients == 2


async def test_a_newer_completion_supersedes_the_one_under_way(editor, watcher):
    uri = editor.open("# a\n" * 400 + BLOCK)
    older = [editor.complete(uri, 406, 8), editor.complete(uri, 3, 0)]
    newest = editor.complete(uri, 406, 8)
    for asked in older:
        result = await asked.result()
        assert result.outcome is p.CompletionOutcome.superseded
        assert result.items == []
    assert (await newest.result()).outcome is p.CompletionOutcome.suggested
    assert await nothing_under_way(watcher) < SOON_S


async def test_a_completion_is_answered_while_a_chat_streams(editor, watcher):
    chat = editor.chat("Write a long story about a ship.", tokens=250, token="chat")
    await editor.streaming("chat", chunks=3)
    uri = editor.open("def add(a, b):\n    return ")
    result = await editor.complete(uri, 1, 11).result()
    assert result.items[0].text == "a + b"
    assert not chat.done
    assert (await watcher.status()).chats_under_way == 1
    chunks = len(editor.partial["chat"])
    await editor.streaming("chat", chunks=chunks + 3)
    assert result.metrics.ttft_ms < 2_000
    answer = await chat.result()
    assert answer.text == editor.text_of("chat")


async def test_two_chats_stream_at_the_same_time(editor):
    first = editor.chat("Write a long story about a ship.", tokens=60, token="first")
    await editor.streaming("first")
    second = editor.chat("Write a long story about a dog.", tokens=60, token="second")
    await editor.streaming("second")
    assert not first.done
    assert (await first.result()).text == editor.text_of("first")
    assert (await second.result()).text == editor.text_of("second")
