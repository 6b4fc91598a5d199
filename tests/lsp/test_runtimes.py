"""Switching from one real runtime to another and back, again and again."""

import asyncio
import sys
from collections import Counter

import psutil
import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

OPENVINO = "openvino-genai/CPU"
ONNX = "onnxruntime-genai/CPU"

SWITCHES = 50
SETTLED = 10
"""After so many, everything that is allocated once has been."""
GROWTH_BYTES = 16_000_000
"""What the sidecar may hold more after forty switches more: measured 4.5 MB, with 430 suggestions
asked for meanwhile. Without typing, fifty switches left 33 Python objects more of 70,000."""


@pytest.fixture
async def two_runtimes(open_editor, house, onnx, tiny_phi3):
    """A window and, by accelerator, the model that is switched to there."""
    editor = await open_editor(house)
    models = {}
    for accelerator, form in ((OPENVINO, "openvino-fp16"), (ONNX, "onnx-fp32-cpu")):
        params = p.ImportModelParams(folder=str(tiny_phi3[form]), name=form)
        models[accelerator] = (await editor.ask(m.PHI_IMPORT_MODEL, params).result()).model.id
    return editor, models


def held(process):
    """What a process holds: bytes of memory, and open files or handles."""
    open_files = process.num_handles() if sys.platform == "win32" else process.num_fds()
    return process.memory_info().rss, open_files


async def type_on(editor, stop):
    """Type and ask for a suggestion after every character; returns how each was answered."""
    uri = editor.open("total = ", "file:///work/typing.py")
    answered, column = [], 8
    while not stop.is_set():
        for character in "price * amount + ":
            editor.change(uri, (0, column), (0, column), character)
            column += 1
            asked = editor.complete(uri, 0, column, trigger=p.TriggerKind.automatic)
            # An error would be raised here.
            answered.append((await asked.result()).outcome)
            await asyncio.sleep(0.05)
            if stop.is_set():
                break
    return answered


@pytest.mark.soak
async def test_fifty_switches_while_typing_leave_one_worker_and_no_growth(
    two_runtimes, house, eventually
):
    editor, models = two_runtimes
    sidecar = psutil.Process(editor.process.pid)
    typing_ends = asyncio.Event()
    typing = asyncio.create_task(type_on(editor, typing_ends))
    settled = None
    for number in range(SWITCHES):
        accelerator = (ONNX, OPENVINO)[number % 2]
        params = p.SelectAcceleratorParams(accelerator=accelerator, model=models[accelerator])
        status = await editor.ask(m.PHI_SELECT_ACCELERATOR, params).result()
        assert (status.phase, status.accelerator) == (p.Phase.ready, accelerator)
        assert status.model.id == models[accelerator]
        # The one before goes as soon as it has answered what it was asked.
        await eventually(lambda: len(house.workers) == 1, every_s=0.1)
        if number + 1 == SETTLED:
            settled = held(sidecar)
    typing_ends.set()
    outcomes = await typing
    memory_bytes, open_files = held(sidecar)
    print(f"bytes and files: {settled}, then {memory_bytes, open_files}; {Counter(outcomes)}")
    assert len(outcomes) > SETTLED
    assert p.CompletionOutcome.not_ready not in outcomes
    assert (await editor.chat("Hello", tokens=8).result()).accelerator == accelerator
    (worker,) = house.workers
    # Not even the system's note of those that ended.
    await eventually(lambda: sidecar.children(recursive=True) == [worker])
    assert memory_bytes < settled[0] + GROWTH_BYTES
    assert open_files <= settled[1] + 2
