import itertools

import pytest
from phi_sidecar.chat.trimming import LEAST_KEPT_SHARE, STEP_SHARE, split_turns, turns_to_drop
from phi_sidecar.generated.protocol import ChatMessage, Role

ROOM = 1_000


def conversation(*told):
    roles = {"s": Role.system, "u": Role.user, "a": Role.assistant}
    return [ChatMessage(role=roles[word[0]], content=word) for word in told]


def contents(messages):
    return [message.content for message in messages]


def dropped(turns, room=ROOM):
    return turns_to_drop(turns, sum(turns) - room, room)


def test_a_turn_is_a_question_with_all_that_was_answered_to_it():
    system, turns = split_turns(conversation("u1", "a1", "a2", "u2", "u3", "a3"))
    assert system == []
    assert [contents(turn) for turn in turns] == [["u1", "a1", "a2"], ["u2"], ["u3", "a3"]]


def test_system_messages_are_no_turn_wherever_they_stand():
    system, turns = split_turns(conversation("s1", "u1", "s2", "a1", "u2"))
    assert contents(system) == ["s1", "s2"]
    assert [contents(turn) for turn in turns] == [["u1", "a1"], ["u2"]]


def test_an_answer_without_a_question_is_a_turn_of_its_own():
    _, turns = split_turns(conversation("a0", "u1"))
    assert [contents(turn) for turn in turns] == [["a0"], ["u1"]]


def test_nothing_is_dropped_from_what_fits():
    assert dropped([300, 300, 400]) == 0


def test_the_last_turn_is_never_dropped():
    assert dropped([5_000]) == 0
    assert dropped([300, 300, 5_000]) == 2


@pytest.mark.parametrize("excess", [1, 99, 250, 251, 700])
def test_what_is_left_fits(excess):
    turns = [50] * ((ROOM + excess) // 50 + 1)
    assert sum(turns[dropped(turns) :]) <= ROOM


def test_several_questions_in_a_row_find_the_same_beginning():
    turns = [50] * 30
    beginnings = []
    for _ in range(20):
        turns.append(50)
        beginnings.append(dropped(turns))
    shifts = sum(1 for a, b in itertools.pairwise(beginnings) if a != b)
    # A step of a quarter of the room is five turns of this length.
    assert 1 <= shifts <= 20 * 50 // int(ROOM * STEP_SHARE)


def test_long_turns_are_not_dropped_for_the_sake_of_the_step():
    turns = [400, 400, 300]
    assert dropped(turns) == 1
    assert sum(turns[1:]) >= ROOM * LEAST_KEPT_SHARE
