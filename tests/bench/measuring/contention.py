"""A completion during a chat, and how soon a cancel is heard."""

import asyncio
import time
from collections.abc import Callable

from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.generated import protocol as p

from measuring.direct import Direct
from measuring.figures import Section, repeated
from measuring.generation import prompt
from measuring.worker import Run, generate

PROMPT_TOKENS = 400
TYPED = "\n\ndef median(values):\n    ordered = sorted(values)\n    middle = len("
CHAT_TOKENS = 400
COMPLETION_TOKENS = 8
CHAT_UNDER_WAY_TEXTS = 10
REPEATS = 9

LONG_PROMPT_TOKENS = 1_600
INTO_THE_PREFILL_S = 0.1

QUESTION = "Explain how a sorting algorithm works, step by step, with an example."
CHAT = p.ChatPrompt(
    kind="chat", messages=[p.ChatMessage(role=p.Role.user, content=QUESTION)], answer_start=""
)


async def measure_contention(
    active: ActiveModel, direct: Direct, source: str, tell: Callable[[str], None]
) -> Section:
    """Ask for the completions of somebody who types, with and without a chat under way."""
    begun = await prompt(direct, source, PROMPT_TOKENS, 9_000)
    idle_ms, beside_ms = [], []
    await generate(active, begun, 1)
    for repeat in range(REPEATS):
        tell(f"completion during a chat: {repeat + 1} of {REPEATS}")
        typed = f"{begun}{TYPED[: 4 + 4 * repeat]}"
        idle_ms.append((await generate(active, typed, COMPLETION_TOKENS)).ttft_ms)
        chat = await _chat_under_way(active)
        typed = f"{begun}{TYPED[: 6 + 4 * repeat]}"
        beside_ms.append((await generate(active, typed, COMPLETION_TOKENS)).ttft_ms)
        chat.generation.cancel()
        await chat.timed()
    return Section(
        "contention",
        "First token of a completion, the file's beginning in the cache",
        [repeated("nothing else going on", idle_ms), repeated("during a chat", beside_ms)],
    )


async def measure_cancelling(
    active: ActiveModel, direct: Direct, source: str, tell: Callable[[str], None]
) -> Section:
    """Cancel in the middle of an answer, and in the middle of reading a long prompt."""
    decode_ms, prefill_ms = [], []
    for repeat in range(REPEATS):
        tell(f"cancel: {repeat + 1} of {REPEATS}")
        chat = await _chat_under_way(active)
        decode_ms.append(await _cancelled(chat))
        text = await prompt(direct, source, LONG_PROMPT_TOKENS, 9_100 + repeat)
        reading = Run(active, p.RawPrompt(kind="raw", text=text), COMPLETION_TOKENS)
        await asyncio.sleep(INTO_THE_PREFILL_S)
        prefill_ms.append(await _cancelled(reading))
    return Section(
        "cancel",
        "Cancel, from asking for it to the end of the work",
        [
            repeated("while an answer is written", decode_ms),
            repeated(f"while a prompt of {LONG_PROMPT_TOKENS} tokens is read", prefill_ms),
        ],
    )


async def _chat_under_way(active: ActiveModel) -> Run:
    chat = Run(active, CHAT, CHAT_TOKENS, p.Lane.chat)
    await chat.texts(CHAT_UNDER_WAY_TEXTS)
    return chat


async def _cancelled(run: Run) -> float:
    """Return how long the end takes from now, in milliseconds."""
    began_s = time.perf_counter()
    run.generation.cancel()
    result = await run.generation.result()
    if result.finish_reason is not p.FinishReason.cancelled:
        raise RuntimeError("the generation was over before the cancel")
    return (time.perf_counter() - began_s) * 1000
