from dataclasses import replace
from pathlib import Path

import pytest
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine import launcher
from phi_sidecar.engine.launcher import WorkerSpec

LOAD = LoadSpec(
    model=Path("/models/starter.gguf"),
    device="CPU",
    quantization="q4_1",
    context_window=8192,
    cache=Path("/cache"),
    kv_cache_bytes=1 << 30,
    backend_options={"a": "1", "b": "2"},
)
SPEC = WorkerSpec(backend="module:Backend", python=Path("/env/bin/python"), load=LOAD)


def test_two_windows_that_want_the_same_worker_give_it_the_same_name():
    twin = WorkerSpec(
        backend="module:Backend",
        python=Path("/env/bin/python"),
        load=replace(LOAD, backend_options={"b": "2", "a": "1"}),
    )
    assert SPEC.key == twin.key


def test_a_worker_is_the_same_one_whatever_memory_left_to_its_context():
    short = replace(LOAD, context_window=1024, kv_cache_bytes=1 << 20)
    assert replace(SPEC, load=short).key == SPEC.key


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, backend="module:Other"),
        replace(SPEC, python=Path("/env2/bin/python")),
        replace(SPEC, load=replace(LOAD, device="GPU.0")),
        replace(SPEC, load=replace(LOAD, model=Path("/models/phi3"))),
        replace(SPEC, load=replace(LOAD, model=None)),
        replace(SPEC, alone=True),
        replace(SPEC, load=replace(LOAD, backend_options={"a": "1"})),
        replace(SPEC, load=replace(LOAD, backend_options={"a": "1", "b": "3"})),
    ],
)
def test_whatever_makes_a_worker_another_one_changes_the_name(other):
    assert SPEC.key != other.key


def test_a_new_version_does_not_talk_to_an_old_ones_worker(monkeypatch):
    before = SPEC.key
    monkeypatch.setattr(launcher, "__version__", "99.0")
    assert SPEC.key != before


def test_a_name_is_short_and_fit_for_a_file():
    assert SPEC.key.isalnum()
    assert len(SPEC.key) == 16
