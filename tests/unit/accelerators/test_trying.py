import json
import textwrap
from pathlib import Path

import pytest
from phi_sidecar.accelerators import trying
from phi_sidecar.accelerators.registry import Backends, Registered, instantiate
from phi_sidecar.accelerators.trial import EXPECTED, PROMPT, carries_on
from phi_sidecar.accelerators.trying import Trials
from phi_sidecar.backends.base import DeviceKind
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import Format
from phi_sidecar.models.formats import Found
from phi_sidecar.progress import ignore

FOUND = Found(
    path=Path("a model"),
    format=Format.OPENVINO,
    model_type="phi3",
    context_window=4096,
    quantization="int4",
    quantizations=("int4",),
    accelerators=("theirs/CPU",),
    weight_bytes=1,
    kv_bytes_per_token=1,
)

# Writes each text that it is given as a piece of its own.
WRITES = """
import json
from pathlib import Path
from phi_sidecar.backends.base import DeviceKind, Failed, Finished, Piece
from phi_sidecar.generated.protocol import FinishReason
class Model:
    executing_device = "CPU"
    def __init__(self, spec):
        told = [str(spec.model), spec.device, spec.quantization, spec.context_window]
        Path("seen.json").write_text(json.dumps(told))
        self.events = []
    def count_tokens(self, prompt):
        return len(prompt.messages)
    def add(self, request):
        assert request.prompt.text.endswith("four") and request.sampling.temperature == 0
        self.events = [Piece(1, text, 1) for text in PIECES] + [END(1)]
    def step(self):
        return [self.events.pop(0)] if self.events else []
    def close(self):
        pass
def STOP(id):
    return Finished(id, FinishReason.length)
def FAIL(id):
    return Failed(id, RuntimeError("out of memory"))
"""


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    """Try a model in a process with a backend that does what the test says."""

    async def run(load, pieces=(), end="STOP"):
        kinds = "(DeviceKind('CPU', 'Theirs', True, '', ''),)"
        source = (
            WRITES.replace("PIECES", repr(list(pieces))).replace("END", end)
            + f"class Backend:\n    id = 'theirs'\n    environment = None\n    devices = {kinds}\n"
            + "    needs_model = True\n    probe = None\n    def load(self, spec):\n"
            + textwrap.indent(textwrap.dedent(load), "        ")
        )
        (tmp_path / "writing_backend.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        namespace = {}
        exec(source, namespace)
        registered = Registered(instantiate(namespace["Backend"]), "writing_backend:Backend")
        assert isinstance(registered.backend.devices[0], DeviceKind)
        trials = Trials(Backends({"theirs": registered}), environments=None)
        await trials(FOUND, "theirs/CPU", tmp_path, ignore)

    return run


def test_the_prompt_goes_round_so_that_what_follows_is_known():
    lines = PROMPT.splitlines()
    assert lines[0].startswith(f"{lines[-1]} {' '.join(EXPECTED)}")
    assert lines[0] == lines[1] == lines[2]


@pytest.mark.parametrize(
    ("text", "works"),
    [
        (" five six seven eight nine ten\n", True),
        ("\nfive six seven eight", True),
        (" five six seven", False),
        (" two two two two two two", False),
        ("", False),
        ("!!!!!!!!!!!!", False),
        (" fivesixseveneight", False),
    ],
)
def test_a_model_works_if_it_carries_the_text_on(text, works):
    assert carries_on(text) is works


async def test_a_model_that_carries_the_text_on_is_accepted(attempt, tmp_path):
    await attempt("return Model(spec)", [" five", " six", " seven", " eight", " nine"])
    seen = json.loads((tmp_path / "seen.json").read_text())
    # Of its context of 4,096 tokens no more than a short text takes.
    assert seen == ["a model", "CPU", "int4", 1024]


async def test_one_that_writes_something_else_is_refused_with_what_it_wrote(attempt):
    with pytest.raises(PreparationFailed, match=r"makes no sense: 'two two'") as failure:
        await attempt("return Model(spec)", [" two", " two"])
    assert "another quantization" in failure.value.remedy


async def test_one_that_cannot_be_loaded_is_refused_with_the_backend_s_remedy(attempt):
    with pytest.raises(PreparationFailed, match="does not work: Too large") as failure:
        await attempt(
            """
            from phi_sidecar.errors import AcceleratorUnusable
            raise AcceleratorUnusable("Too large.", remedy="Close something.")
            """
        )
    assert failure.value.remedy == "Close something."


async def test_one_at_which_the_runtime_fails_is_refused(attempt):
    with pytest.raises(PreparationFailed, match="RuntimeError: out of memory"):
        await attempt("return Model(spec)", [" five"], end="FAIL")


async def test_one_that_takes_the_runtime_down_is_refused(attempt):
    with pytest.raises(PreparationFailed, match="its runtime ended with code 3"):
        await attempt("import os; os._exit(3)")


async def test_one_that_hangs_is_refused(attempt, monkeypatch):
    monkeypatch.setattr(trying, "_TIMEOUT_S", 1.0)
    with pytest.raises(PreparationFailed, match="did not answer within 1 s"):
        await attempt("import time; time.sleep(60)")
