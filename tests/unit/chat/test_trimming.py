from phi_sidecar.chat.trimming import without_oldest_turn
from phi_sidecar.generated.protocol import ChatMessage, Role


def conversation(*told):
    roles = {"s": Role.system, "u": Role.user, "a": Role.assistant}
    return [ChatMessage(role=roles[word[0]], content=word) for word in told]


def contents(messages):
    return [message.content for message in messages]


def test_the_oldest_question_goes_with_its_answer():
    shorter = without_oldest_turn(conversation("u1", "a1", "u2", "a2", "u3"))
    assert contents(shorter) == ["u2", "a2", "u3"]


def test_system_messages_stay():
    shorter = without_oldest_turn(conversation("s1", "u1", "a1", "u2"))
    assert contents(shorter) == ["s1", "u2"]


def test_several_answers_to_one_question_go_together():
    shorter = without_oldest_turn(conversation("u1", "a1", "a2", "u2"))
    assert contents(shorter) == ["u2"]


def test_the_last_question_is_never_left_out():
    assert without_oldest_turn(conversation("u1")) is None
    assert without_oldest_turn(conversation("s1", "u1")) is None
    assert without_oldest_turn(conversation("s1")) is None


def test_repeated_it_ends_at_the_last_question():
    messages, kept = conversation("s1", "u1", "a1", "u2", "u3", "a3", "u4"), None
    while messages is not None:
        kept, messages = messages, without_oldest_turn(messages)
    assert contents(kept) == ["s1", "u4"]
