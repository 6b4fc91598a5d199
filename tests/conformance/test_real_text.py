"""Real weights in Phi-3's architecture: the text is right."""

import pytest


def test_a_text_is_continued(layout):
    assert layout.write({"raw": "The capital of France is"}, tokens=4).startswith(" Paris")
    assert layout.write({"raw": "one = 1\ntwo = 2\nthree = 3\nfour ="}, tokens=4)[:3] == " 4\n"


def test_a_question_is_answered(layout):
    answer = layout.write({"chat": "What is a list in Python?"}, tokens=12)
    assert "list" in answer
    assert "Python" in answer


def test_an_answer_can_be_begun_for_the_model(layout):
    asked = {"chat": "What is the capital of France?", "answerStart": "It is called"}
    played = layout.play({"id": 1, "tokens": 60, **asked})
    assert played.text(1).startswith(" Paris")
    assert "<|" not in played.text(1)


@pytest.mark.of(lambda subject: subject.scripted is not None)
def test_a_frequency_penalty_keeps_an_answer_from_going_round_in_circles(layout):
    request = {"raw": "1 1 1 1 1 1 1 1 1 1", "tokens": 40}
    free = layout.play({"id": 1, **request})
    kept = layout.play({"id": 2, "frequencyPenalty": 1.0, **request})
    assert free.text(1).count(" 1") > 15
    assert kept.text(2).count(" 1") < 10
