"""From a conversation as the person sees it to the messages that the model reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phi_sidecar.chat.characters import whole_characters
from phi_sidecar.chat.cutting import Cut
from phi_sidecar.generated.protocol import (
    Attachment,
    ChatMessage,
    ConversationMessage,
    Role,
    SlashCommand,
)
from phi_sidecar.prompts import prompt_text

MOST_PROBLEMS = 20
MOST_PROBLEM_CHARS = 300
"""A compiler's complaint may quote whole types; the beginning says what is wrong."""


@dataclass(frozen=True)
class Withheld:
    """An attachment that is not read any more, and the rule that says so, in a sentence."""

    rule: str


Reading = Cut | Withheld
"""How an attachment is read by the model."""


def model_message(message: ConversationMessage, readings: Sequence[Reading]) -> ChatMessage:
    """Write a message for the model: the code first, what is asked of it last.

    `readings`: of the message's attachments, in their order.
    """
    read = list(zip(message.attachments, readings, strict=True))
    parts = [_attached(attachment, reading) for attachment, reading in read]
    if message.command is SlashCommand.fix:
        shown = [attachment for attachment, reading in read if isinstance(reading, Cut)]
        parts.append(_problems([line for attachment in shown for line in attachment.problems]))
    if message.command is not None:
        parts.append(prompt_text(f"chat_{message.command}").substitute())
    parts.append(message.content)
    content = "\n\n".join(part for part in parts if part)
    return ChatMessage(role=message.role, content=whole_characters(content))


def with_system_prompt(
    messages: Sequence[ChatMessage], system_prompt: str | None
) -> list[ChatMessage]:
    """Put what the model is told before every conversation before one that says nothing itself.

    `system_prompt`: null for the built-in one, empty for none at all.
    """
    if any(message.role is Role.system for message in messages):
        return list(messages)
    text = prompt_text("chat_system").substitute() if system_prompt is None else system_prompt
    if not text.strip():
        return list(messages)
    return [ChatMessage(role=Role.system, content=whole_characters(text)), *messages]


def _attached(attachment: Attachment, reading: Reading) -> str:
    name = _in_code(attachment.label)
    if isinstance(reading, Withheld):
        return f"Code from {name} was attached here. It is left out: {reading.rule}"
    code = reading.text
    if code and not code.endswith("\n"):
        code += "\n"
    if reading.left_of_line:
        code += f"[the line goes on; {reading.left_of_line} characters left out]\n"
    before = f"{_left_out(reading.lines_before)}\n" if reading.lines_before else ""
    after = f"{_left_out(reading.lines_after)}\n" if reading.lines_after else ""
    fence = _fence(code)
    # What follows a fence names its language; anything else there would end it early.
    language = re.sub(r"[\s`]", "", attachment.language_id)
    return f"Code from {name}:\n{fence}{language}\n{before}{code}{after}{fence}"


def _left_out(lines: int) -> str:
    return "[1 line left out]" if lines == 1 else f"[{lines} lines left out]"


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    listed = [f"- {' '.join(text.split())[:MOST_PROBLEM_CHARS]}" for text in problems]
    if len(listed) > MOST_PROBLEMS:
        listed[MOST_PROBLEMS:] = [f"- and {len(listed) - MOST_PROBLEMS} more"]
    return "\n".join(["The editor reports these problems in it:", *listed])


def _fence(code: str) -> str:
    """Return a fence that nothing in the code can end."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    return "`" * max(3, longest + 1)


def _in_code(label: str) -> str:
    return f"`{' '.join(label.replace('`', '').split())}`"
