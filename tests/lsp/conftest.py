import importlib.util
from pathlib import Path

import pytest
from pytest_lsp import ClientServerConfig

_spec = importlib.util.spec_from_file_location("editor", Path(__file__).with_name("editor.py"))
_editing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_editing)


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
