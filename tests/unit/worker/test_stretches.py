from phi_sidecar.backends.base import Piece
from phi_sidecar.worker.stretches import Stretches, Text


def taken(pieces, stops=(), *, log_probs=True):
    """What is passed on where each piece's text is passed on at once."""
    stretches = Stretches(stops, log_probs=log_probs)
    texts = []
    for text, *said in pieces:
        stretches.add(Piece(1, text, *said))
        if stretches.gathered:
            texts.append(stretches.take())
    stretches.end()
    if stretches.gathered:
        texts.append(stretches.take())
    return texts


def test_each_stretch_tells_of_its_own_tokens():
    assert taken([("one", 1, -0.5), (" two", 1, -0.25)]) == [
        Text("one", 1, -0.5),
        Text(" two", 2, -0.25),
    ]


def test_what_was_gathered_tells_of_all_its_tokens():
    stretches = Stretches((), log_probs=True)
    for text in ("one", " two", " three"):
        stretches.add(Piece(1, text, 1, -0.5))
    assert stretches.take() == Text("one two three", 3, -1.5)


def test_a_token_without_a_whole_character_counts_with_the_character():
    assert taken([("a", 1, -1.0), ("", 1, -2.0), ("é", 1, -4.0)]) == [
        Text("a", 1, -1.0),
        Text("é", 3, -6.0),
    ]


def test_a_token_that_ends_the_answer_counts_with_no_text():
    assert taken([("a", 1, -1.0), ("", 1, 0.0)]) == [Text("a", 1, -1.0)]


def test_text_that_is_held_back_has_its_tokens_when_it_comes():
    assert taken([("a", 1, -1.0), ("EN", 1, -2.0), ("x", 1, -4.0)], ["END"]) == [
        Text("a", 1, -1.0),
        Text("ENx", 3, -6.0),
    ]
    assert taken([("a", 1, -1.0), ("EN", 1, -2.0)], ["END"])[-1] == Text("EN", 2, -2.0)


def test_a_token_of_which_a_part_is_shown_counts_and_one_behind_a_stop_string_does_not():
    assert taken([("a b\n", 1, -1.0), ("\n  c", 1, -2.0)], ["\n\n"]) == [Text("a b", 1, -1.0)]
    assert taken([("a", 1, -1.0), ("END", 1, -2.0), ("b", 1, -4.0)], ["END"]) == [
        Text("a", 1, -1.0)
    ]


def test_the_rest_of_a_token_adds_nothing():
    assert taken([("a\n", 1, -1.0), ("b", 1, -2.0)], ["\n\n"]) == [
        Text("a", 1, -1.0),
        Text("\nb", 2, -2.0),
    ]


def test_without_all_of_its_tokens_nothing_is_told():
    assert taken([("a", 1, None), ("b", 1, -1.0)]) == [Text("a", 1, None), Text("b", 2, None)]
    assert taken([("a", 1, -1.0)], log_probs=False) == [Text("a", 1, None)]
