from phi_sidecar.backends.prefix_blocks import PrefixBlocks


def blocks(capacity_tokens=1_000):
    return PrefixBlocks(block_tokens=4, capacity_tokens=capacity_tokens)


def test_nothing_is_held_at_first():
    assert blocks().cached_tokens(range(20)) == 0


def test_whole_blocks_of_the_same_beginning_are_held():
    held = blocks()
    held.remember(range(10))
    assert held.cached_tokens(range(30)) == 8


def test_at_least_one_token_is_always_computed():
    held = blocks()
    held.remember(range(8))
    assert held.cached_tokens(range(8)) == 7


def test_a_difference_ends_what_is_reused():
    held = blocks()
    held.remember(range(12))
    changed = [*range(5), 99, *range(6, 12)]
    assert held.cached_tokens(changed) == 4
    assert held.cached_tokens([99, *range(1, 12)]) == 0


def test_the_same_block_behind_another_beginning_is_another_one():
    held = blocks()
    held.remember([1, 1, 1, 1, 2, 2, 2, 2])
    assert held.cached_tokens([3, 3, 3, 3, 2, 2, 2, 2, 5]) == 0
    assert held.cached_tokens([2, 2, 2, 2, 5]) == 0


def test_the_least_recently_used_go_first():
    held = blocks(capacity_tokens=16)
    first, second, third = ([n] * 9 for n in (1, 2, 3))
    held.remember(first)
    held.remember(second)
    held.remember(first)
    held.remember(third)
    assert held.cached_tokens(first) == 8
    assert held.cached_tokens(second) == 0
    assert held.cached_tokens(third) == 8


def test_no_tokens_are_no_trouble():
    held = blocks()
    held.remember([])
    assert held.cached_tokens([]) == 0
    assert held.cached_tokens([1]) == 0
