import subprocess
import sys

import pytest
from phi_sidecar.doctor.workers import running_workers


@pytest.fixture
def start():
    """Start processes with a worker's arguments."""
    started = []

    def start(file, device="CPU"):
        sleeps = "import sys; print('up', flush=True); sys.stdin.read()"
        words = ["phi_sidecar.worker", "--backend", "pkg.mod:Fast", "--device", device]
        process = subprocess.Popen(
            [sys.executable, "-c", sleeps, *words, "--endpoint-file", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout.readline().strip() == b"up"
        return process

    yield start
    for process in started:
        process.communicate()


def test_a_worker_of_this_user_is_found_with_what_it_runs_and_takes(start, tmp_path):
    process = start(tmp_path / "a.json", device="GPU.1")
    (worker,) = running_workers(tmp_path)
    assert (worker.pid, worker.runs) == (process.pid, "Fast on GPU.1")
    assert worker.resident_bytes > 1_000_000
    assert 0 <= worker.age_s < 60


def test_a_worker_of_somewhere_else_is_not_listed(start, tmp_path):
    start(tmp_path / "theirs" / "a.json")
    assert running_workers(tmp_path) == []
