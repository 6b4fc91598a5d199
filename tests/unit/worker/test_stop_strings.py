import itertools
import random

import pytest
from phi_sidecar.worker.stop_strings import StopStrings


def run(stops, pieces):
    watched = StopStrings(stops)
    shown = [watched.add(piece) for piece in pieces]
    if not watched.matched:
        shown.append(watched.flush())
    return "".join(shown), watched.matched


def splits(text):
    """Every way to cut a text into pieces."""
    for cuts in itertools.product((False, True), repeat=len(text) - 1):
        pieces, piece = [], text[0]
        for character, cut in zip(text[1:], cuts, strict=True):
            if cut:
                pieces.append(piece)
                piece = ""
            piece += character
        yield [*pieces, piece]


CASES = [
    (["END"], "one END two", ("one ", True)),
    (["END"], "one EN two", ("one EN two", False)),
    (["aab"], "aaaab", ("aa", True)),
    (["\n\n", "x"], "a\n\nx", ("a", True)),
    (["abc", "b"], "zabcb", ("za", True)),
    (["abc", "bc"], "zabc", ("z", True)),
    (["<|end|>"], "<|en<|end|>", ("<|en", True)),
    ([], "all of it", ("all of it", False)),
    (["stop"], "sto", ("sto", False)),
    (["\U0001f600"], "a\U0001f600b", ("a", True)),
]


@pytest.mark.parametrize(("stops", "text", "expected"), CASES)
def test_however_the_text_is_split_the_result_is_the_same(stops, text, expected):
    for pieces in splits(text):
        shown, matched = run(stops, pieces)
        assert (shown, matched) == expected, pieces


def test_long_random_texts_give_the_same_however_they_are_split():
    dice = random.Random(3)
    for _ in range(300):
        stops = ["".join(dice.choice("ab") for _ in range(dice.randint(3, 5)))]
        text = "".join(dice.choice("abc") for _ in range(60))
        at = text.find(stops[0])
        expected = text if at < 0 else text[:at]
        cuts = sorted({0, len(text), *(dice.randrange(len(text)) for _ in range(15))})
        pieces = [text[a:b] for a, b in itertools.pairwise(cuts)]
        assert run(stops, pieces) == (expected, at >= 0)


def test_nothing_is_shown_after_a_match():
    watched = StopStrings(["."])
    assert watched.add("one. two") == "one"
    assert watched.add("three") == ""
    assert watched.flush() == ""


def test_only_what_may_begin_a_stop_string_is_held_back():
    watched = StopStrings(["END"])
    assert watched.add("one E") == "one "
    assert watched.add("x") == "Ex"
