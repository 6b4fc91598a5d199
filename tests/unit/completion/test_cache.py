"""Suggestions that stay while the person types along them."""

import random

import pytest
from phi_sidecar.completion.cache import CompletionCache, Place, closers_between
from phi_sidecar.completion.confidence import Stretch
from phi_sidecar.completion.suggestion import Suggestion

URI = "file:///a.py"


def cached(before="x = ", after="\ny = 1", text="compute(1)", replace_after=0):
    cache = CompletionCache()
    cache.put(Place(URI, before, after), Suggestion(text, replace_after))
    return cache


def test_what_was_suggested_here_is_found_again():
    assert cached().get(Place(URI, "x = ", "\ny = 1")) == Suggestion("compute(1)")


def test_a_suggestion_stays_while_the_person_types_along_it():
    cache = cached()
    for typed in range(len("compute(1)")):
        rest = cache.get(Place(URI, "x = " + "compute(1)"[:typed], "\ny = 1"))
        assert rest == Suggestion("compute(1)"[typed:])


def test_what_was_accepted_whole_leaves_nothing():
    assert cached().get(Place(URI, "x = compute(1)", "\ny = 1")) is None


def test_another_letter_is_a_miss():
    assert cached().get(Place(URI, "x = conn", "\ny = 1")) is None


def test_backspace_returns_the_earlier_one():
    cache = cached()
    assert cache.get(Place(URI, "x = cX", "\ny = 1")) is None
    cache.put(Place(URI, "x = cX", "\ny = 1"), Suggestion("YZ"))
    assert cache.get(Place(URI, "x = c", "\ny = 1")) == Suggestion("ompute(1)")


def test_another_file_or_another_rest_is_a_miss():
    assert cached().get(Place("file:///b.py", "x = ", "\ny = 1")) is None
    assert cached().get(Place(URI, "x = ", "\ny = 2")) is None


def test_an_edit_far_away_does_not_matter():
    filler = "z = 0\n" * 1_000
    cache = cached(before=filler + "x = ", after="\ny = 1" + filler)
    place = Place(URI, "import os\n" + filler + "x = ", "\ny = 1" + filler + "more")
    assert cache.get(place) == Suggestion("compute(1)")


def test_a_bracket_that_the_editor_closes_does_not_end_it():
    assert cached().get(Place(URI, "x = compute(", ")\ny = 1")) == Suggestion("1")


def test_what_stands_behind_the_closed_bracket_writes_over_it():
    cache = cached(text="compute(1) + 2")
    assert cache.get(Place(URI, "x = compute(", ")\ny = 1")) == Suggestion("1) + 2", 1)


def test_a_closed_bracket_that_the_suggestion_lacks_is_a_miss():
    assert cached(text="compute + 2").get(Place(URI, "x = comp", ")\ny = 1")) is None


def test_what_is_replaced_stays_the_same():
    cache = cached(before="f(", after=")", text="a) + g(b", replace_after=1)
    assert cache.get(Place(URI, "f(a", ")")) == Suggestion(") + g(b", 1)


def test_several_lines_stay_too():
    cache = cached(before="def f():\n    ", after="", text="a = 1\n    return a")
    assert cache.get(Place(URI, "def f():\n    a = 1\n    re", "")) == Suggestion("turn a")


def test_windows_line_endings_do_not_matter():
    filler = "z = 0\r\n" * 2_000
    cache = cached(before=filler + "def f():\r\n    ", after="\r\n", text="a = 1\n    return a")
    place = Place(URI, filler + "def f():\r\n    a = 1\r\n    re", "\r\n")
    assert cache.get(place) == Suggestion("turn a")


def test_the_least_recently_used_goes_first():
    cache = CompletionCache(capacity=2)
    for name in "ab":
        cache.put(Place(URI, name, ""), Suggestion(name))
    cache.get(Place(URI, "a", ""))
    cache.put(Place(URI, "c", ""), Suggestion("c"))
    assert len(cache) == 2
    assert cache.get(Place(URI, "a", "")) == Suggestion("a")
    assert cache.get(Place(URI, "b", "")) is None


def test_a_closed_document_is_forgotten():
    cache = cached()
    cache.put(Place("file:///b.py", "x", ""), Suggestion("y"))
    cache.forget(URI)
    assert cache.get(Place(URI, "x = ", "\ny = 1")) is None
    assert len(cache) == 1
    cache.clear()
    assert len(cache) == 0


def test_the_cache_keys_hold_no_code():
    cache = cached(before="secret_name = ")
    assert "secret" not in repr(cache._suggestions.keys())


def test_whatever_is_typed_along_any_suggestion_the_rest_completes_it():
    random.seed(5)
    for _ in range(200):
        before, text, after = (
            "".join(random.choices('ab()"\n 🙂\ud800', k=random.randrange(1, 30))) for _ in range(3)
        )
        cache = cached(before, after, text)
        typed = random.randrange(len(text))
        rest = cache.get(Place(URI, before + text[:typed], after))
        if text[typed:].strip():
            assert rest == Suggestion(text[typed:])
        else:
            assert rest is None


def test_what_is_known_of_a_suggestion_stays_with_its_rest():
    shown = Suggestion("compute(1)", said=(Stretch(0, 10, 3, -0.3),), looked_ahead=True)
    cache = CompletionCache()
    cache.put(Place(URI, "x = ", "\ny = 1"), shown)
    for place in (Place(URI, "x = com", "\ny = 1"), Place(URI, "x = compute(", ")\ny = 1")):
        rest = cache.get(place)
        assert rest.looked_ahead
        assert rest.confidence == shown.confidence


def test_a_place_is_the_same_however_its_lines_end():
    unix = Place(URI, "a = 1\nb = ", "\nc = 3")
    assert Place(URI, "a = 1\r\nb = ", "\nc = 3").key == unix.key
    assert Place(URI, "a = 1\nbb = ", "\nc = 3").key != unix.key
    assert "a = 1" not in repr(unix.key)


@pytest.mark.parametrize(
    ("after", "rest", "closed"),
    [
        (")\nx", "\nx", ")"),
        ("\nx", "\nx", ""),
        ("\"')\nx", "\nx", "\"')"),
        (")))))\nx", "\nx", None),
        (" + 1\nx", "\nx", None),
        ("\ny", "\nx", None),
    ],
)
def test_what_an_editor_closed_by_itself_is_told_from_what_was_typed(after, rest, closed):
    assert closers_between(after, rest) == closed
