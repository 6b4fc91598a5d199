"""What settings and families of models make of an answer."""

import asyncio

import pytest
from lsprotocol import types as lsp
from phi_sidecar.generated import protocol as p

STORY = "Write a story about a ship."


@pytest.fixture
async def echo(open_editor, home, choose_echo):
    choose_echo(home)
    return await open_editor()


def configured(editor, **settings):
    params = lsp.DidChangeConfigurationParams(settings={"phiSidecar": settings})
    editor.workspace_did_change_configuration(params)


async def prompt_tokens(editor, *messages):
    return (await editor.chat(*messages, tokens=5).result()).metrics.prompt_tokens


async def test_the_system_prompt_is_the_settings(echo):
    built_in = await prompt_tokens(echo, "Hello")
    configured(echo, chatSystemPrompt="Answer in rhymes.")
    assert await prompt_tokens(echo, "Hello") == 1 + 3
    configured(echo, chatSystemPrompt="")
    assert await prompt_tokens(echo, "Hello") == 1
    configured(echo, chatSystemPrompt=None)
    assert await prompt_tokens(echo, "Hello") == built_in > 15


async def test_a_conversation_that_brings_its_system_prompt_gets_no_other(echo):
    system = p.ConversationMessage(role=p.Role.system, content="Be brief.")
    asked = p.ConversationMessage(role=p.Role.user, content="Hello")
    assert await prompt_tokens(echo, system, asked) == 3


async def test_the_likeliest_answer_is_the_same_each_time_whatever_the_temperature(editor):
    configured(editor, chatTemperature=1.5, chatMaxNewTokens=25)
    # Read from the cache of keys and values a prompt is rounded a little differently.
    await editor.chat(STORY, tokens=None).result()
    texts = {(await editor.chat(STORY, tokens=None).result()).text for _ in range(3)}
    assert len(texts) == 1


async def test_with_sampling_answers_differ(editor):
    configured(editor, chatSampling=True, chatTemperature=1.5, chatMaxNewTokens=25)
    texts = {(await editor.chat(STORY, tokens=None).result()).text for _ in range(3)}
    assert len(texts) > 1


async def test_another_answer_differs_though_sampling_is_off(editor):
    configured(editor, chatMaxNewTokens=40)
    first = await editor.chat(STORY, tokens=None).result()
    texts = {(await editor.chat(STORY, tokens=None, another=True).result()).text for _ in range(3)}
    assert len(texts) > 1
    assert first.text not in texts


async def test_what_the_client_says_of_sampling_counts_before_the_settings(editor):
    configured(editor, chatSampling=True, chatTemperature=2, chatMaxNewTokens=3)
    answers = [await editor.chat(STORY, tokens=25).result() for _ in range(4)]
    assert len({answer.text for answer in answers[1:]}) == 1
    assert answers[0].metrics.completion_tokens == 25


@pytest.mark.parametrize(
    "asked",
    [
        "write a function that reverses a string in Python",
        "What does a list comprehension do in Python?",
        "How do I read a JSON file in TypeScript?",
    ],
)
async def test_the_starter_comes_to_an_end_instead_of_going_round_in_circles(editor, asked):
    answer = await editor.chat(asked, tokens=600).result()
    assert answer.finish_reason is p.FinishReason.stop
    assert answer.text.strip()


async def test_an_answer_names_the_model_its_accelerator_and_its_window(editor, echo):
    answer = await editor.chat("Hello", tokens=3).result()
    assert (answer.accelerator_name, answer.context_window) == ("CPU (OpenVINO)", 8_192)
    answer = await echo.chat("Hello", tokens=3).result()
    assert (answer.accelerator_name, answer.context_window) == ("Echo (no model)", 4_096)


async def test_the_speed_is_shown_while_an_answer_comes(editor):
    asked = editor.chat("Write a long story about a ship.", tokens=250, token="chat")
    async with asyncio.timeout(30):
        while not any(s.generating and s.tokens_per_second for s in editor.statuses):
            assert not asked.done
            await asyncio.sleep(0.01)
    answer = await asked.result()
    told = [s.tokens_per_second for s in editor.statuses if s.generating and s.tokens_per_second]
    measured = 1_000 / answer.metrics.tpot_ms
    assert all(measured / 4 < speed < measured * 4 for speed in told)
    # Four times a second, and its beginning and end beside that.
    assert len(told) <= answer.metrics.total_ms / 250 + 3
    assert (await editor.status()).tokens_per_second == pytest.approx(measured)


async def test_the_stream_says_how_many_tokens_have_come(editor):
    answer = await editor.chat(STORY, tokens=30, token="chat").result()
    counts = [chunk["tokens"] for chunk in editor.partial["chat"]]
    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert counts[-1] <= answer.metrics.completion_tokens
