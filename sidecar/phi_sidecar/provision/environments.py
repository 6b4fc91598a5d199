"""The runtimes' virtual environments: made from their locks, found again, repaired, removed."""

import asyncio
import sys
import sysconfig
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from packaging.markers import default_environment
from packaging.tags import sys_tags

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place, process
from phi_sidecar.provision.disk import check_room
from phi_sidecar.provision.download import Wanted, fetch
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.pip_command import install_command
from phi_sidecar.provision.plan import Plan, Target, make_plan
from phi_sidecar.provision.recipes import Recipe, known_recipes
from phi_sidecar.provision.stamp import forget_stamp, interpreter_in, is_whole, write_stamp

_SMOKE_TIMEOUT_S = 180.0


class EnvironmentState(StrEnum):
    """What there is of an environment."""

    MISSING = "missing"
    READY = "ready"
    STALE = "stale"
    """One was made, but from another lock, Python or platform."""
    BROKEN = "broken"
    """It was not finished, or files of it are gone or changed."""


class Environments:
    """Every runtime's environment of one user."""

    def __init__(self, paths: Paths, recipes: Mapping[str, Recipe] | None = None) -> None:
        self._paths = paths
        self._recipes = known_recipes() if recipes is None else recipes
        self._plans: dict[str, Plan] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The environments that can be made."""
        return tuple(self._recipes)

    def title(self, name: str) -> str:
        """What an environment is, for people, in the middle of a sentence."""
        return self._recipe(name).title

    def python(self, name: str) -> Path | None:
        """Return the interpreter of a ready environment; cheap, starts no process."""
        folder = self._folder(name)
        return interpreter_in(folder) if is_whole(folder, self.plan(name).key) else None

    def state(self, name: str) -> EnvironmentState:
        """Look what there is of an environment; cheap, starts no process."""
        if self.python(name) is not None:
            return EnvironmentState.READY
        if self._folder(name).exists():
            return EnvironmentState.BROKEN
        return EnvironmentState.STALE if self._others(name) else EnvironmentState.MISSING

    def plan(self, name: str) -> Plan:
        """What is, or would be, in an environment."""
        if name not in self._plans:
            recipe = self._recipe(name)
            self._plans[name] = make_plan(recipe.lock, recipe.wheel_bytes, this_machine())
        return self._plans[name]

    async def prepare(self, name: str, report: Report) -> Path:
        """Return the environment's interpreter, making or repairing the environment if need be.

        Cancelling it leaves nothing behind but whole downloads, which the next attempt uses.

        Raises:
            PreparationFailed: it could not be made; one that was there before is untouched.
        """
        if python := self.python(name):
            return python
        title = self.title(name)

        def on_wait() -> None:
            report(StepProgress(step=f"Waiting for another window that installs {title}"))

        with failures.explained(f"Installing {title} failed"):
            async with place.held(self._lock(name), on_wait):
                if python := self.python(name):
                    return python
                await self._make(name, report)
        return interpreter_in(self._folder(name))

    async def verify(self, name: str) -> str | None:
        """Start a ready environment's runtime; return why it does not work, or None if it does.

        One that does not counts as broken from then on, so that `prepare` makes it anew.
        """
        python = self.python(name)
        if python is None:
            return f"It is {self.state(name)}."
        complaint = await _try_runtime(python, self._recipe(name))
        if complaint is not None:
            forget_stamp(self._folder(name))
        return complaint

    async def remove(self, name: str) -> None:
        """Remove an environment, older ones of its name, and what was downloaded for it.

        Raises:
            PreparationFailed: a worker runs in it, or the system refuses.
        """
        title = self.title(name)
        with failures.explained(f"Removing {title} failed"):
            async with place.held(self._lock(name), lambda: None):
                for folder in [self._folder(name), *self._others(name)]:
                    if await asyncio.to_thread(_in_use, folder):
                        raise PreparationFailed(
                            f"Removing {title} failed: it is being used.",
                            remedy="Close the other windows, wait a minute, and try again.",
                        )
                    await asyncio.to_thread(place.remove, folder)
                await asyncio.to_thread(place.sweep, self._folder(name))
                await asyncio.to_thread(place.remove, self._downloads(name))

    async def _make(self, name: str, report: Report) -> None:
        recipe, plan, folder = self._recipe(name), self.plan(name), self._folder(name)
        for any_version in [folder, *self._others(name)]:
            await asyncio.to_thread(place.sweep, any_version)
        self._paths.environments.mkdir(parents=True, exist_ok=True)
        check_room(
            {
                self._downloads(name): plan.download_bytes or plan.install_bytes,
                self._paths.environments: plan.install_bytes,
            }
        )
        wanted = Wanted(
            pins=plan.pins, folder=self._downloads(name), step=f"Downloading {recipe.title}"
        )
        await fetch(wanted, report)
        report(StepProgress(step=f"Installing {recipe.title}"))
        made = place.beside(folder)
        try:
            await self._install(recipe, plan, made)
            report(StepProgress(step=f"Trying {recipe.title}"))
            complaint = await _try_runtime(interpreter_in(made), recipe)
            if complaint is not None:
                raise _does_not_start(recipe, complaint)
            await asyncio.to_thread(write_stamp, made, plan.key)
            await asyncio.to_thread(place.put, made, folder)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, made))
        await asyncio.to_thread(place.remove, wanted.folder)
        await asyncio.to_thread(self._remove_unused, name)

    async def _install(self, recipe: Recipe, plan: Plan, made: Path) -> None:
        await asyncio.to_thread(_make_venv, made)
        requirements = made / "requirements.txt"
        lines = "".join(f"{pin.requirement}\n" for pin in plan.pins)
        requirements.write_text(lines, encoding="utf-8")
        command = install_command(requirements, self._downloads(recipe.name), interpreter_in(made))
        ended = await process.run(command.argv, env=command.env, cwd=made)
        if ended.code != 0:
            raise failures.from_output(f"Installing {recipe.title} failed", ended.said)

    def _remove_unused(self, name: str) -> None:
        """Remove what an older lock made, unless a worker still runs in it."""
        for folder in self._others(name):
            if f"{name}-{_python_tag()}-" in folder.name and not _in_use(folder):
                place.remove(folder)

    def _recipe(self, name: str) -> Recipe:
        recipe = self._recipes.get(name)
        if recipe is None:
            raise PreparationFailed(
                f"There is no runtime environment called {name!r}.",
                remedy=f"Use one of: {', '.join(self._recipes)}.",
            )
        return recipe

    def _folder(self, name: str) -> Path:
        # The key in the name lets a new lock's environment be made while a worker runs in the
        # old one, whose files Windows would not let go.
        return self._paths.environments / f"{name}-{self.plan(name).key}"

    def _others(self, name: str) -> list[Path]:
        if not self._paths.environments.is_dir():
            return []
        return [
            folder
            for folder in self._paths.environments.iterdir()
            if folder.name.startswith(f"{name}-{sys.implementation.name}-")
            and folder.is_dir()
            and folder.suffix != ".partial"
            and folder != self._folder(name)
        ]

    def _downloads(self, name: str) -> Path:
        return self._paths.downloads / f"{name}-{self.plan(name).key}"

    def _lock(self, name: str) -> Path:
        return self._paths.environments / f"{name}.lock"


@cache
def this_machine() -> Target:
    """Describe the Python that runs this, which is also the environments'."""
    return Target(
        markers={key: str(value) for key, value in default_environment().items()},
        tags=tuple(sys_tags()),
        tag=_python_tag(),
        platform=sysconfig.get_platform(),
    )


def _python_tag() -> str:
    version = sys.version_info
    return f"{sys.implementation.name}-{version.major}.{version.minor}"


def _make_venv(folder: Path) -> None:
    """Make an empty environment; without its own pip, which Debian's Python could not give it."""
    try:
        import venv  # some distributions of Python leave it out
    except ImportError as error:
        raise PreparationFailed(
            f"The Python that runs Phi Sidecar ({sys.executable}) cannot make environments.",
            remedy="Install Python 3.11 or newer from python.org or your system's packages,"
            " choose it in the settings, and try again.",
        ) from error
    builder = venv.EnvBuilder(with_pip=False, symlinks=sys.platform != "win32")
    builder.create(folder)


async def _try_runtime(python: Path, recipe: Recipe) -> str | None:
    """Import the runtime in its environment; return the complaint, or None."""
    argv = (str(python), "-I", "-c", f"import {recipe.runtime}")
    try:
        async with asyncio.timeout(_SMOKE_TIMEOUT_S):
            ended = await process.run(argv, env=clean_environ())
    except TimeoutError:
        return f"it did not start within {_SMOKE_TIMEOUT_S:.0f} s"
    except OSError as error:
        return str(error)
    if ended.code == 0:
        return None
    if not ended.said:
        return f"it ended with code {ended.code}"
    return failures.last_words(ended.said)


def _does_not_start(recipe: Recipe, complaint: str) -> PreparationFailed:
    remedy = "Run 'phi-sidecar doctor' and report what it prints."
    if "DLL load failed" in complaint:
        remedy = "Install Microsoft's Visual C++ Redistributable (x64) and try again."
    elif "GLIBC" in complaint or "GLIBCXX" in complaint:
        remedy = "The system's C library is too old for it: use a newer Linux distribution."
    return PreparationFailed(
        f"Installing {recipe.title} failed: it was installed but does not start ({complaint}).",
        remedy=remedy,
    )


def _in_use(folder: Path) -> bool:
    """Look for a process that runs an environment's Python."""
    import psutil  # costs the sidecar's start too much

    inside = str(folder) + ("\\" if sys.platform == "win32" else "/")
    for running in psutil.process_iter(["cmdline"]):
        cmdline = running.info["cmdline"]
        if cmdline and cmdline[0].startswith(inside):
            return True
    return False
