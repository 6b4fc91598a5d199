"""Make a conversation fit the context window by leaving out what is oldest."""

from collections.abc import Sequence

from phi_sidecar.generated.protocol import ChatMessage, Role

STEP_SHARE = 0.25
"""What is left out grows by a quarter of the room at a time: then several questions in a row find
the prompt beginning as before, and its keys and values are reused."""

LEAST_KEPT_SHARE = 0.5
"""Where a whole step would leave less than this of the room, no more goes than has to."""

MESSAGE_TOKENS = 8
"""About what a chat template puts around a message: 5 in ChatML, 4 in Phi-3's."""

Turn = list[ChatMessage]
"""A question with what was answered to it."""


def split_turns(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], list[Turn]]:
    """Split a conversation into its system messages and its turns.

    System messages are no turn: they say how to answer, and stay.
    """
    system: list[ChatMessage] = []
    turns: list[Turn] = []
    for message in messages:
        if message.role is Role.system:
            system.append(message)
        elif turns and message.role is Role.assistant:
            turns[-1].append(message)
        else:
            turns.append([message])
    return system, turns


def turns_to_drop(turn_tokens: Sequence[int], excess: int, room: int) -> int:
    """Return how many of the oldest turns to leave out; the last one always stays.

    Args:
        turn_tokens: of every turn, oldest first.
        excess: by how many tokens the whole prompt is too long.
        room: how many tokens a prompt may have.
    """
    if excess <= 0:
        return 0
    step = max(1, int(room * STEP_SHARE))
    least = _turns_of(turn_tokens, excess)
    stepped = _turns_of(turn_tokens, -(-excess // step) * step)
    kept = room + excess - sum(turn_tokens[:stepped])
    return stepped if kept >= room * LEAST_KEPT_SHARE else least


def _turns_of(turn_tokens: Sequence[int], tokens: int) -> int:
    """Return how many of the oldest turns have so many tokens together."""
    dropped = 0
    while dropped < len(turn_tokens) - 1 and tokens > 0:
        tokens -= turn_tokens[dropped]
        dropped += 1
    return dropped
