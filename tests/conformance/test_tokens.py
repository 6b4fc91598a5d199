"""What is computed: the same tokens as transformers, whole, in parts and again."""

import pytest


def words(text):
    return text.split()


def fits(model, prompt_tokens, tokens):
    window = model.capabilities["context_window"]
    return prompt_tokens <= min(model.capabilities["max_prompt_tokens"], window - tokens)


def test_each_token_is_transformers_own_or_as_near_as_stated(subject, tiny, rounded_references):
    off = []
    for asked in rounded_references["following"]:
        (word,) = words(tiny.write(asked["prompt"], tokens=1))
        best = max(asked["logits"].values())
        # A word that is none of the likeliest is as far off as the last of them at least.
        logit = asked["logits"].get(word, min(asked["logits"].values()))
        off.append((best - logit) / asked["spread"])
    assert max(off) <= subject.most_error, sorted(off)[-5:]


@pytest.mark.of(lambda subject: subject.exact)
def test_whole_answers_are_transformers_own(tiny, references):
    answers = [
        answer for answer in references["written"] if fits(tiny, answer["prompt_tokens"], 24)
    ]
    # All but the one that is longer than Phi-3's sliding window, which some backends do not take.
    assert len(answers) >= len(references["written"]) - 1
    for answer in answers:
        text = tiny.write(answer["prompt"], tokens=len(answer["words"]))
        assert words(text) == answer["words"], answer["prompt_tokens"]


SUM_ERROR = 0.005
"""Of a log probability: OpenVINO GenAI adds the 32,000 tokens' shares one by one, in 32 bits."""


@pytest.mark.of(lambda subject: subject.log_probs)
def test_each_token_is_as_probable_as_transformers_holds_it(subject, tiny, rounded_references):
    # The errors of all logits are in it, not only of those between which it was decided.
    most_error = 4 * subject.most_error
    for asked in rounded_references["following"]:
        played = tiny.play({"id": 1, "tokens": 1, "logProbs": True, **asked["prompt"]})
        (word,), (log_prob,) = words(played.text(1)), played.log_probs(1)
        expected = asked["logits"][word] - asked["log_sum"]
        assert log_prob == pytest.approx(expected, abs=SUM_ERROR + most_error * asked["spread"])


@pytest.mark.of(lambda subject: subject.exact)
def test_how_probable_each_token_of_an_answer_was_is_told_with_it(tiny, references):
    answer = max(references["written"], key=lambda answer: len(answer["words"]))
    asked = {"id": 1, "tokens": len(answer["words"]), "logProbs": True, **answer["prompt"]}
    played = tiny.play(asked)
    assert words(played.text(1)) == answer["words"]
    assert played.log_probs(1) == pytest.approx(answer["log_probs"], abs=SUM_ERROR)


@pytest.mark.of(lambda subject: subject.exact)
def test_what_was_sampled_is_as_probable_as_without_a_temperature(tiny, references):
    compared, tokens = 0, {"tokens": 1, "temperature": 0.4, "logProbs": True}
    for asked in references["following"]:
        played = tiny.play({"id": 1, **tokens, **asked["prompt"]})
        (log_prob,) = played.log_probs(1)
        # The likeliest words alone have their logits noted.
        if (logit := asked["logits"].get(played.text(1).strip())) is not None:
            assert log_prob == pytest.approx(logit - asked["log_sum"], abs=SUM_ERROR)
            compared += 1
    assert compared > len(references["following"]) // 2


def test_how_probable_tokens_are_is_told_where_it_is_asked_for_and_known(subject, scripted):
    asked = {"id": 1, "raw": "red", "tokens": 5}
    assert set(scripted.play(asked).log_probs(1)) == {None}
    told = scripted.play({**asked, "logProbs": True}).log_probs(1)
    if not subject.log_probs:
        assert set(told) == {None}
        return
    # "apple", and the token that ends the answer, of which nothing is told.
    assert told == [pytest.approx(told[0]), 0.0]
    assert -1 < told[0] < 0


def test_a_prompt_has_as_many_tokens_as_transformers_gives_it(tiny, references):
    prompts = [answer["prompt"] for answer in references["written"]]
    expected = [answer["prompt_tokens"] for answer in references["written"]]
    assert tiny.count(*prompts) == expected
    for prompt, tokens in zip(prompts, expected, strict=True):
        if fits(tiny, tokens, 1):
            played = tiny.play({"id": 1, "tokens": 1, **prompt})
            assert played.accepted(1)["prompt_tokens"] == tokens


def test_a_text_longer_than_any_prompt_is_counted_too(tiny):
    half, whole = tiny.count({"raw": "value = 1\n" * 1_500}, {"raw": "value = 1\n" * 3_000})
    assert half > 4096
    assert whole == pytest.approx(2 * half, rel=0.01)


def text_of(words, mark):
    """A text of about as many tokens as words."""
    return " ".join([mark, *(f"line {n % 7}" for n in range(words // 3))])


def computes_the_same_in_any_parts(subject):
    """Elsewhere roundings differ with the length of what is computed at once, and so may tokens."""
    return subject.prefix_reuse and subject.steady


@pytest.mark.of.with_args(computes_the_same_in_any_parts)
def test_what_follows_a_reused_prefix_is_what_a_fresh_run_writes(running, tiny):
    base = text_of(600, "ship")
    steps = [
        # Longer, shorter, another end, another start, and what was written before.
        base,
        f"{base} and more words at its end",
        base,
        " ".join(base.split()[:200]),
        " ".join(base.split()[:300]) + " goes elsewhere",
        f"another {base}",
    ]
    reused = []
    for text in steps:
        played = tiny.play({"id": 1, "raw": text, "tokens": 12})
        reused.append((played.text(1), played.accepted(1)["cached_tokens"]))
    for at in (1, 3, 4):
        fresh = running.model("tiny-phi3", name="fresh", **running.subject.exact_options)
        assert fresh.write({"raw": steps[at]}, tokens=12) == reused[at][0], at
        running.unload("fresh")
    # The first, and the one that begins otherwise, have nothing to reuse; the others have much.
    assert reused[0][1] == 0
    assert reused[5][1] < 32
    assert all(cached > 150 for _, cached in reused[1:5])


@pytest.mark.of(lambda subject: subject.prefix_reuse)
def test_the_next_question_of_a_conversation_reuses_the_answer_before_it(tiny):
    start = text_of(300, "talk")
    first = tiny.play({"id": 1, "raw": start, "tokens": 64})
    again = tiny.play({"id": 2, "raw": f"{start}{first.text(1)} and then", "tokens": 1})
    prompt_tokens = first.accepted(1)["prompt_tokens"]
    assert again.accepted(2)["cached_tokens"] > prompt_tokens


@pytest.mark.of.with_args(computes_the_same_in_any_parts)
def test_what_was_cancelled_leaves_nothing_wrong_in_the_cache(tiny, running):
    text = text_of(900, "cut")
    tiny.play({"id": 1, "raw": text, "tokens": 64}, cancel=[{"id": 1, "atStep": 1}])
    tiny.play({"id": 2, "raw": text, "tokens": 64}, cancel=[{"id": 2, "tokens": 5}])
    after = tiny.write({"raw": f"{text} again"}, tokens=12)
    fresh = running.model("tiny-phi3", name="fresh", **running.subject.exact_options)
    assert fresh.write({"raw": f"{text} again"}, tokens=12) == after
    running.unload("fresh")


@pytest.mark.of(lambda subject: not subject.prefix_reuse)
def test_nothing_is_said_to_be_reused_where_nothing_is(tiny):
    for _ in range(2):
        played = tiny.play({"id": 1, "raw": text_of(120, "twice"), "tokens": 2})
        assert played.accepted(1)["cached_tokens"] == 0


@pytest.mark.of(lambda subject: not subject.rounds_keys_together)
def test_greedy_answers_are_the_same_each_time(tiny):
    texts = {tiny.write({"raw": text_of(60, "same")}, tokens=24) for _ in range(3)}
    assert len(texts) == 1


def test_with_a_temperature_answers_differ(tiny):
    request = {"raw": "any of them", "tokens": 8, "temperature": 1.5}
    texts = {tiny.play({"id": n, **request}).text(n) for n in range(1, 5)}
    assert len(texts) > 2
