import pytest
from phi_sidecar.backends.batching.drafts import Lookup, Worth


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


def taken(worth, steps, *, plain_s, drafted_s, confirmed):
    """Take steps as it says; returns how many had a draft."""
    drafts = 0
    for _ in range(steps):
        if worth.pays():
            worth.took(drafted_s, 1 + confirmed, drafted=True)
            drafts += 1
        else:
            worth.took(plain_s, 1, drafted=False)
    return drafts


def test_drafts_are_made_where_they_pay_and_sometimes_not_to_compare():
    drafts = taken(Worth(), 1000, plain_s=1.0, drafted_s=1.2, confirmed=0.5)
    assert 950 < drafts < 1000


def test_drafts_are_left_where_they_do_not_pay_and_sometimes_tried():
    drafts = taken(Worth(), 1000, plain_s=1.0, drafted_s=1.6, confirmed=0.5)
    assert 10 < drafts < 50


def test_what_pays_is_learned_anew():
    worth = Worth()
    taken(worth, 200, plain_s=1.0, drafted_s=1.1, confirmed=0)
    assert taken(worth, 100, plain_s=1.0, drafted_s=1.1, confirmed=0) < 10
    taken(worth, 2000, plain_s=1.0, drafted_s=1.1, confirmed=3)
    assert taken(worth, 100, plain_s=1.0, drafted_s=1.1, confirmed=3) > 90


def test_what_a_step_without_a_draft_confirms_counts_too():
    worth = Worth()
    drafts = 0
    for _ in range(1000):
        drafted = worth.pays()
        drafts += drafted
        worth.took(1.35 if drafted else 1.0, 1.7 if drafted else 1.5, drafted=drafted)
    assert drafts < 100


def test_the_first_step_of_a_width_says_nothing():
    worth = Worth()
    last, drafts = None, 0
    for _ in range(1000):
        drafted = worth.pays()
        drafts += drafted
        # Whatever comes first takes three times as long.
        step_s = (1.2 if drafted else 1.0) * (3 if drafted is not last else 1)
        last = drafted
        worth.took(step_s, 2 if drafted else 1, drafted=drafted)
    assert drafts > 900


def test_a_machine_that_slept_does_not_end_drafts():
    worth = Worth()
    taken(worth, 100, plain_s=1.0, drafted_s=1.2, confirmed=1)
    worth.took(3600.0, 2, drafted=True)
    assert taken(worth, 100, plain_s=1.0, drafted_s=1.2, confirmed=1) > 80
