"""What a model takes, and that it gives it back."""

from itertools import pairwise

GENERATIONS = 200
TEXTS = 40
LEAST_ROUND_BYTES = 2_000_000
"""What is lost is lost in every round. This is 40 KB a generation, whose tokens' logits are 512 KB.
A request takes new blocks of OpenVINO's KV cache, 16 KB each of this model, until that has the size
that it was given; then it grows no more."""

MOST_GROWTH_BYTES = 12_000_000
"""What tables and threads may take for good, once."""


def use(model, times):
    """Generate in every way: texts of many lengths, chats, cancels; the same each time round.

    A cache of prefixes grows with what is new, up to the size that it was given.
    """
    for number in range(times):
        text = " ".join(f"word {number % TEXTS}" for _ in range(1 + number * 7 % TEXTS))
        asked = {"chat": text} if number % 5 == 0 else {"raw": text}
        cancel = [{"id": number, "tokens": 2}] if number % 4 == 0 else []
        played = model.play({"id": number, "tokens": 4, **asked}, cancel=cancel)
        assert played.unfinished == []


def test_200_generations_take_no_more_memory(running, scripted):
    use(scripted, 2 * TEXTS)
    held = [running.driver.memory_bytes()]
    for _ in range(4):
        use(scripted, GENERATIONS // 4)
        held.append(running.driver.memory_bytes())
    rounds = [after - before for before, after in pairwise(held)]
    assert min(rounds) < LEAST_ROUND_BYTES, rounds
    assert sum(rounds) < MOST_GROWTH_BYTES, rounds


def test_unloading_gives_the_memory_back(running, layout):
    # What a library loads once, and keeps, is in memory by now.
    layout.write({"raw": "The capital of France is"}, tokens=4)
    before = running.driver.memory_bytes()
    extra = running.model("phi3-layout", name="extra")
    extra.write({"raw": "The capital of France is"}, tokens=4)
    taken = running.driver.memory_bytes() - before
    running.unload("extra")
    kept = running.driver.memory_bytes() - before
    assert taken > 30_000_000
    assert kept < 0.3 * taken, f"{kept / 1e6:.0f} MB of {taken / 1e6:.0f} MB are kept"
