"""When a person who had suggestions taken away is left alone."""

import pytest
from phi_sidecar.completion.backoff import IN_A_ROW_WITHIN_MS, LONGEST_QUIET_MS, BackOff

A, B = "file:///a.py", "file:///b.py"


def dismissed(*times_ms, uri=A, line=7):
    state = BackOff()
    for at_ms in times_ms:
        state = state.dismissed(uri, line, at_ms)
    return state


def test_at_first_nothing_is_held_against_anything():
    assert BackOff().why_quiet(A, 0, 0) is None


def test_one_dismissal_makes_its_line_quiet_for_as_long_as_the_cursor_stays():
    state = dismissed(1_000)
    assert "another line" in state.why_quiet(A, 7, 1_001)
    assert state.at(A, 7).why_quiet(A, 7, 1_000 + IN_A_ROW_WITHIN_MS) is not None


def test_who_comes_back_much_later_gets_suggestions_again():
    assert dismissed(1_000).why_quiet(A, 7, 1_001 + IN_A_ROW_WITHIN_MS) is None


@pytest.mark.parametrize(("uri", "line"), [(A, 8), (B, 7)])
def test_elsewhere_it_goes_on_and_the_line_is_open_again_afterwards(uri, line):
    state = dismissed(1_000)
    assert state.why_quiet(uri, line, 1_001) is None
    assert state.at(uri, line).why_quiet(A, 7, 1_002) is None


def test_the_second_in_a_row_makes_everything_quiet_and_each_further_one_for_longer():
    quiet_ms = []
    for count in range(2, 9):
        state = dismissed(*range(count))
        end = next(ms for ms in range(0, 70_000, 500) if state.why_quiet(B, 0, ms) is None)
        quiet_ms.append(end // 1_000)
    assert quiet_ms == [5, 10, 20, 40, 60, 60, 60]


def test_it_is_said_until_when():
    assert "5 more seconds" in dismissed(0, 0).why_quiet(B, 0, 100)
    assert "1 more second." in dismissed(0, 0).why_quiet(B, 0, 4_900)


def test_any_number_of_dismissals_ends():
    assert dismissed(*range(5_000)).why_quiet(B, 0, LONGEST_QUIET_MS + 5_000) is None


def test_dismissals_far_apart_are_not_in_a_row():
    assert dismissed(0, 200_000).why_quiet(B, 0, 200_001) is None


def test_to_take_one_ends_all_of_it():
    state = dismissed(0, 1, 2).taken()
    assert state.why_quiet(A, 7, 3) is None
    assert state.dismissed(A, 7, 4).why_quiet(B, 0, 5) is None
