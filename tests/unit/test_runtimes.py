"""What the tests do without on a machine, and what must be there."""

import os
import socket
import sys

import psutil
import pytest
from phi_sidecar.paths import Paths
from phi_sidecar.provision.environments import Environments
from runtimes import left_out, pip_finds, why_left_out

VERSION = "2.13.0"

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the usual index has the CPU build"
)


@pytest.fixture
def environments(tmp_path, monkeypatch):
    """The environments of a person who has made none, outside CI."""
    monkeypatch.delenv("CI", raising=False)
    folder = tmp_path / "person"
    return Environments(Paths(data=folder, cache=folder, runtime=folder, logs=folder))


@pytest.fixture
def pip_knows(tmp_path, monkeypatch):
    """Have pip know these versions of torch, and nothing else."""

    def know(*versions):
        for version in versions:
            (tmp_path / f"torch-{version}-py3-none-any.whl").touch()
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    return know


@linux_only
def test_without_the_cpu_index_what_needs_torch_is_left_out_and_the_rest_is_not(
    environments, pip_knows
):
    pip_knows(VERSION)
    told = left_out(environments)
    assert {"convert", "openvino", "directml"} & told.keys() == {"convert"}
    assert "pip config set global.extra-index-url" in told["convert"]


@linux_only
def test_with_it_nothing_is_left_out_for_torch(environments, pip_knows):
    pip_knows(VERSION, f"{VERSION}+cpu")
    assert why_left_out(environments, "convert") is None


@linux_only
def test_in_ci_nothing_is_left_out(environments, pip_knows, monkeypatch):
    pip_knows(VERSION)
    monkeypatch.setenv("CI", "true")
    assert left_out(environments) == {}


def test_where_pip_does_not_answer_the_attempt_tells_why(environments, pip_knows):
    pip_knows()
    assert all(pip_finds(pin) for pin in environments.plan("convert").pins if pin.name == "torch")


def test_a_pip_that_never_answers_is_a_failure_and_ends(environments, monkeypatch, alive):
    pin = next(pin for pin in environments.plan("convert").pins if pin.name == "torch")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _, port = silent.getsockname()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        with pytest.raises(TimeoutError, match=r"pip did not say within 1 s .* of torch"):
            pip_finds(pin, timeout_s=1)
    assert [child for child in psutil.Process().children(recursive=True) if alive(child)] == []
