import pytest
from phi_sidecar.backends.batching.blocks import REPEATED_TOKENS, Blocks

SIZE = 4


class Held:
    """Blocks, and what would be written into them."""

    def __init__(self, count):
        self.blocks = Blocks(count, SIZE, self.copy)
        self.content = [[None] * SIZE for _ in range(count)]
        self.copies = 0

    def copy(self, source, target):
        self.copies += 1
        self.content[target] = list(self.content[source])

    def begin(self, ids):
        """Open a table; what it has of the ids must be in its blocks."""
        table = self.blocks.begin(ids)
        assert table.ids == ids[: len(table.ids)]
        assert self.read(table) == table.ids
        return table

    def write(self, table, ids):
        """Compute more of a sequence; false where there is no room."""
        if not self.blocks.extend(table, len(ids)):
            return False
        for id in ids:
            block, slot = divmod(len(table.ids), SIZE)
            self.content[table.blocks[block]][slot] = id
            table.ids.append(id)
        return True

    def read(self, table):
        return [self.content[table.blocks[at // SIZE]][at % SIZE] for at in range(len(table.ids))]

    def once(self, ids):
        """Have a sequence computed and kept; returns how much was there."""
        table = self.begin(ids)
        found = len(table.ids)
        assert self.write(table, ids[found:])
        self.blocks.keep(table)
        return found


def text(*parts):
    """A sequence of stretches: `(mark, length)` each."""
    return [mark * 1000 + number for mark, length in parts for number in range(length)]


def test_nothing_is_there_at_first():
    assert Held(8).begin(text((1, 9))).ids == []


def test_what_was_computed_is_there_to_the_token():
    held = Held(30)
    held.once(text((1, 10), (2, 5)))
    assert held.once(text((1, 10), (3, 5))) == 10
    # The common part of the third block was copied, the whole ones are shared.
    assert held.copies == 1


def test_how_it_went_on_before_is_told():
    held = Held(30)
    held.once(text((1, 10), (2, 5)))
    assert list(held.begin(text((1, 10), (3, 5))).earlier) == text((2, 5))
    assert list(held.begin(text((4, 10))).earlier) == []


def test_of_another_text_that_begins_alike_nothing_is_told():
    held = Held(60)
    held.once(text((1, 3), (2, 80)))
    table = held.begin(text((1, 3), (3, 80)))
    assert len(table.ids) == 3
    assert list(table.earlier) == []


def test_what_is_kept_does_not_go_for_nothing():
    held = Held(10)
    held.once(text((1, 12)))
    open_ = held.begin(text((2, 24)))
    assert held.write(open_, text((2, 24)))
    assert not held.write(held.begin(text((3, 30))), text((3, 30)))
    assert len(held.begin(text((1, 12))).ids) == 11


def test_the_last_token_is_always_computed():
    held = Held(30)
    held.once(text((1, 8)))
    assert held.once(text((1, 8))) == 7


def test_of_several_beginnings_the_longest_is_used():
    held = Held(300)
    for common in (30, 90, 60):
        held.once(text((1, common), (common, 2 * REPEATED_TOKENS)))
    assert held.once(text((1, 80), (7, 9))) == 80


def test_what_another_is_computing_is_shared_and_not_disturbed():
    held = Held(30)
    first = held.begin(text((1, 20)))
    held.write(first, text((1, 10)))
    second = held.begin(text((1, 9), (2, 9)))
    assert len(second.ids) == 9
    held.write(first, text((1, 14))[10:])
    held.write(second, text((2, 5)))
    assert held.read(first) == text((1, 14))
    assert held.read(second) == text((1, 9), (2, 5))


def test_the_least_recently_used_goes_when_the_room_is_needed():
    held = Held(3 * 25)
    for mark in (1, 2, 3):
        held.once(text((mark, 100)))
    assert held.once(text((1, 100))) == 99
    held.once(text((4, 100)))
    assert len(held.begin(text((2, 100))).ids) == 0
    assert len(held.begin(text((1, 100))).ids) == 99


def test_what_is_in_use_is_never_taken():
    held = Held(4)
    table = held.begin(text((1, 16)))
    assert held.write(table, text((1, 16)))
    other = held.begin(text((2, 4)))
    assert not held.write(other, text((2, 4)))
    assert held.read(table) == text((1, 16))
    held.blocks.keep(table)
    assert held.write(other, text((2, 4)))


def test_without_room_for_a_copy_whole_blocks_are_shared():
    held = Held(4)
    first = held.begin(text((1, 15)))
    held.write(first, text((1, 15)))
    second = held.begin(text((1, 14), (2, 3)))
    assert len(second.ids) == 12


def test_answers_to_one_key_after_the_other_do_not_fill_the_room():
    held = Held(60)
    chat = text((9, 100))
    held.once(chat)
    for typed in range(200):
        held.once(text((1, 40 + typed % 20), (2 + typed, 20)))
    assert held.once(chat) == 99


def test_whether_another_is_reading_more_of_a_beginning():
    held = Held(60)
    reading, ids = held.begin(text((1, 40))), text((1, 40))
    held.write(reading, ids[:8])
    to_come = [(reading, ids)]
    assert held.blocks.is_coming(text((1, 30), (2, 5)), to_come)
    assert not held.blocks.is_coming(text((1, 9), (2, 5)), to_come)
    assert not held.blocks.is_coming(text((3, 30)), to_come)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_every_table_holds_what_it_says(seed):
    import random

    chance = random.Random(seed)
    held = Held(24)
    under_way = []
    for _ in range(300):
        ids = text((chance.randrange(3), chance.randrange(1, 20)), (chance.randrange(9), 9))
        action = chance.random()
        if action < 0.4 and len(under_way) < 4:
            under_way.append((held.begin(ids), ids))
        elif under_way:
            table, ids = under_way[chance.randrange(len(under_way))]
            rest = ids[len(table.ids) :]
            if action < 0.8 and rest:
                held.write(table, rest[: chance.randrange(1, 6)])
            elif action < 0.9:
                held.blocks.keep(table)
                under_way.remove((table, ids))
            else:
                held.blocks.shorten(table)
        for table, ids in under_way:
            assert held.read(table) == table.ids == ids[: len(table.ids)]
    for table, _ in under_way:
        held.blocks.keep(table)
    # Nothing was lost on the way: all of it can be had.
    whole = held.begin(text((50, 24 * SIZE)))
    assert held.write(whole, text((50, 24 * SIZE)))


def test_where_there_is_no_room_nothing_is_taken():
    held = Held(6)
    first, second = held.begin(text((1, 30))), held.begin(text((2, 30)))
    assert held.write(first, text((1, 16)))
    assert not held.blocks.extend(second, 16)
    assert held.write(first, text((1, 24))[16:])


def test_of_what_is_kept_the_end_goes_first():
    held = Held(40)
    held.once(text((1, 120)))
    held.once(text((2, 60)))
    assert 90 <= len(held.begin(text((1, 120))).ids) < 119


def test_only_as_much_is_taken_from_a_table_as_is_needed():
    held = Held(4)
    table = held.begin(text((1, 17)))
    held.write(table, text((1, 15)))
    held.blocks.shorten(table)
    assert table.ids == text((1, 12))
    assert held.write(held.begin(text((2, 5))), text((2, 4)))
