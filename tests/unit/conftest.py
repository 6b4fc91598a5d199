import importlib.util
from pathlib import Path

import pytest
from phi_sidecar.paths import Paths

_spec = importlib.util.spec_from_file_location("loopback", Path(__file__).with_name("loopback.py"))
loopback = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(loopback)


@pytest.fixture
def paths(tmp_path):
    return Paths(
        data=tmp_path / "data",
        cache=tmp_path / "cache",
        runtime=tmp_path / "run",
        logs=tmp_path / "logs",
    )


@pytest.fixture
def index(monkeypatch):
    index = loopback.LoopbackIndex()
    loopback.user_pip_settings(monkeypatch, index.url)
    yield index
    index.close()
