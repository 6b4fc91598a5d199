"""Switching from one real runtime to another and back, again and again."""

import asyncio
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

OPENVINO = "openvino-genai/CPU"
ONNX = "onnxruntime-genai/CPU"

SWITCHES = 50
ANSWERED = {
    p.CompletionOutcome.suggested,
    p.CompletionOutcome.nothing_to_add,
    p.CompletionOutcome.filtered,
    p.CompletionOutcome.superseded,
    p.CompletionOutcome.unsure,
}
"""What a question may come to while models are switched: none fails, none finds no model."""

SETTLED = 10
"""After so many, everything that is allocated once has been."""


class Held(NamedTuple):
    """What a process holds.

    Attributes:
        objects: of Python, those that it counts.
        open_files: or handles, on Windows.
    """

    objects: int
    open_files: int
    threads: int


MORE = Held(objects=200, open_files=2, threads=2)
"""What the sidecar may hold more after forty switches more: measured 70 objects at most, most of
them made once. A note of each key that is pressed, which is never dropped, left 3,411."""


@pytest.fixture
async def counted(open_editor, house, tmp_path):
    """A window, and how to count what its sidecar holds."""
    port_file = tmp_path / "port"
    packages = Path(__file__).with_name("counted")
    env = {"PYTHONPATH": str(packages), "COUNTED_PORT_FILE": str(port_file)}
    editor = await open_editor(house, env=env)
    sidecar = psutil.Process(editor.process.pid)
    port = int(port_file.read_text("utf-8"))

    def count():
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            objects = int(connection.recv(64))
        windows = sys.platform == "win32"
        open_files = sidecar.num_handles() if windows else sidecar.num_fds()
        return Held(objects, open_files, sidecar.num_threads())

    return editor, sidecar, count


LOOKS = 6
BETWEEN_LOOKS_S = 0.5
"""What a switch needs for a moment, a thousand objects, may not all be gone when it has ended."""


async def least(count):
    """Return the least that is held over three seconds."""
    looks = [count()]
    while len(looks) < LOOKS:
        await asyncio.sleep(BETWEEN_LOOKS_S)
        looks.append(count())
    return Held(*map(min, zip(*looks, strict=True)))


@pytest.fixture
async def models(counted, onnx, tiny_phi3):
    """By accelerator, the model that is switched to there."""
    editor, _, _ = counted
    models = {}
    for accelerator, form in ((OPENVINO, "openvino-fp16"), (ONNX, "onnx-fp32-cpu")):
        params = p.ImportModelParams(folder=str(tiny_phi3[form]), name=form)
        models[accelerator] = (await editor.ask(m.PHI_IMPORT_MODEL, params).result()).model.id
    return models


class Answer(NamedTuple):
    """What became of a question.

    Attributes:
        by: the accelerator that answered; None where a model did not, or where it was changed
            meanwhile.
    """

    outcome: p.CompletionOutcome
    by: str | None


async def ask(editor, uri, column):
    """Ask for a suggestion; an error is raised here."""
    before = editor.statuses[-1].accelerator
    result = await editor.complete(uri, 0, column, trigger=p.TriggerKind.automatic).result()
    # Who answers from now on is told on the same stream, before its first answer.
    after = editor.statuses[-1].accelerator
    return Answer(result.outcome, before if result.metrics and after == before else None)


async def type_until(editor, uri, switched, number):
    """Type on, with a question after every character, until a switch is done.

    Returns what became of each; one at least was asked while it was under way.
    """
    editor.change(uri, (0, 0), (1, 0), f"total_{number} = \n")
    answered, column = [], len(f"total_{number} = ")
    for character in "price * amount + " * 100:
        editor.change(uri, (0, column), (0, column), character)
        column += 1
        answered.append(await ask(editor, uri, column))
        if switched.done:
            break
    return answered


@pytest.mark.soak
async def test_fifty_switches_while_typing_leave_one_worker_and_no_growth(
    counted, models, house, eventually
):
    editor, sidecar, count = counted
    uri = editor.open("\n", "file:///work/typing.py")
    answers, settled = [], None
    (worker,) = house.workers
    for number in range(SWITCHES):
        accelerator = (ONNX, OPENVINO)[number % 2]
        params = p.SelectAcceleratorParams(accelerator=accelerator, model=models[accelerator])
        switched = editor.ask(m.PHI_SELECT_ACCELERATOR, params)
        answers += await type_until(editor, uri, switched, number)
        status = await switched.result()
        assert (status.phase, status.accelerator) == (p.Phase.ready, accelerator)
        assert status.model.id == models[accelerator]
        # The one before goes as soon as it has answered what it was asked.
        await asyncio.to_thread(worker.wait, 30)
        (worker,) = house.workers
        if number + 1 == SETTLED:
            settled = await least(count)
    held = await least(count)
    outcomes, by = Counter(one.outcome for one in answers), Counter(one.by for one in answers)
    print(f"{settled}, then {held}; {outcomes}; {by}")
    assert set(outcomes) <= ANSWERED
    # Each of them while the other one was on its way.
    assert by[OPENVINO]
    assert by[ONNX]
    assert (await editor.chat("Hello", tokens=8).result()).accelerator == accelerator
    assert house.workers == [worker]
    # Not even the system's note of those that ended.
    await eventually(lambda: sidecar.children(recursive=True) == [worker])
    for what, before, after, more in zip(Held._fields, settled, held, MORE, strict=True):
        assert after <= before + more, what
