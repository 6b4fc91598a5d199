"""What OpenVINO GenAI is told for a device, as far as it can be seen without the device."""

import pytest

THROUGH_NPUW = {
    "NPU_USE_NPUW": "YES",
    "NPUW_DEVICES": "CPU",
    "NPUW_ONLINE_PIPELINE": "NONE",
    "MAX_PROMPT_LEN": "256",
    "MIN_RESPONSE_LEN": "64",
}

WORDS = ["ship", "sail", "wind", "harbor", "captain", "storm", "night", "light"]


@pytest.fixture(scope="module")
def driver(open_driver):
    return open_driver()


def test_on_the_npu_a_prompt_of_several_chunks_is_continued_as_one_of_a_single_chunk(
    driver, find_model
):
    folder = find_model("tiny-phi3", "openvino-fp16")
    for name, chunk in (("one", "256"), ("several", "64")):
        options = {**THROUGH_NPUW, "NPUW_LLM_PREFILL_CHUNK_SIZE": chunk}
        told = driver.load(folder, "NPU", name=name, contextWindow=4096, options=options)
        assert told["capabilities"]["max_prompt_tokens"] == 256
    for words in (2, 20, 40, 64):
        text = " ".join(f"{WORDS[n % 8]} {n % 7}" for n in range(words))
        one, several = (
            driver.play({"id": 1, "raw": text, "tokens": 2}, name=name)
            for name in ("one", "several")
        )
        assert several.text(1) == one.text(1), one.accepted(1)["prompt_tokens"]
        assert several.tokens(1) == 2


def test_the_npus_compiled_model_is_kept_and_used_again(open_driver, find_model, tmp_path):
    folder = find_model("tiny-phi3", "openvino-fp16")
    made = []
    for _ in range(2):
        driver = open_driver()
        driver.load(folder, "NPU", options=THROUGH_NPUW, cache=str(tmp_path))
        made.append({file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.blob")})
    assert len(made[0]) == 1
    assert made[1] == made[0]


def test_on_the_processor_no_compiled_model_is_written_for_nothing(
    open_driver, find_model, tmp_path
):
    told = open_driver().load(find_model("tiny-phi3", "openvino-fp16"), cache=str(tmp_path))
    assert told["executingDevice"] == "CPU"
    assert list(tmp_path.iterdir()) == []
