"""The NPU's pipeline, run through the NPU's own compiler front on the CPU."""

import pytest

CODE = "def add(a, b):\n    return"
STORY = "Write a long story about a ship."
OPTIONS = {
    "NPU_USE_NPUW": "YES",
    "NPUW_DEVICES": "CPU",
    "NPUW_ONLINE_PIPELINE": "NONE",
    "MAX_PROMPT_LEN": "256",
    "MIN_RESPONSE_LEN": "128",
}


@pytest.fixture(scope="module")
def npu(open_driver, static_ir):
    driver = open_driver()
    driver.told = driver.load(static_ir, device="NPU", options=OPTIONS)
    assert "error" not in driver.told, driver.told
    return driver


def test_it_says_what_it_can_and_where_it_really_runs(npu):
    assert npu.told["executingDevice"] == "CPU (through NPUW)"
    assert npu.told["capabilities"] == {
        "context_window": 384,
        "max_prompt_tokens": 256,
        "concurrent_requests": False,
        "prefix_reuse": False,
        "cancel_during_prefill": False,
    }


def test_it_writes_what_the_processor_writes(npu, open_driver, static_ir):
    # Beyond the first tokens rounding decides: the two compute in different precisions.
    cpu = open_driver()
    cpu.load(static_ir)
    for id, request in enumerate(
        [
            {"raw": CODE, "tokens": 4},
            {"raw": "one = 1\ntwo = 2\nthree = 3\nfour =", "tokens": 12},
            {"chat": "What is the capital of France?", "tokens": 6},
        ]
    ):
        asked = {"id": id, **request}
        expected = cpu.play(asked).text(id)
        assert npu.play(asked).text(id) == expected
        assert expected.strip()


def test_events_come_in_order(npu):
    played = npu.play({"id": 1, "raw": CODE, "tokens": 4})
    kinds = [event["kind"] for event in played.of(1)]
    assert kinds[0] == "Accepted"
    assert kinds[-1] == "Finished"
    assert played.accepted(1)["prompt_tokens"] == 9
    assert played.idle == []


def test_what_is_counted_is_what_a_prompt_has(npu):
    prompts = [
        {"raw": CODE},
        {"chat": "What is a list?"},
        {"chat": "What is a list?", "answerStart": "It is"},
        {"raw": "naïve café 東京 \U0001f600 <|im_end|>\n"},
    ]
    counted = npu.count(*prompts)
    for id, prompt in enumerate(prompts):
        played = npu.play({"id": id, "tokens": 1, **prompt})
        assert played.accepted(id)["prompt_tokens"] == counted[id]


def test_a_text_longer_than_any_prompt_is_counted_too(npu):
    half, whole = npu.count({"raw": "value = 1\n" * 1_500}, {"raw": "value = 1\n" * 3_000})
    assert half == 5 * 1_500
    assert whole == pytest.approx(2 * half, rel=0.01)


def test_a_frequency_penalty_keeps_an_answer_from_going_round_in_circles(npu):
    request = {"raw": "1 1 1 1 1 1 1 1 1 1", "tokens": 40}
    free = npu.play({"id": 1, **request})
    kept = npu.play({"id": 2, "frequencyPenalty": 1.0, **request})
    assert free.text(1).count(" 1") > 15
    assert kept.text(2).count(" 1") < 10


def test_the_token_limit_is_exact(npu):
    played = npu.play({"id": 1, "chat": STORY, "tokens": 11})
    assert (played.tokens(1), played.reason(1)) == (11, "length")


def test_an_end_token_ends_the_answer_and_is_not_in_its_text(npu):
    played = npu.play({"id": 1, "chat": "What is the capital of France?", "tokens": 100})
    assert played.reason(1) == "stop"
    assert "Paris" in played.text(1)
    assert "<|" not in played.text(1)


def test_a_prompt_longer_than_the_shape_is_refused(npu):
    played = npu.play({"id": 1, "raw": "value = 1\n" * 80}, {"id": 2, "raw": CODE, "tokens": 3})
    (refused,) = played.of(1)
    assert refused["kind"] == "PromptTooLong"
    assert "256" in refused["message"]
    assert played.text(2).startswith(" a + b")


def test_a_cancel_ends_the_decode(npu):
    played = npu.play({"id": 1, "chat": STORY, "tokens": 120}, cancel=[{"id": 1, "tokens": 5}])
    assert played.reason(1) == "cancelled"
    assert 5 <= played.tokens(1) < 20
    # And the pipeline is free for the next one.
    assert npu.play({"id": 2, "raw": CODE, "tokens": 3}).text(2).startswith(" a + b")


def test_a_second_request_waits_and_the_newest_completion_goes_first(npu):
    played = npu.play(
        {"id": 1, "chat": STORY, "tokens": 15, "lane": "chat"},
        {"id": 2, "chat": STORY, "tokens": 3, "lane": "chat", "atStep": 1},
        {"id": 3, "raw": CODE, "tokens": 3, "atStep": 1},
        {"id": 4, "raw": CODE, "tokens": 3, "atStep": 2},
    )
    ends = [event["id"] for event in played.events if event["kind"] == "Finished"]
    assert ends == [1, 4, 3, 2]
    assert played.of(2, "Accepted")[0]["step"] > played.of(1, "Finished")[0]["step"]


def test_a_request_that_waits_can_be_cancelled(npu):
    played = npu.play(
        {"id": 1, "chat": STORY, "tokens": 15},
        {"id": 2, "chat": STORY, "tokens": 15, "atStep": 1},
        cancel=[{"id": 2, "atStep": 2}],
    )
    assert played.reason(2) == "cancelled"
    assert played.of(2, "Piece") == []
    assert (played.reason(1), played.tokens(1)) == ("length", 15)
