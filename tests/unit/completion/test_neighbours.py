"""Similar lines of other files."""

import time

import pytest
from phi_sidecar.completion import neighbours
from phi_sidecar.completion.context import DocumentView
from phi_sidecar.completion.neighbours import Around, Neighbours, OtherFile

ORDERS = """\
def order_total(order, prices):
    total = 0
    for item in order.items:
        total += prices[item.product] * item.quantity
    return total


def order_weight(order, weights):
    weight = 0
    for item in order.items:
        weight += weights[item.product] * item.quantity
    return weight
"""
WEATHER = """\
def celsius(fahrenheit):
    return (fahrenheit - 32) / 1.8


def humidity(sensor):
    return sensor.read_humidity()
"""
AROUND = Around(
    "def order_volume(order, volumes):\n    volume = 0\n    for item in order.items:\n", "python"
)


def file(uri, text, language="python", version=1):
    return OtherFile(uri, version, DocumentView(text, language, f"src/{uri}"))


def similar_snippets(around, others, budget_chars):
    return Neighbours().similar(around, others, budget_chars)


def paths(snippets):
    return [snippet.path for snippet in snippets]


def test_the_file_that_is_like_the_place_is_taken():
    others = [file("weather.py", WEATHER), file("orders.py", ORDERS)]
    snippets = similar_snippets(AROUND, others, 2_000)
    assert paths(snippets) == ["src/orders.py"]
    assert snippets[0].text.startswith("def order_total")
    assert snippets[0].first_line == 1
    assert 0.1 <= snippets[0].similarity <= 0.5


def test_what_is_nearly_the_same_is_left_out_since_it_would_be_parroted():
    assert similar_snippets(Around(ORDERS, "python"), [file("copy.py", ORDERS)], 2_000) == ()


def test_nothing_is_taken_where_nothing_is_alike():
    assert similar_snippets(AROUND, [file("weather.py", WEATHER)], 2_000) == ()
    assert similar_snippets(Around("", "python"), [file("orders.py", ORDERS)], 2_000) == ()
    assert similar_snippets(AROUND, [file("orders.py", "")], 2_000) == ()


def test_the_cursors_own_language_comes_first():
    others = [file("orders.rb", ORDERS, "ruby"), file("orders.py", ORDERS)]
    assert paths(similar_snippets(AROUND, others, 5_000)) == ["src/orders.py", "src/orders.rb"]


def test_of_files_that_are_alike_the_one_edited_last_comes_first():
    others = [file("new.py", ORDERS), file("old.py", ORDERS)]
    assert paths(similar_snippets(AROUND, others, 5_000)) == ["src/new.py", "src/old.py"]


def test_a_file_that_is_imported_counts_more():
    around = Around(AROUND.text, "python", "from shop import stock")
    others = [file("new.py", ORDERS), file("stock.py", ORDERS)]
    assert paths(similar_snippets(around, others, 5_000))[0] == "src/stock.py"


def test_a_snippet_is_cut_to_whole_lines_that_fit():
    (snippet,) = similar_snippets(AROUND, [file("orders.py", ORDERS)], 200)
    assert ORDERS.startswith(snippet.text + "\n")
    assert neighbours.cost_of(snippet) <= 200
    assert similar_snippets(AROUND, [file("orders.py", ORDERS)], 60) == ()
    assert similar_snippets(AROUND, [file("orders.py", ORDERS)], 0) == ()


def test_a_long_file_gives_the_stretch_that_is_alike():
    text = WEATHER * 30 + ORDERS + WEATHER * 30
    (snippet, *_) = similar_snippets(AROUND, [file("all.py", text)], 5_000)
    assert "order" in snippet.text
    first = text.split("\n")[snippet.first_line - 1]
    assert snippet.text.split("\n")[0] == first


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_lines_end_in_line_feeds_whatever_the_file_does(newline):
    (snippet,) = similar_snippets(AROUND, [file("a.py", ORDERS.replace("\n", newline))], 5_000)
    assert "\r" not in snippet.text
    assert snippet.text.count("\n") > 5


def test_each_version_is_read_once(monkeypatch):
    read = []
    index_of = neighbours._index_of
    monkeypatch.setattr(
        neighbours, "_index_of", lambda document: (read.append(document), index_of(document))[1]
    )
    known = Neighbours()
    for version in (1, 1, 2, 2):
        known.similar(AROUND, [file("orders.py", ORDERS, version=version)], 2_000)
    assert len(read) == 2
    known.forget("orders.py")
    known.similar(AROUND, [file("orders.py", ORDERS, version=2)], 2_000)
    assert len(read) == 3


def test_many_new_files_are_read_over_several_turns(monkeypatch):
    read = []
    index_of = neighbours._index_of
    monkeypatch.setattr(
        neighbours, "_index_of", lambda document: (read.append(document), index_of(document))[1]
    )
    known = Neighbours()
    others = [file(f"{number}.py", WEATHER * 150) for number in range(20)]
    known.similar(AROUND, others, 2_000)
    assert 0 < len(read) < 10
    for _ in range(20):
        known.read_on()
    assert len(read) == 20
    known.similar(AROUND, others, 2_000)
    assert len(read) == 20


def test_a_part_of_a_file_tells_the_lines_of_the_whole():
    part = OtherFile("a.py#below", 1, DocumentView(ORDERS, "python", "a.py"), first_line=101)
    assert similar_snippets(AROUND, [part], 2_000)[0].first_line == 101


def test_an_endless_line_is_neither_read_nor_shown_whole(monkeypatch):
    read = []
    index_of = neighbours._index_of
    monkeypatch.setattr(
        neighbours,
        "_index_of",
        lambda document: (index := index_of(document), read.append(index))[0],
    )
    endless = WEATHER + "x = order.items(" * 200_000
    snippets = similar_snippets(AROUND, [file("packed.py", endless), file("a.py", ORDERS)], 2_000)
    assert sum(map(len, read[0].lines)) <= neighbours.MOST_CHARS
    assert sum(map(neighbours.cost_of, snippets)) <= 2_000


def test_twenty_long_files_are_searched_in_a_moment():
    known = Neighbours()
    others = [file(f"{number}.py", (ORDERS + WEATHER) * 50) for number in range(20)]
    known.similar(AROUND, others, 2_000)
    for _ in range(20):
        known.read_on()
    taken = []
    for _ in range(5):
        began = time.process_time()
        known.similar(AROUND, others, 2_000)
        taken.append(time.process_time() - began)
    # Some five times what it takes, so that only another kind of search would fail here.
    assert min(taken) < 0.02
