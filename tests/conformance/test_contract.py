"""The contract of `LoadedModel`: what is stated, the order of events, limits, queues, cancels."""

import pytest

# Whatever follows a word that is in no script: words without end.
STORY = {"raw": "once upon a time"}


def test_what_it_states_of_itself_is_so(subject, tiny):
    assert tiny.executing_device == subject.executing
    stated = tiny.capabilities
    for name in ("concurrent_requests", "prefix_reuse", "cancel_during_prefill"):
        assert stated[name] == getattr(subject, name), name
    assert stated["context_window"] <= subject.context_window
    assert stated["max_prompt_tokens"] < stated["context_window"]


def test_events_come_in_order(scripted):
    played = scripted.play({"id": 1, **STORY, "tokens": 6})
    kinds = [event["kind"] for event in played.of(1)]
    assert kinds[0] == "Accepted"
    assert kinds[-1] == "Finished"
    assert set(kinds[1:-1]) == {"Piece"}
    assert played.idle == []


def test_the_token_limit_is_exact(scripted):
    for tokens in (1, 2, 11):
        played = scripted.play({"id": 1, **STORY, "tokens": tokens})
        assert (played.tokens(1), played.reason(1)) == (tokens, "length")


def test_an_answer_ends_where_the_context_window_does(scripted):
    window = scripted.capabilities["context_window"]
    most = min(scripted.capabilities["max_prompt_tokens"], window - window // 4)
    text = " ".join(["word"] * most)
    (prompt_tokens,) = scripted.count({"raw": text})
    played = scripted.play({"id": 1, "raw": text, "tokens": window})
    assert prompt_tokens == most
    assert played.tokens(1) == window - prompt_tokens
    assert played.reason(1) == "length"


def test_a_prompt_that_is_too_long_is_refused_before_any_work(scripted):
    most = scripted.capabilities["max_prompt_tokens"]
    played = scripted.play(
        {"id": 1, **STORY, "tokens": 20},
        {"id": 2, "raw": " ".join(["word"] * (most + 1)), "atStep": 2},
        {"id": 3, "raw": "red", "tokens": 3, "atStep": 3},
    )
    (refused,) = played.of(2)
    assert refused["kind"] == "PromptTooLong"
    assert str(most) in refused["message"] or "at most" in refused["message"]
    assert played.tokens(1) == 20
    assert played.text(3) == " apple"


def test_a_prompt_as_long_as_may_be_is_taken(scripted):
    most = scripted.capabilities["max_prompt_tokens"]
    played = scripted.play({"id": 1, "raw": " ".join(["word"] * most), "tokens": 1})
    assert played.accepted(1)["prompt_tokens"] == most
    assert played.tokens(1) == 1


def test_a_cancel_in_the_decode_ends_it_at_once(scripted):
    played = scripted.play({"id": 1, **STORY, "tokens": 100}, cancel=[{"id": 1, "tokens": 5}])
    assert played.reason(1) == "cancelled"
    assert 5 <= played.tokens(1) < 10
    # And the model is free for the next one.
    assert scripted.write({"raw": "red"}) == " apple"


@pytest.mark.of(lambda subject: subject.cancel_during_prefill)
def test_a_cancel_in_the_prefill_ends_it_at_the_next_step(layout):
    text = "".join(f"value_{n % 10} = {n % 7}\n" for n in range(400))
    played = layout.play({"id": 1, "raw": text, "tokens": 50}, cancel=[{"id": 1, "atStep": 2}])
    assert played.accepted(1)["prompt_tokens"] > 2_000
    assert played.reason(1) == "cancelled"
    assert played.of(1, "Piece") == []
    assert played.first_step(1, "Finished") <= 4


@pytest.mark.of(lambda subject: not subject.cancel_during_prefill)
def test_a_cancel_in_a_prefill_that_cannot_be_stopped_takes_effect_after_it(scripted):
    text = " ".join(["word"] * (scripted.capabilities["max_prompt_tokens"] // 2))
    played = scripted.play({"id": 1, "raw": text, "tokens": 50}, cancel=[{"id": 1, "atStep": 1}])
    assert played.reason(1) == "cancelled"
    assert played.tokens(1) <= 3


def test_cancelling_what_is_not_there_is_nothing(scripted):
    played = scripted.play(
        {"id": 7, **STORY, "tokens": 3},
        {"id": 8, **STORY, "tokens": 16},
        cancel=[{"id": 8, "tokens": 16}],
    )
    assert played.unfinished == []
    assert played.reason(7) == "length"


def test_a_request_that_waits_or_runs_beside_others_can_be_cancelled(scripted):
    played = scripted.play(
        {"id": 1, **STORY, "tokens": 40},
        {"id": 2, **STORY, "tokens": 40, "atStep": 1},
        cancel=[{"id": 2, "atStep": 2}],
    )
    assert played.reason(2) == "cancelled"
    assert (played.reason(1), played.tokens(1)) == ("length", 40)


@pytest.mark.of(lambda subject: not subject.concurrent_requests)
def test_the_newest_completion_goes_first_and_chats_after(scripted):
    played = scripted.play(
        {"id": 1, **STORY, "tokens": 15, "lane": "chat"},
        {"id": 2, **STORY, "tokens": 3, "lane": "chat", "atStep": 1},
        {"id": 3, **STORY, "tokens": 3, "atStep": 1},
        {"id": 4, **STORY, "tokens": 3, "atStep": 2},
    )
    ends = [event["id"] for event in played.events if event["kind"] == "Finished"]
    assert ends == [1, 4, 3, 2]
    assert played.first_step(2, "Accepted") > played.first_step(1, "Finished")


@pytest.mark.of(lambda subject: subject.concurrent_requests)
def test_several_requests_advance_together(scripted):
    played = scripted.play(
        {"id": 1, **STORY, "tokens": 60, "lane": "chat"},
        {"id": 2, "raw": "red", "tokens": 5, "atStep": 10},
        {"id": 3, **STORY, "tokens": 20, "atStep": 12},
    )
    assert played.text(2) == " apple"
    ends = {id: played.first_step(id, "Finished") for id in (1, 2, 3)}
    assert ends[2] < ends[3] < ends[1]


def test_a_model_that_is_not_there_is_told(running, tmp_path):
    told = running.driver.load(tmp_path / "none", running.subject.device, name="none")
    assert told["error"] == "ModelDamaged"
    assert told["remedy"]


def test_a_folder_that_holds_no_model_is_refused_with_a_remedy(running, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    told = running.driver.load(
        tmp_path, running.subject.device, name="none", options=dict(running.subject.options)
    )
    assert told["error"] in ("AcceleratorUnusable", "ModelDamaged")
    assert tmp_path.name in told["message"]
    assert told["remedy"]
