from functools import partial
from itertools import cycle, islice

import pytest
from phi_sidecar.backends.batching.drafts import (
    LEAST_TOKENS,
    STEP_TOKENS,
    Lookup,
    Rehearsal,
    Worth,
)


def test_what_came_after_the_last_tokens_is_guessed_again():
    lookup = Lookup([1, 2, 3, 4, 5, 9, 2, 3])
    assert lookup.draft(4) == [4, 5, 9, 2]
    assert lookup.draft(2) == [4, 5]


def test_the_longest_match_goes_before_the_latest():
    lookup = Lookup([1, 2, 3, 7, 8, 3, 5, 0, 1, 2, 3])
    assert lookup.draft(1) == [7]


def test_of_equal_matches_the_latest_is_taken():
    assert Lookup([3, 7, 0, 3, 8, 1, 3]).draft(1) == [8]


def test_a_draft_ends_where_the_text_does():
    assert Lookup([4, 4]).draft(4) == [4]


def test_what_is_added_is_looked_up_too():
    lookup = Lookup([1, 2])
    assert list(lookup.draft(4)) == []
    for id in (5, 6, 1):
        lookup.add(id)
    assert lookup.draft(4) == [2, 5, 6, 1]


def test_an_earlier_answer_goes_before_all_else():
    lookup = Lookup([1, 2, 3, 9, 2, 3], earlier=[5, 3, 6, 7])
    assert lookup.draft(4) == [6, 7]
    lookup.add(7)
    # Behind its end it says nothing.
    assert list(lookup.draft(4)) == []
    lookup.add(9)
    assert lookup.draft(2) == [2, 3]


@pytest.mark.parametrize("ids", [[], [7]])
def test_nothing_is_guessed_from_nothing(ids):
    assert list(Lookup(ids).draft(4)) == []


def test_ids_of_every_size_are_told_apart():
    # Those of surrogates and of the end of lines among them.
    ids = [0, 10, 13, 0xD800, 0xDFFF, 0x1F600, 200_000]
    assert Lookup([*ids, 0]).draft(6) == ids[1:]


def repeating(tokens):
    """A text in which every draft is right once it has been round."""
    return list(islice(cycle(range(1, 9)), tokens))


def new(tokens):
    """A text in which no token comes twice."""
    return list(range(1_000, 1_000 + tokens))


def taken(worth, text, *, plain_s, drafted_s):
    """Answer with a text, a token a step; returns in how many of them drafts were said to pay."""
    lookup = Lookup(text[:1])
    rehearsal = Rehearsal(lookup, worth)
    drafts = 0
    for token in text[1:]:
        drafted = worth.pays()
        drafts += drafted
        worth.took(drafted_s if drafted else plain_s, drafted=drafted)
        lookup.add(token)
        rehearsal.add(token)
    return drafts


def test_steps_are_rehearsed_in_every_width():
    worth = Worth()
    lookup = Lookup(repeating(16))
    rehearsal = Rehearsal(lookup, worth)
    for token in repeating(2_000)[16:]:
        lookup.add(token)
        rehearsal.add(token)
    assert [way.tokens for way in worth.ways] == pytest.approx([LEAST_TOKENS, STEP_TOKENS])
    for token in new(500):
        lookup.add(token)
        rehearsal.add(token)
    assert [way.tokens for way in worth.ways] == pytest.approx([1, 1])


def test_a_step_ends_with_the_first_wrong_guess(monkeypatch):
    worth = Worth()
    lookup = Lookup([1, 2, 3, 4, 5, 1])
    rehearsal = Rehearsal(lookup, worth)
    told = []
    for way in worth.ways:
        heard = partial(lambda width, tokens: told.append((width, tokens)), way.width)
        monkeypatch.setattr(way, "decoded", heard)
    for token in (2, 3, 9):
        lookup.add(token)
        rehearsal.add(token)
    # Two tokens and then, of the narrower one, a third that was guessed wrong.
    assert told == [(LEAST_TOKENS, 2), (LEAST_TOKENS, 1), (STEP_TOKENS, 3)]


def test_drafts_are_made_where_they_pay_and_sometimes_not_to_compare():
    drafts = taken(Worth(), repeating(1000), plain_s=1.0, drafted_s=1.2)
    assert 950 < drafts < 1000


def test_drafts_are_left_where_they_do_not_pay_and_sometimes_tried():
    drafts = taken(Worth(), new(1000), plain_s=1.0, drafted_s=1.2)
    assert 5 < drafts < 50


def test_a_text_that_cannot_be_guessed_does_not_end_drafts_in_the_next():
    worth = Worth()
    assert taken(worth, new(200), plain_s=1.0, drafted_s=1.1) < 10
    # Not only when it looks again.
    assert taken(worth, repeating(100), plain_s=1.0, drafted_s=1.1) > 70


def test_what_a_step_without_a_draft_confirms_counts_too():
    ratio = STEP_TOKENS / LEAST_TOKENS
    assert taken(Worth(), repeating(1000), plain_s=1.0, drafted_s=ratio * 1.1) < 100
    assert taken(Worth(), repeating(1000), plain_s=1.0, drafted_s=ratio * 0.9) > 800


def test_the_first_step_of_a_width_says_nothing():
    worth = Worth()
    lookup = Lookup([1])
    rehearsal = Rehearsal(lookup, worth)
    last, drafts = None, 0
    for token in repeating(1000)[1:]:
        drafted = worth.pays()
        drafts += drafted
        # Whatever comes first takes three times as long.
        worth.took((1.2 if drafted else 1.0) * (3 if drafted is not last else 1), drafted=drafted)
        last = drafted
        lookup.add(token)
        rehearsal.add(token)
    assert drafts > 900


def test_a_machine_that_slept_does_not_end_drafts():
    worth = Worth()
    taken(worth, repeating(200), plain_s=1.0, drafted_s=1.2)
    worth.took(3600.0, drafted=True)
    assert taken(worth, repeating(100), plain_s=1.0, drafted_s=1.2) > 80
