import importlib.util
import sys
from pathlib import Path

import pytest
from phi_sidecar.models.hub import fetching


def _beside(name):
    """Load a file that lies here and is no test."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    # So that the tests can import it.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


hub_server = _beside("hub_server")
model_folders = _beside("model_folders")
shelves = _beside("shelves")


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub on this machine, which the hub's client takes for the only one."""
    hub = hub_server.LoopbackHub()
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf-home"))
    yield hub
    hub.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Let nobody wait before something is tried again."""
    monkeypatch.setattr(fetching, "FIRST_WAIT_S", 0.01)


@pytest.fixture
def commit(hub):
    return hub.add(shelves.NAME, shelves.FILES)


@pytest.fixture
def shelf(paths, commit):
    return shelves.Shelf(paths, shelves.model_from(commit))
