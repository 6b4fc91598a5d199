"""The runtimes' virtual environments: made from their locks, found again, repaired, removed."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.paths import Paths
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, place
from phi_sidecar.provision.disk import check_room
from phi_sidecar.provision.download import Wanted, fetch
from phi_sidecar.provision.making import Ingredients, make, try_runtime
from phi_sidecar.provision.obstacles import note_on, obstacle_to
from phi_sidecar.provision.plan import Pin, Plan, make_plan
from phi_sidecar.provision.recipes import Recipe, known_recipes
from phi_sidecar.provision.stamp import forget_stamp, interpreter_in, is_whole, write_stamp
from phi_sidecar.provision.target import python_tag, this_machine
from phi_sidecar.provision.threads import to_the_end


class EnvironmentState(StrEnum):
    """What there is of an environment."""

    MISSING = "missing"
    READY = "ready"
    STALE = "stale"
    """One was made, but from another lock, Python or platform."""
    BROKEN = "broken"
    """It was not finished, or files of it are gone or changed."""


@dataclass(frozen=True)
class EnvironmentRow:
    """What there is of an environment, and what making it would take.

    Attributes:
        title: what it is, for people, in the middle of a sentence.
        packages: what is, or would be, in it.
        download_bytes: of all packages; None where a size is not known.
        install_bytes: about what it takes on disk once made.
        bytes_on_disk: what it takes now, with older ones of its name and with downloads that an
            interrupted attempt left.
        older_bytes: of that, what other versions of the product or of Python made or fetched.
        obstacle: why it cannot be made on this machine; None where it can, or is there.
        remedy: what the person can do about the obstacle.
        note: what making it asks of the person's pip beyond the usual package index.
    """

    name: str
    title: str
    state: EnvironmentState
    packages: tuple[Pin, ...]
    download_bytes: int | None
    install_bytes: int
    bytes_on_disk: int
    older_bytes: int
    obstacle: str | None
    remedy: str | None
    note: str | None


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
            self._plans[name] = make_plan(
                recipe.lock, recipe.file_bytes, this_machine(), growth=recipe.growth
            )
        return self._plans[name]

    def obstacle(self, name: str) -> PreparationFailed | None:
        """Tell why an environment cannot be made on this machine, or None; cheap."""
        return obstacle_to(self._recipe(name), self.plan(name))

    def describe(self, name: str) -> EnvironmentRow:
        """Tell all about an environment; adds up the sizes of its files, which takes a moment."""
        plan, state = self.plan(name), self.state(name)
        obstacle = None if state is EnvironmentState.READY else self.obstacle(name)
        current = [self._folder(name), *self._attempts(name), self._downloads(name)]
        older = [*self._others(name), *self._other_downloads(name)]
        older_bytes = sum(map(place.size_bytes, older))
        return EnvironmentRow(
            name=name,
            title=self.title(name),
            state=state,
            packages=plan.pins,
            download_bytes=plan.download_bytes,
            install_bytes=plan.install_bytes,
            bytes_on_disk=sum(map(place.size_bytes, current)) + older_bytes,
            older_bytes=older_bytes,
            obstacle=None if obstacle is None else str(obstacle),
            remedy=None if obstacle is None else obstacle.remedy,
            note=note_on(plan),
        )

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
        complaint = await try_runtime(python, self._recipe(name))
        if complaint is not None:
            forget_stamp(self._folder(name))
        return complaint

    async def remove(self, name: str) -> int:
        """Remove an environment, older ones of its name, and what was downloaded for it.

        Returns:
            How many bytes they took.

        Raises:
            PreparationFailed: a worker runs in it, it is being made, or the system refuses.
        """
        title, freed = self.title(name), 0
        with failures.explained(f"Removing {title} failed"):
            async with place.held_soon([self._lock(name)], _being_made(title)):
                folders = [self._folder(name), *self._others(name)]
                for folder in folders:
                    if await asyncio.to_thread(_in_use, folder):
                        raise PreparationFailed(
                            f"Removing {title} failed: it is being used.",
                            remedy="Close the other windows, wait a minute, and try again.",
                        )
                downloads = [self._downloads(name), *self._other_downloads(name)]
                for folder in [*folders, *downloads, *self._attempts(name)]:
                    freed += await asyncio.to_thread(place.size_bytes, folder)
                    await to_the_end(partial(_take_away, folder))
        return freed

    async def _make(self, name: str, report: Report) -> None:
        recipe, plan, folder = self._recipe(name), self.plan(name), self._folder(name)
        if obstacle := self.obstacle(name):
            raise obstacle
        # Of any version: whoever makes one holds the lock.
        for attempt in self._attempts(name):
            await to_the_end(partial(place.remove, attempt))
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
        fetched = await fetch(wanted, report)
        made = place.beside(folder)
        try:
            await make(Ingredients(recipe, plan, wanted.folder, fetched), made, report)
            await to_the_end(lambda: write_stamp(made, plan.key))
            await to_the_end(lambda: place.put(made, folder))
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, made))
        await to_the_end(lambda: place.remove(wanted.folder))
        await to_the_end(lambda: self._remove_unused(name))

    def _remove_unused(self, name: str) -> None:
        """Remove what an older lock made or fetched, unless a worker still runs in it."""
        for folder in [*self._others(name), *self._other_downloads(name)]:
            if f"{name}-{python_tag()}-" in folder.name and not _in_use(folder):
                _take_away(folder)

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
        return [
            folder
            for folder in self._named(self._paths.environments, name)
            if folder.suffix != ".partial" and folder != self._folder(name)
        ]

    def _attempts(self, name: str) -> list[Path]:
        """Return what attempts that were killed left; without the lock also what is being made."""
        named = self._named(self._paths.environments, name)
        return [folder for folder in named if folder.suffix == ".partial"]

    def _other_downloads(self, name: str) -> list[Path]:
        named = self._named(self._paths.downloads, name)
        return [folder for folder in named if folder != self._downloads(name)]

    def _named(self, parent: Path, name: str) -> list[Path]:
        """Return the folders that any version of the product made for an environment."""
        if not parent.is_dir():
            return []
        prefix = f"{name}-{sys.implementation.name}-"
        return [each for each in parent.iterdir() if each.name.startswith(prefix) and each.is_dir()]

    def _downloads(self, name: str) -> Path:
        return self._paths.downloads / f"{name}-{self.plan(name).key}"

    def _lock(self, name: str) -> Path:
        return self._paths.environments / f"{name}.lock"


def _being_made(title: str) -> PreparationFailed:
    return PreparationFailed(
        f"Removing {title} failed: it is being installed. Nothing was removed.",
        remedy="Wait until that is done, or cancel it in the window that does it, and try again.",
    )


def _take_away(folder: Path) -> None:
    # First: what could only be removed in part must not count as ready.
    forget_stamp(folder)
    place.remove(folder)


def _in_use(folder: Path) -> bool:
    """Look for a process that runs an environment's Python."""
    import psutil  # costs the sidecar's start too much

    inside = str(folder) + ("\\" if sys.platform == "win32" else "/")
    for running in psutil.process_iter(["cmdline"]):
        cmdline = running.info["cmdline"]
        if cmdline and cmdline[0].startswith(inside):
            return True
    return False
