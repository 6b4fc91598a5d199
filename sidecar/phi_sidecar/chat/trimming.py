"""Make a conversation fit the context window by leaving out what is oldest."""

from collections.abc import Sequence

from phi_sidecar.generated.protocol import ChatMessage, Role


def without_oldest_turn(messages: Sequence[ChatMessage]) -> list[ChatMessage] | None:
    """Leave out the oldest question with its answer; None when only the last question is left.

    System messages stay: they say how to answer.
    """
    system = [message for message in messages if message.role is Role.system]
    turns = [message for message in messages if message.role is not Role.system]
    rest = turns[1:]
    while rest and rest[0].role is Role.assistant:
        rest = rest[1:]
    return [*system, *rest] if rest else None
