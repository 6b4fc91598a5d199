from phi_sidecar.generated import protocol as p


async def test_the_streamed_pieces_join_to_the_answer(editor):
    answer = await editor.chat("Name three colours.", token="chat").result()
    assert len(editor.partial["chat"]) > 3
    assert editor.text_of("chat") == answer.text
    assert answer.text.strip()


async def test_an_answer_carries_what_it_cost(editor):
    answer = await editor.chat("Name three colours.", tokens=20).result()
    metrics = answer.metrics
    assert 0 < metrics.ttft_ms < metrics.total_ms
    assert 0 < metrics.tpot_ms < 2000
    assert metrics.ttft_ms + 0.5 * 19 * metrics.tpot_ms <= metrics.total_ms
    assert metrics.prompt_tokens > 5
    assert 1 <= metrics.completion_tokens <= 20
    assert metrics.executing_device == "CPU"
    assert answer.accelerator == "openvino-genai/CPU"
    assert answer.model.starter
    assert answer.dropped_messages == 0


async def test_the_token_limit_ends_an_answer_and_says_so(editor):
    answer = await editor.chat("Write a long story about a ship.", tokens=7).result()
    assert answer.finish_reason is p.FinishReason.length
    assert answer.metrics.completion_tokens == 7


async def test_an_end_token_ends_an_answer_and_is_not_shown(editor):
    answer = await editor.chat("What is the capital of Japan?", tokens=200).result()
    assert answer.finish_reason is p.FinishReason.stop
    assert "Tokyo" in answer.text
    assert "<|" not in answer.text


async def test_nothing_is_streamed_without_a_token(editor):
    answer = await editor.chat("Name three colours.").result()
    assert answer.text
    assert not editor.partial


async def test_a_conversation_is_remembered_within_it(editor):
    messages = ["What is the capital of France?", "It is Paris.", "And that of Germany?"]
    answer = await editor.chat(*messages).result()
    assert "Berlin" in answer.text


async def test_the_status_shows_that_and_how_fast_it_answers(editor):
    asked = editor.chat("Write about rivers.", token="chat")
    await editor.streaming("chat")
    assert (await editor.status()).generating
    await asked.result()
    status = await editor.status()
    assert not status.generating
    assert 1 < status.tokens_per_second < 2000
