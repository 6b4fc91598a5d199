from phi_sidecar.generated import protocol as p

WORDS = "The ship sails from port to port and carries salt. "


async def test_the_oldest_turns_are_left_out_until_a_conversation_fits(editor):
    turns = [WORDS * 850, "Salt.", WORDS * 850, "Ports.", WORDS * 20, "Ships."]
    answer = await editor.chat(*turns, "What is the capital of France?").result()
    assert "Paris" in answer.text
    assert answer.dropped_messages == 4
    assert 200 < answer.metrics.prompt_tokens < 400


async def test_a_single_question_that_is_too_long_is_refused_with_a_remedy(editor):
    error = await editor.chat(WORDS * 1_000).error()
    assert error.code == p.ErrorCode.prompt_too_long
    assert "tokens" in error.message
    assert "Shorten" in error.data["remedy"]
    assert "Paris" in (await editor.chat("What is the capital of France?").result()).text
