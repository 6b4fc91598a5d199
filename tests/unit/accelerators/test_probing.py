import asyncio
import textwrap

import psutil
import pytest
from phi_sidecar.accelerators import probing
from phi_sidecar.accelerators.probing import ProbeFailed, ProbeResult, Probes, probe
from phi_sidecar.accelerators.registry import Registered, instantiate
from phi_sidecar.backends.base import Device
from phi_sidecar.provision.interpreter import own_python


@pytest.fixture
def backend(tmp_path, monkeypatch):
    """Make a backend whose probe does what the test says, in a process of its own."""

    def make(body):
        source = "class Backend:\n" + textwrap.indent(
            "id = 'theirs'\nenvironment = None\ndevices = ()\nneeds_model = False\n"
            "load = None\ndef probe(self):\n" + textwrap.indent(textwrap.dedent(body), "    "),
            "    ",
        )
        (tmp_path / "their_backend.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        namespace = {}
        exec(source, namespace)
        return Registered(instantiate(namespace["Backend"]), "their_backend:Backend")

    return make


FINDS_ONE = """
    from phi_sidecar.backends.base import Device
    return [Device('GPU.0', 'Größe')]
"""


async def test_the_devices_come_back_from_another_process(backend):
    found = await probe(backend(FINDS_ONE), own_python())
    assert found == ProbeResult((Device("GPU.0", "Größe"),))


async def test_what_the_runtime_prints_does_not_garble_the_answer(backend):
    chatter = "\nimport os, sys\nprint('hello')\nos.write(1, b'native hello')\n"
    found = await probe(backend(chatter + textwrap.dedent(FINDS_ONE)), own_python())
    assert isinstance(found, ProbeResult)


async def test_a_refusal_keeps_its_reason_and_remedy(backend):
    registered = backend("""
        from phi_sidecar.errors import AcceleratorUnusable
        raise AcceleratorUnusable('the driver is too old', remedy='update it')
    """)
    assert await probe(registered, own_python()) == ProbeFailed(
        "The runtime of theirs does not work here: the driver is too old", "update it"
    )


async def test_a_driver_is_named_as_the_cause_only_where_nothing_better_is_known(backend):
    crashed = await probe(backend("import os\nos._exit(139)"), own_python())
    raised = await probe(backend("raise RuntimeError('level zero')"), own_python())
    refused = await probe(
        backend("""
            from phi_sidecar.errors import AcceleratorUnusable
            raise AcceleratorUnusable('no memory', remedy='close programs')
        """),
        own_python(),
    )
    assert (crashed.by_driver, raised.by_driver, refused.by_driver) == (True, True, False)


async def test_any_exception_becomes_a_reason(backend):
    failed = await probe(backend("raise ImportError('libze_loader.so.1')"), own_python())
    assert "ImportError: libze_loader.so.1" in failed.reason
    assert failed.remedy


async def test_a_native_crash_becomes_a_reason(backend):
    failed = await probe(backend("import os\nos._exit(139)"), own_python())
    assert "crashed when asked for its devices (code 139)" in failed.reason
    assert failed.remedy


async def test_a_runtime_that_hangs_is_given_up_and_ended(backend):
    registered = backend("import time\ntime.sleep(60)")
    failed = await probe(registered, own_python(), timeout_s=1.0)
    assert "did not answer within 1 s" in failed.reason
    assert psutil.Process().children(recursive=True) == []


async def test_an_interpreter_that_is_gone_becomes_a_reason(backend, tmp_path):
    failed = await probe(backend("pass"), tmp_path / "python")
    assert "cannot be started" in failed.reason


@pytest.fixture
def counted(monkeypatch):
    asked = []

    async def answer(registered, python):
        asked.append(python)
        await asyncio.sleep(0)
        return answer.result

    answer.result = ProbeResult(())
    answer.asked = asked
    monkeypatch.setattr(probing, "probe", answer)
    return answer


async def test_a_runtime_is_asked_once_until_told_to_forget(backend, counted):
    probes, registered = Probes(), backend("pass")
    await asyncio.gather(*(probes.of(registered, own_python()) for _ in range(3)))
    assert len(counted.asked) == 1
    probes.forget()
    await probes.of(registered, own_python())
    assert len(counted.asked) == 2


async def test_a_runtime_that_did_not_work_is_not_asked_again_before_it_is_told(backend, counted):
    counted.result = ProbeFailed("no driver", "install it")
    probes, registered = Probes(), backend("pass")
    await probes.of(registered, own_python())
    assert await probes.of(registered, own_python()) == counted.result
    assert len(counted.asked) == 1
    probes.forget()
    counted.result = ProbeResult(())
    assert await probes.of(registered, own_python()) == ProbeResult(())
