import random

import pytest
from phi_sidecar.backends.detokenizer import Detokenizer

TEXTS = [
    "def add(a, b):\n    return a + b\n",
    "na\u00efve caf\u00e9",
    "\u4f60\u597d\uff0c\u4e16\u754c",
    "a\U0001f600b\U0001f468\u200d\U0001f469\u200d\U0001f467c",
    "tabs\t\tand  spaces   ",
]


def by_bytes(ids):
    """A tokenizer of single bytes: what is no whole character comes as a replacement."""
    return bytes(ids).decode("utf-8", errors="replace")


@pytest.mark.parametrize("text", TEXTS)
def test_byte_by_byte_the_pieces_join_to_the_text_and_no_character_is_split(text):
    detokenizer = Detokenizer(by_bytes)
    pieces = [detokenizer.add([byte]) for byte in text.encode()]
    pieces.append(detokenizer.flush())
    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize("text", TEXTS)
def test_any_grouping_of_tokens_gives_the_same_text(text):
    dice = random.Random(5)
    data = text.encode()
    for _ in range(50):
        detokenizer, joined, at = Detokenizer(by_bytes), "", 0
        while at < len(data):
            size = dice.randint(0, 4)
            joined += detokenizer.add(list(data[at : at + size]))
            at += size
        assert joined + detokenizer.flush() == text


def test_a_space_that_the_tokenizer_takes_off_the_first_word_is_kept_between_words():
    words = ["\u2581one", "\u2581two", "\u2581three", "s"]

    def decode(ids):
        return "".join(words[id] for id in ids).replace("\u2581", " ").lstrip(" ")

    detokenizer = Detokenizer(decode)
    pieces = [detokenizer.add([id]) for id in range(4)]
    assert "".join(pieces) == "one two threes"


def test_a_character_that_never_becomes_whole_is_left_out():
    detokenizer = Detokenizer(by_bytes)
    assert detokenizer.add([0x61, 0xF0]) == ""
    assert detokenizer.add([0x9F]) == ""
    assert detokenizer.flush() == "a"


def test_a_token_without_text_gives_none():
    detokenizer = Detokenizer(lambda ids: "".join("" if id == 0 else "x" for id in ids))
    assert [detokenizer.add([id]) for id in (1, 0, 1)] == ["x", "", "x"]
    assert detokenizer.add([]) == ""


def test_the_work_per_token_does_not_grow_with_the_answer():
    longest = 0

    def decode(ids):
        nonlocal longest
        longest = max(longest, len(ids))
        return by_bytes(ids)

    detokenizer = Detokenizer(decode)
    for byte in b"x" * 1_000:
        detokenizer.add([byte])
    assert longest < 10


def test_the_first_word_of_a_continued_text_keeps_its_space():
    words = ["\u2581one", "\u2581two"]

    def decode(ids):
        return "".join(words[id] for id in ids).replace("\u2581", " ").lstrip(" ")

    assert Detokenizer(decode).add([1]) == "two"
    assert Detokenizer(decode, context=[0]).add([1]) == " two"


@pytest.mark.parametrize("before", ["a", "caf\u00e9", "so \U0001f984", "\ufffd", ""])
def test_a_text_may_continue_one_that_ends_in_any_character(before):
    detokenizer = Detokenizer(all_or_nothing, context=list(before.encode()))
    pieces = [detokenizer.add([byte]) for byte in "\U0001f984 \u00e9.".encode()]
    assert "".join(pieces) == "\U0001f984 \u00e9."


def all_or_nothing(ids):
    """A tokenizer's byte fallback: bytes that are no text together are no character each."""
    try:
        return bytes(ids).decode()
    except UnicodeDecodeError:
        return "\ufffd" * len(ids)
