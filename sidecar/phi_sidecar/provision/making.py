"""Fill a folder with an environment: the interpreter, the packages, what is built; then try it."""

import asyncio
import re
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, long_paths, place, process
from phi_sidecar.provision.download import Fetched, sha256_of
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.pip_command import install_command
from phi_sidecar.provision.plan import Form, Pin, Plan
from phi_sidecar.provision.recipes import Recipe
from phi_sidecar.provision.source_build import BuildSite
from phi_sidecar.provision.stamp import interpreter_in
from phi_sidecar.provision.threads import Stop, to_the_end, until_stopped

_SMOKE_TIMEOUT_S = 180.0


@dataclass(frozen=True)
class Ingredients:
    """What an environment is made of.

    Attributes:
        fetched: the packages' files, all in `downloads`.
    """

    recipe: Recipe
    plan: Plan
    downloads: Path
    fetched: Fetched


async def make(ingredients: Ingredients, folder: Path, report: Report) -> None:
    """Make an environment in a folder that is not there yet, and start its runtime once.

    Raises:
        PreparationFailed: it could not be made, or does not start; the folder is the caller's to
            remove.
    """
    recipe = ingredients.recipe
    report(StepProgress(step=f"Installing {recipe.title}"))
    await to_the_end(lambda: _make_venv(folder))
    await _install(ingredients, folder)
    for pin in ingredients.plan.built:
        report(StepProgress(step=f"Building {recipe.title}"))
        await _build(recipe, ingredients.fetched[pin.name], folder)
    report(StepProgress(step=f"Trying {recipe.title}"))
    complaint = await try_runtime(interpreter_in(folder), recipe)
    if complaint is not None:
        raise _does_not_start(recipe, complaint)


async def try_runtime(python: Path, recipe: Recipe) -> str | None:
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


async def _install(ingredients: Ingredients, folder: Path) -> None:
    requirements = folder / "requirements.txt"
    pins = [pin for pin in ingredients.plan.pins if pin.form is not Form.SOURCE]
    wheels = [ingredients.downloads]
    shortened = folder / "shortened"
    if (longest := long_paths.longest_path()) is not None:
        shortened.mkdir()
        longest -= len(str(_site_packages(folder))) + 1
        pins = [await _shortened(pin, ingredients, longest, shortened) for pin in pins]
        wheels.append(shortened)
    lines = "".join(f"{pin.requirement}\n" for pin in pins)
    requirements.write_text(lines, encoding="utf-8")
    command = install_command(requirements, wheels, interpreter_in(folder))
    ended = await process.run(command.argv, env=command.env, cwd=folder)
    if ended.code != 0:
        raise failures.from_output(f"Installing {ingredients.recipe.title} failed", ended.said)
    await to_the_end(lambda: place.remove(shortened))


async def _shortened(pin: Pin, ingredients: Ingredients, longest: int, folder: Path) -> Pin:
    """Return the pin of the wheel that is to be installed in a package's stead, or the same pin."""
    wheel = ingredients.fetched[pin.name]

    def shorten(stop: Stop) -> Pin:
        shorter = long_paths.without_long_paths(wheel, longest, folder)
        if shorter == wheel:
            return pin
        return replace(pin, sha256=frozenset({sha256_of(shorter, stop)}))

    return await until_stopped(shorten)


async def _build(recipe: Recipe, archive: Path, folder: Path) -> None:
    assert recipe.build is not None
    scratch = folder / "build"
    scratch.mkdir()
    site = BuildSite(
        archive=archive, packages=_site_packages(folder), scratch=scratch, title=recipe.title
    )
    await recipe.build.run(site)
    await to_the_end(lambda: place.remove(scratch))


def _site_packages(folder: Path) -> Path:
    base = str(folder)
    return Path(sysconfig.get_path("platlib", "venv", vars={"base": base, "platbase": base}))


def _does_not_start(recipe: Recipe, complaint: str) -> PreparationFailed:
    remedy = "Run 'phi-sidecar doctor' and report what it prints."
    if re.search(r"DLL load failed|WinError 126|Could not find module", complaint):
        remedy = "Install Microsoft's Visual C++ Redistributable (x64) and try again."
    elif "GLIBC" in complaint or "GLIBCXX" in complaint:
        remedy = "The system's C library is too old for it: use a newer Linux distribution."
    return PreparationFailed(
        f"Installing {recipe.title} failed: it was installed but does not start ({complaint}).",
        remedy=remedy,
    )
