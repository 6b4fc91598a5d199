"""OpenVINO GenAI beyond what every backend has: GGUF files, its prefix cache, shapes on the NPU."""

import pytest

CODE = "def add(a, b):\n    return"
STORY = "Write a long story about a ship."


@pytest.fixture(scope="module")
def model(open_driver, starter):
    driver = open_driver()
    driver.told = driver.load(starter)
    return driver


def long_text(tokens, mark):
    return f"# {mark}\n" + "".join(f"value_{n % 10} = {n % 10}\n" for n in range(tokens // 8))


def test_the_runtime_finds_the_processor(open_driver):
    devices = {device["device"]: device["full_name"] for device in open_driver().probe()}
    assert devices["CPU"]


def test_the_executing_device_is_read_back_from_the_runtime(model):
    assert model.told["executingDevice"] == "CPU"
    assert model.told["capabilities"] == {
        "context_window": 8192,
        "max_prompt_tokens": 8191,
        "concurrent_requests": True,
        "prefix_reuse": True,
        "cancel_during_prefill": True,
        "given_text": True,
    }


def test_events_come_in_order_and_pieces_join_to_the_text(model):
    played = model.play({"id": 1, "raw": CODE, "tokens": 4})
    kinds = [event["kind"] for event in played.of(1)]
    assert kinds[0] == "Accepted"
    assert kinds[-1] == "Finished"
    assert set(kinds[1:-1]) == {"Piece"}
    assert played.text(1).startswith(" a + b")
    assert played.accepted(1)["prompt_tokens"] == 9
    assert played.idle == []


def test_an_end_token_ends_the_answer_and_is_not_in_its_text(model):
    played = model.play({"id": 1, "chat": "Say hello.", "tokens": 300})
    assert played.reason(1) == "stop"
    assert "Hello" in played.text(1)
    assert "<|" not in played.text(1)
    assert played.tokens(1) < 100


def test_an_answer_can_be_begun_for_the_model(model):
    played = model.play(
        {"id": 1, "chat": "What is the capital of France?", "answerStart": "It is called"}
    )
    assert played.text(1).startswith(" Paris")


def test_given_text_is_as_probable_as_if_it_was_said(model):
    asked = {"raw": f"# given\n{CODE}", "logProbs": True}
    said = model.play({"id": 1, "tokens": 6, **asked})
    # What was read of it is still there, but nothing that says how probable it was.
    told = model.play({"id": 2, "tokens": 1, **asked, "given": said.text(1)})
    given, more = told.of(2, "Piece")
    assert (given["text"], given["tokens"]) == (said.text(1), 6)
    # A step of many tokens rounds otherwise than one of two.
    assert given["log_prob"] == pytest.approx(sum(said.log_probs(1)), abs=0.3)
    assert more["log_prob"] > -3
    other = model.play({"id": 3, "tokens": 1, **asked, "given": " zebra zebra"})
    assert other.of(3, "Piece")[0]["log_prob"] < given["log_prob"] - 5


def test_an_answer_can_begin_with_what_is_less_likely(model):
    asked = {"raw": f"# others\n{CODE}", "logProbs": True, "tokens": 5}
    said = [model.play({"id": rank, "passOver": rank, **asked}) for rank in range(3)]
    first = [played.of(rank, "Piece")[0] for rank, played in enumerate(said)]
    assert len({piece["text"] for piece in first}) == 3
    log_probs = [piece["log_prob"] for piece in first]
    assert log_probs == sorted(log_probs, reverse=True)
    # Only the first token: what follows is the likeliest again.
    begun = {**asked, "raw": asked["raw"] + first[1]["text"], "tokens": 4}
    assert first[1]["text"] + model.play({"id": 9, **begun}).text(9) == said[1].text(1)


def test_what_is_counted_is_what_a_prompt_has(model):
    prompts = [
        {"raw": CODE},
        {"chat": "What is a list?"},
        {"chat": "What is a list?", "answerStart": "It is"},
        {"raw": "naïve café 東京 \U0001f600 <|im_end|>\n"},
    ]
    counted = model.count(*prompts)
    for id, prompt in enumerate(prompts):
        played = model.play({"id": id, "tokens": 1, **prompt})
        assert played.accepted(id)["prompt_tokens"] == counted[id]


def test_characters_of_several_tokens_come_whole(model):
    text = "party = '\U0001f389'\nsad = '\U0001f622'\nparty = '\U0001f389'\nsad = '"
    played = model.play({"id": 1, "raw": text, "tokens": 30})
    assert "\U0001f622" in played.text(1)
    assert "\ufffd" not in played.text(1)
    assert any(event["text"] == "" for event in played.of(1, "Piece"))


def test_a_prompt_seen_before_is_taken_from_the_cache(model):
    text = long_text(1_500, "twice")
    first = model.play({"id": 1, "raw": text, "tokens": 2})
    again = model.play({"id": 2, "raw": text + "result", "tokens": 2})
    assert first.accepted(1)["cached_tokens"] == 0
    assert again.accepted(2)["cached_tokens"] > 0.9 * again.accepted(2)["prompt_tokens"]
    # What is said to be cached is: the prefill takes no steps of its own.
    assert first.of(1, "Piece")[0]["step"] > 5
    assert again.of(2, "Piece")[0]["step"] <= 2


def test_the_cache_survives_a_chat_in_between(model):
    text = long_text(1_500, "survives")
    model.play({"id": 1, "raw": text, "tokens": 2})
    model.play({"id": 2, "chat": STORY, "tokens": 100})
    again = model.play({"id": 3, "raw": text, "tokens": 2})
    assert again.of(3, "Piece")[0]["step"] <= 2


@pytest.fixture
def small(model, starter):
    """The starter with a context of 1,024 tokens."""
    model.load(starter, name="small", contextWindow=1024)
    yield lambda *requests: model.play(*requests, name="small")
    model.unload("small")


def test_a_suggestion_does_not_wait_for_a_chat_that_fills_the_context(small):
    chat = {"id": 1, "raw": long_text(860, "chat"), "tokens": 256, "lane": "chat"}
    suggestion = {"id": 2, "raw": long_text(1_000, "code"), "tokens": 4, "atStep": 20}
    played = small(chat, suggestion)
    assert played.accepted(1)["prompt_tokens"] + played.tokens(1) > 1000
    assert played.accepted(2)["prompt_tokens"] > 800
    assert played.first_step(2, "Piece") < 40
    assert played.reason(2) == "length"
    assert played.first_step(1, "Finished") > played.first_step(2, "Finished")


def test_the_cache_holds_what_was_promised_and_no_more(small):
    first = long_text(1_000, "first")
    small({"id": 1, "raw": first, "tokens": 2})
    assert small({"id": 2, "raw": first, "tokens": 2}).accepted(2)["cached_tokens"] > 800
    for number in range(6):
        small({"id": 3 + number, "raw": long_text(1_000, f"other {number}"), "tokens": 2})
    again = small({"id": 9, "raw": first, "tokens": 2})
    # The sign that both begin with.
    assert again.accepted(9)["cached_tokens"] <= 1
    # What is said to be gone is: it is read anew, in several steps.
    assert again.first_step(9, "Piece") > 3


def test_an_answer_is_the_same_whatever_was_read_or_is_answered_beside_it(model, starter):
    text = long_text(300, "same") + "def total(values):\n    result = 0\n    for"
    asked = {"raw": text, "tokens": 24}
    first = model.play({"id": 1, **asked}).text(1)
    assert model.play({"id": 2, **asked}).text(2) == first
    model.load(starter, name="fresh")
    beside = [{"id": 4, "chat": STORY, "tokens": 40}, {"id": 5, "raw": text[:-40], "tokens": 30}]
    played = model.play(*beside, {"id": 3, **asked, "atStep": 7}, name="fresh")
    model.unload("fresh")
    assert played.text(3) == first


def test_what_repeats_itself_takes_fewer_steps_than_tokens(model):
    # A step without a draft is done first, to compare.
    model.play({"id": 1, "raw": CODE, "tokens": 9})
    played = model.play({"id": 2, "raw": "print(first, second, third)\n" * 12, "tokens": 60})
    assert played.tokens(2) == 60
    assert played.first_step(2, "Finished") - played.first_step(2, "Piece") < 40


def test_a_prompt_that_is_too_long_is_refused_and_disturbs_nothing(model):
    played = model.play(
        {"id": 1, "chat": STORY, "tokens": 20},
        {"id": 2, "raw": long_text(12_000, "long"), "atStep": 3},
        {"id": 3, "raw": CODE, "tokens": 3, "atStep": 4},
    )
    (refused,) = played.of(2)
    assert refused["kind"] == "PromptTooLong"
    assert "at most 8176 fit" in refused["message"]
    assert played.reason(1) == "length"
    assert played.text(3).startswith(" a + b")


def test_one_cancel_leaves_the_others_alone(model):
    played = model.play(
        {"id": 1, "chat": STORY, "tokens": 40},
        {"id": 2, "chat": STORY, "tokens": 40},
        cancel=[{"id": 1, "tokens": 5}],
    )
    assert played.reason(1) == "cancelled"
    assert (played.reason(2), played.tokens(2)) == ("length", 40)


def test_a_file_that_is_gone_is_told(open_driver, tmp_path):
    told = open_driver().load(tmp_path / "none.gguf")
    assert told["error"] == "ModelDamaged"
    assert "fetch" in told["remedy"]


@pytest.mark.parametrize("content", [b"", b"GGUF" + bytes(1000), b"not a model at all"])
def test_a_file_that_is_no_model_is_refused_with_a_remedy(open_driver, tmp_path, content):
    file = tmp_path / "broken.gguf"
    file.write_bytes(content)
    told = open_driver().load(file)
    assert told["error"] in ("AcceleratorUnusable", "ModelDamaged")
    assert "broken.gguf" in told["message"]
    assert told["remedy"]


@pytest.mark.parametrize("device", ["GPU.7", "NPU", "TPU"])
def test_a_device_that_is_not_there_is_refused_and_not_replaced(open_driver, starter, device):
    told = open_driver().load(starter, device=device)
    assert told["error"] == "AcceleratorUnusable"
    assert device in told["message"]
    assert told["remedy"]


def test_on_the_npu_the_shapes_bound_what_is_taken(open_driver, find_model):
    driver = open_driver()
    options = {"NPU_USE_NPUW": "YES", "NPUW_DEVICES": "CPU", "NPUW_ONLINE_PIPELINE": "NONE"}
    sizes = {"MAX_PROMPT_LEN": "256", "MIN_RESPONSE_LEN": "128"}
    model = find_model("tiny-phi3", "openvino-fp16")
    told = driver.load(model, device="NPU", options=options | sizes)
    assert told["capabilities"] == {
        "context_window": 384,
        "max_prompt_tokens": 256,
        "concurrent_requests": False,
        "prefix_reuse": False,
        "cancel_during_prefill": False,
        "given_text": False,
    }
    played = driver.play({"id": 1, "raw": "word " * 300}, {"id": 2, "raw": "word", "tokens": 3})
    (refused,) = played.of(1)
    assert refused["kind"] == "PromptTooLong"
    assert "256" in refused["message"]
    assert played.tokens(2) == 3
