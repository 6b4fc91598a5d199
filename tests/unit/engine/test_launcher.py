import os
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine import launcher
from phi_sidecar.engine.launcher import WorkerSpec
from phi_sidecar.worker import endpoint

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


@pytest.fixture
def published(paths):
    """Publish a worker with this process's number, as of so many seconds ago."""

    def publish(seconds_ago):
        folder = endpoint.private_folder(paths.runtime)
        file = folder / f"{SPEC.key}.json"
        endpoint.write(file, endpoint.Endpoint(address="nowhere", secret="s" * 64, pid=os.getpid()))
        then_s = time.time() - seconds_ago
        os.utime(file, (then_s, then_s))

    return publish


def test_a_worker_whose_process_is_there_runs(paths, published):
    assert not launcher.is_running(SPEC, paths)
    published(seconds_ago=0)
    assert launcher.is_running(SPEC, paths)


def test_a_younger_process_with_the_number_of_a_worker_is_not_taken_for_it(paths, published):
    age_s = time.time() - psutil.Process().create_time()
    published(seconds_ago=age_s + 60)
    assert not launcher.is_running(SPEC, paths)
