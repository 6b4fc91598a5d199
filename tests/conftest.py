"""What the suites of the sidecar stand on: provisioned runtimes, and homes of a test's own."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import psutil
import pytest
from phi_sidecar.engine.installation import user_installation
from phi_sidecar.paths import Paths, user_paths
from phi_sidecar.progress import ignore
from runtimes import why_left_out

MakeHouse = Callable[..., "House"]
DID_NOT_RUN = pytest.StashKey[dict[str, str]]()


@dataclass(frozen=True)
class House:
    """The home of a user who exists for a test: environment variables and the folders they give."""

    root: Path
    env: dict[str, str] = field(repr=False)
    paths: Paths

    @property
    def workers(self) -> list[psutil.Process]:
        """The workers that run for this house: they publish their endpoints in it."""
        marks = {str(self.root), str(self.root.resolve())}
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(mark in word for word in process.info["cmdline"] or [] for mark in marks)
        ]

    def run(self, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
        """Run the product's command line as this user."""
        return subprocess.run(
            [sys.executable, "-m", "phi_sidecar", *arguments],
            **{
                "env": self.env,
                "capture_output": True,
                "encoding": "utf-8",
                "timeout": 120,
                "check": False,
                **options,
            },
        )

    def written(self) -> Iterator[Path]:
        """Every file that lies in this house, without what it shares with the developer's."""
        for folder, folders, files in os.walk(self.root, followlinks=False):
            folders[:] = [name for name in folders if not _is_link(Path(folder, name))]
            yield from (Path(folder, name) for name in files)

    def end_workers(self) -> None:
        """Leave no process behind."""
        workers = self.workers
        for worker in workers:
            worker.kill()
        deadline_s = time.monotonic() + 10
        while any(is_alive(worker) for worker in workers):
            assert time.monotonic() < deadline_s, workers
            time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still does anything: in a container nobody may clear away the dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="session")
def alive() -> Callable[[psutil.Process], bool]:
    """Whether a process still does anything."""
    return is_alive


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes of the clock by its nature")
    config.stash[DID_NOT_RUN] = {}


def pytest_terminal_summary(terminalreporter, config):
    for environment, reason in config.stash[DID_NOT_RUN].items():
        terminalreporter.section(f"did not run: what needs the environment {environment}")
        terminalreporter.line(reason)


@pytest.fixture(scope="session")
def provisioned() -> Paths:
    """The developer's own environment and starter, made by the product if they are not there."""
    installation = user_installation()
    starter = installation.catalog.models["starter"]
    weights = installation.models.find(starter, starter.builds[0])
    if not (installation.environments.python("openvino") and weights):
        command = [sys.executable, "-m", "phi_sidecar", "models", "prepare", "starter"]
        subprocess.run(command, check=True, timeout=600)
    return installation.paths


@pytest.fixture(scope="session")
def environment_python(provisioned, pytestconfig) -> Callable[[str], Path]:
    """Return an environment's Python; the product makes it if it is not there.

    Outside CI, what asks for one that cannot be made here is skipped, and the summary says so.
    """
    environments = user_installation().environments
    found: dict[str, Path] = {}
    did_not_run = pytestconfig.stash[DID_NOT_RUN]

    def find(name: str) -> Path:
        if name not in found and name not in did_not_run:
            if reason := why_left_out(environments, name):
                did_not_run[name] = reason
            else:
                found[name] = asyncio.run(environments.prepare(name, ignore))
        if name in did_not_run:
            pytest.skip(did_not_run[name])
        return found[name]

    return find


@pytest.fixture(scope="session")
def make_house() -> Iterator[MakeHouse]:
    """Build homes; `share` names the developer's folders that are linked into one.

    With `own_models` only the starter is shared, so that other models can be fetched.
    """
    houses: list[House] = []

    def make(*, share: Paths | None = None, own_models: bool = False) -> House:
        house = _build()
        houses.append(house)
        if share is not None:
            _link(house.paths.environments, share.environments)
            shared = "starter" if own_models else ""
            _link(house.paths.models / shared, share.models / shared)
        return house

    yield make
    for house in houses:
        house.end_workers()
        _remove(house.root)


@pytest.fixture
def house(make_house, provisioned) -> Iterator[House]:
    """A home of this test's own, with the runtime and the starter ready."""
    house = make_house(share=provisioned)
    yield house
    house.end_workers()


@pytest.fixture
def empty_house(make_house) -> Iterator[House]:
    """A home in which nothing has been set up."""
    house = make_house()
    yield house
    house.end_workers()


def _build() -> House:
    # Not pytest's own folder: a socket's path has room for about a hundred bytes.
    root = Path(tempfile.mkdtemp(prefix="phi-house-"))
    folders = {
        "HOME": root,
        "USERPROFILE": root,
        "XDG_DATA_HOME": root / "data",
        "XDG_CACHE_HOME": root / "cache",
        "XDG_STATE_HOME": root / "state",
        "XDG_RUNTIME_DIR": root / "run",
        # What the system says there counts on Windows, whatever the variables of old say.
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": root / "local",
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    (root / "run").chmod(0o700)
    env = {key: value for key, value in os.environ.items() if not key.startswith("PHI_SIDECAR_")}
    # The package index that this machine uses is set in its owner's home.
    env.setdefault("XDG_CONFIG_HOME", str(Path.home() / ".config"))
    env |= {key: str(folder) for key, folder in folders.items()}
    with mock.patch.dict(os.environ, env, clear=True):
        paths = user_paths()
    assert root in paths.data.parents
    assert root in paths.runtime.parents
    return House(root, env, paths)


def _link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import _winapi

        # A junction needs no privilege, where a symbolic link does.
        _winapi.CreateJunction(str(target), str(place))
    else:
        place.symlink_to(target, target_is_directory=True)


def _is_link(path: Path) -> bool:
    if sys.platform == "win32":
        return bool(path.lstat().st_reparse_tag)
    return path.is_symlink()


def _remove(root: Path) -> None:
    """Remove a house, but nothing that lies behind its links."""
    for folder, folders, _ in os.walk(root, topdown=True, followlinks=False):
        for name in list(folders):
            if _is_link(Path(folder, name)):
                folders.remove(name)
                link = Path(folder, name)
                link.rmdir() if sys.platform == "win32" else link.unlink()
    shutil.rmtree(root, ignore_errors=True)
