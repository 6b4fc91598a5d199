import pytest
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.generated import protocol as p
from phi_sidecar.worker import endpoint

WORDS = "The ship sails from port to port and carries salt. "


@pytest.fixture
async def worker(home, editor):
    """A connection of the test's own to the worker that answers the editor."""
    published = [endpoint.read(file) for file in home.paths.runtime.glob("*.json")]
    (of_model,) = [w.pid for w in home.workers if "--model" in w.cmdline()]
    (found,) = [one for one in published if one.pid == of_model]
    client = WorkerClient(found.pid, *await endpoint.connect(found.address))
    await client.authenticate(found.secret)
    yield client
    client.close()


def chat_prompt(*contents):
    roles = [p.Role.system, p.Role.user, p.Role.assistant]
    messages = [
        p.ChatMessage(role=roles[min(index, 1 + (index + 1) % 2)], content=content)
        for index, content in enumerate(contents)
    ]
    return p.ChatPrompt(kind="chat", messages=messages)


async def test_the_oldest_turns_are_left_out_until_a_conversation_fits(editor):
    turns = [WORDS * 850, "Salt.", WORDS * 850, "Ports.", WORDS * 20, "Ships."]
    answer = await editor.chat(*turns, "What is the capital of France?").result()
    assert "Paris" in answer.text
    assert answer.dropped_messages == 4
    assert 200 < answer.metrics.prompt_tokens < 400


async def test_questions_in_a_row_go_on_from_the_same_beginning(editor):
    turns = [WORDS * 40, "Salt."] * 18
    dropped, cached = [], []
    for number in range(6):
        answer = await editor.chat(*turns, f"{number}: {WORDS * 5}", tokens=2).result()
        dropped.append(answer.dropped_messages)
        cached.append(answer.metrics.cached_tokens / answer.metrics.prompt_tokens)
        turns += [f"{number}: {WORDS * 5}", "Ships."]
    assert dropped[0] > 0
    assert len(set(dropped)) <= 2
    assert sum(share > 0.9 for share in cached[1:]) >= 4


async def test_a_single_question_that_is_too_long_is_refused_with_a_remedy(editor):
    error = await editor.chat(WORDS * 1_000).error()
    assert error.code == p.ErrorCode.prompt_too_long
    assert "tokens" in error.message
    assert "Shorten" in error.data["remedy"]
    assert "Tokyo" in (await editor.chat("What is the capital of Japan?").result()).text


async def test_a_question_that_is_too_long_with_its_attachment_says_what_to_remove(editor):
    attached = p.Attachment(
        uri="file:///work/a.py", label="a.py", language_id="python", text="a = 1\n" * 3_000
    )
    asked = p.ConversationMessage(role=p.Role.user, content=WORDS * 500, attachments=[attached])
    error = await editor.chat(asked).error()
    assert error.code == p.ErrorCode.prompt_too_long
    assert "Remove an attachment" in error.data["remedy"]


async def test_what_is_counted_is_what_the_prompt_has(editor, worker):
    system = "Be brief."
    asked = p.ConversationMessage(role=p.Role.user, content="naïve café 東京 🦀 ```py\nx\n```")
    answer = await editor.chat(
        p.ConversationMessage(role=p.Role.system, content=system), asked, tokens=1
    ).result()
    counted = await worker.count_tokens([chat_prompt(system, asked.content)])
    assert counted == [answer.metrics.prompt_tokens]


async def test_counting_knows_no_window(worker):
    half, whole, none = await worker.count_tokens(
        [p.RawPrompt(kind="raw", text=text) for text in (WORDS * 700, WORDS * 1_400, "")]
    )
    assert none <= 1
    assert whole == pytest.approx(half * 2, rel=0.01)
    assert half < 8_192 < whole


async def test_counting_does_not_wait_for_an_answer_to_end(editor, worker):
    asked = editor.chat("Write a long story about a ship.", tokens=200, token="chat")
    await editor.streaming("chat", chunks=2)
    prompts = [p.RawPrompt(kind="raw", text=WORDS * 100)] * 50
    assert len(set(await worker.count_tokens(prompts))) == 1
    assert not asked.done
    assert (await asked.result()).text == editor.text_of("chat")
