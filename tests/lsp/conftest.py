import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest
from phi_sidecar.engine.installation import user_installation
from pytest_lsp import ClientServerConfig

HERE = Path(__file__).parent


def _module(file):
    """Import a file of the tests; they are no package."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


_editing = _module(HERE / "editor.py")
_hub_server = _module(HERE.parent / "unit" / "models" / "hub_server.py")
_test_models = _module(HERE.parent / "models" / "build.py")


@pytest.fixture
def editing():
    """The module of the clients."""
    return _editing


@pytest.fixture
def eventually():
    """Wait until something holds that no message tells of."""
    return _editing.eventually


@pytest.fixture(scope="session")
def home(make_house, provisioned):
    """The home that most tests share, so that they also share its worker."""
    return make_house(share=provisioned)


@pytest.fixture(autouse=True)
def default_selection(home):
    """Let no test inherit what another one selected."""
    home.paths.selection.unlink(missing_ok=True)


@pytest.fixture
async def open_editor(home):
    """Open windows, each with a sidecar of its own; they are closed at the end."""
    opened = []

    async def open_(house=home, *, options=None, env=None, command=_editing.SERVE, ready=True):
        config = ClientServerConfig(
            server_command=list(command),
            client_factory=_editing.Editor,
            server_env={**house.env, **(env or {})},
        )
        editor = await config.start()
        opened.append(editor)
        editor.capabilities_of_server = await editor.begin(options)
        if ready:
            await editor.ready()
        return editor

    yield open_
    for editor in opened:
        await editor.leave()
    for editor in opened:
        assert editor.error is None
        assert "Traceback" not in editor.stderr, editor.stderr
        assert "rpc: unexpected" not in editor.stderr, editor.stderr


@pytest.fixture
async def editor(open_editor):
    """A window whose model answers."""
    return await open_editor()


@pytest.fixture
def choose_echo():
    """Have a house's windows come up on the backend that needs no model."""

    def choose(house):
        house.paths.data.mkdir(parents=True, exist_ok=True)
        house.paths.selection.write_text(
            '{"accelerator": "echo/echo", "model": "starter"}', encoding="utf-8"
        )

    return choose


@pytest.fixture
def worker_of(home):
    """The one worker of a house that holds the starter."""

    def find(house=home):
        (worker,) = (found for found in house.workers if "--model" in found.cmdline())
        return worker

    return find


@pytest.fixture
async def wire(home):
    """A client that need not keep to the protocol."""
    wire = await _editing.Wire.open(home.env)
    yield wire
    await wire.close()


@pytest.fixture(scope="session")
def onnx(environment_python):
    """ONNX Runtime GenAI is installed."""
    environment_python("directml")


@pytest.fixture(scope="session")
def optimum(environment_python):
    """Optimum Intel is installed, and what converts models."""
    environment_python("convert")


@pytest.fixture(scope="session")
def npu_library(environment_python):
    """The Intel NPU Acceleration Library is installed."""
    environment_python("npu")


@pytest.fixture(scope="session")
def phi3_layout(optimum):
    """The starter's weights in Phi-3's architecture: a folder for each form that is used here."""
    models = _test_models.TestModels(user_installation())
    forms = ("transformers", "openvino-int4", "onnx-int4-cpu")
    return {form: models.find("phi3-layout", form) for form in forms}


@pytest.fixture(scope="session")
def tiny_phi3(optimum):
    """A Phi-3 that says nothing of sense and is loaded at once: a folder for each form."""
    models = _test_models.TestModels(user_installation())
    return {form: models.find("tiny-phi3", form) for form in ("openvino-fp16", "onnx-fp32-cpu")}


@pytest.fixture
def copy_of(tmp_path):
    """Copy a model's folder under a name; its files are links and are not to be written to."""

    def copy(folder, name):
        def link(source, target):
            try:
                os.link(source, target)
            except OSError:
                shutil.copy(source, target)

        return Path(shutil.copytree(folder, tmp_path / name, copy_function=link))

    return copy


@pytest.fixture
def hub():
    """A model hub on this machine; a sidecar finds it by the variables in `hub.env`."""
    hub = _hub_server.LoopbackHub()
    off = {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0", "HF_TOKEN": ""}
    hub.env = {"HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1,localhost", **off}
    yield hub
    hub.close()
