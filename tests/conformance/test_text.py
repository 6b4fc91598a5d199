"""Between tokens and text: every space, every character, every token and string that ends it."""

import pytest


def play_script(scripted, start, **more):
    return scripted.play({"id": 1, "raw": start.removeprefix("▁"), "tokens": 24, **more})


@pytest.mark.parametrize(
    "start", ["▁spaces", "▁letters", "▁broken", "▁certainly"], ids=lambda start: start[1:]
)
def test_pieces_join_to_the_whole_text_and_split_no_character(scripted, script, start):
    played = play_script(scripted, start)
    assert played.text(1) == script.text_of(script.SCRIPTS[start])
    assert played.reason(1) == "stop"
    pieces = [event["text"] for event in played.of(1, "Piece")]
    assert not any("\ufffd" in piece for piece in pieces)
    # Streamed, not handed out at the end.
    assert sum(bool(piece) for piece in pieces) > 1 or start == "▁broken"


def test_a_character_of_several_tokens_comes_with_its_last(scripted, script):
    played = play_script(scripted, "▁letters")
    texts = [event["text"] for event in played.of(1, "Piece") if event["tokens"]]
    at = script.SCRIPTS["▁letters"].index("<0x84>")
    assert texts[at - 3 : at + 1] == ["", "", "", "\U0001f984"]


@pytest.mark.parametrize(
    "start", ["▁red", "▁green", "▁blue", "▁white"], ids=lambda start: start[1:]
)
def test_every_end_token_ends_the_answer_and_is_not_in_its_text(scripted, script, start):
    played = play_script(scripted, start)
    assert script.SCRIPTS[start][1] == script.END_TOKENS[start]
    assert (played.reason(1), played.text(1)) == ("stop", script.text_of(script.SCRIPTS[start]))
    assert played.tokens(1) in (1, 2)


def test_a_chat_goes_through_the_template(scripted, script):
    played = scripted.play({"id": 1, "chat": "Where does it stand?", "tokens": 24})
    # A space before the first word belongs to the template's turn.
    assert played.text(1) == script.text_of(script.SCRIPTS[script.AFTER_TURN]).lstrip(" ")
    assert played.reason(1) == "stop"


def test_an_answer_can_be_begun_for_the_model(scripted, script):
    played = scripted.play(
        {"id": 1, "chat": "Does it begin?", "answerStart": "certainly", "tokens": 24}
    )
    assert played.text(1) == script.text_of(script.SCRIPTS["▁certainly"])


@pytest.mark.parametrize(
    ("stop", "shown"),
    [
        (["top"], " just before s"),
        (["ore st"], " just bef"),
        (["nothing", "opp"], " just before st"),
        ([" just"], ""),
    ],
)
def test_a_stop_string_ends_it_wherever_the_tokens_borders_lie(scripted, stop, shown):
    played = play_script(scripted, "▁stopped", stop=stop, tokens=60)
    assert played.shown(1) == shown
    assert played.reason(1) == "cancelled"
    assert played.tokens(1) < 12


def test_what_was_said_before_does_not_colour_what_is_said_next(scripted, script):
    for start in ("▁broken", "▁spaces", "▁letters", "▁spaces"):
        assert play_script(scripted, start).text(1) == script.text_of(script.SCRIPTS[start])
