"""A person types for a hundred seconds, at ten characters a second."""

import asyncio
from collections import Counter

import psutil
import pytest
from phi_sidecar.generated import protocol as p
from pygls.exceptions import JsonRpcException

CHARACTERS = 1_000
EVERY_S = 0.1
CANCELLED = -32800

SIDECAR_GROWTH_BYTES = 16 << 20
WORKER_GROWTH_BYTES = 160 << 20
"""The pool of keys and values fills with what is typed and suggested, 13.7 KB per token; without
its bound it would grow for ever, with it no further than its size."""

CODE = '''

class Account:
    """An account with a balance in cents."""

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        """Add to the balance."""
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("deposit", amount))
        return self.balance

    def withdraw(self, amount):
        """Take from the balance."""
        if amount > self.balance:
            raise ValueError("not enough money")
        self.balance -= amount
        self.history.append(("withdraw", amount))
        return self.balance


def transfer(source, target, amount):
    source.withdraw(amount)
    target.deposit(amount)
    for account in (source, target):
        print(account.owner, account.balance, len(account.history))
'''


def resident(process):
    return process.memory_info().rss


class Typist:
    """Types and asks as an editor does: each keystroke cancels what was asked before it."""

    def __init__(self, editor):
        self.outcomes = Counter()
        self._editor = editor
        self._uri = editor.open("")
        self._line = self._character = 0
        self._asked = None
        self._answers = []

    def type(self, character):
        here = (self._line, self._character)
        self._editor.change(self._uri, here, here, character)
        if character == "\n":
            self._line, self._character = self._line + 1, 0
        else:
            self._character += 1
        if self._asked is not None and not self._asked.done:
            self._asked.cancel()
        self._asked = self._editor.complete(
            self._uri, self._line, self._character, trigger=p.TriggerKind.automatic
        )
        self._answers.append(asyncio.create_task(self._note(self._asked)))

    async def all_answered(self):
        async with asyncio.timeout(20):
            await asyncio.gather(*self._answers)

    async def _note(self, asked):
        try:
            self.outcomes[(await asked.result()).outcome.value] += 1
        except JsonRpcException as error:
            self.outcomes["cancelled" if error.code == CANCELLED else str(error)] += 1


@pytest.mark.soak
async def test_a_thousand_typed_characters_end_every_stale_request_and_hold_no_memory(
    editor, worker_of
):
    sidecar, worker = psutil.Process(editor.process.pid), worker_of()
    typist = Typist(editor)
    text = (CODE * 2)[:CHARACTERS]
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    before = {}
    for number, character in enumerate(text):
        await asyncio.sleep(max(0.0, began_s + number * EVERY_S - loop.time()))
        typist.type(character)
        if number == CHARACTERS // 5:
            # By then everything that is allocated once has been.
            before = {process: resident(process) for process in (sidecar, worker)}
    assert loop.time() - began_s < CHARACTERS * EVERY_S * 1.2
    await typist.all_answered()
    assert sum(typist.outcomes.values()) == CHARACTERS
    assert typist.outcomes["suggested"] >= 5, typist.outcomes
    expected = {"cancelled", "suggested", "stale", "nothingToAdd", "filtered", "unsuitablePlace"}
    assert typist.outcomes.keys() <= expected | {"superseded", "unsure"}
    status = await editor.status()
    assert status.phase is p.Phase.ready
    assert not status.generating
    growth = {process: resident(process) - before[process] for process in (sidecar, worker)}
    print(typist.outcomes, {process.pid: grown >> 20 for process, grown in growth.items()})
    assert growth[sidecar] < SIDECAR_GROWTH_BYTES, growth
    assert growth[worker] < WORKER_GROWTH_BYTES, growth
