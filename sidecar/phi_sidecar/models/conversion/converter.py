"""Convert a model in the conversion environment, and accept the result once it has answered."""

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models.catalog import Build, CatalogModel, ConversionSource
from phi_sidecar.models.conversion.architecture import Architecture
from phi_sidecar.models.conversion.conversions import CONVERSIONS, Command, Conversion, command
from phi_sidecar.models.conversion.needs import Needs, needs, needs_before
from phi_sidecar.models.conversion.stages import Stages
from phi_sidecar.models.formats import Found, NotUsable, recognize
from phi_sidecar.models.forms import transformers_folder
from phi_sidecar.models.making import Wanted
from phi_sidecar.progress import Report
from phi_sidecar.provision import place, process
from phi_sidecar.provision.disk import check_room, megabytes
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.failures import last_words
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.threads import to_the_end

ENVIRONMENT = "convert"

_ARCHITECTURE = "phi3"
"""What the conversions were tried with, and the kind of model that the product is made for."""


_LESS_MEMORY = (
    "Close other programs, choose a model that is offered ready-made, or convert it on a computer"
    " with more memory and import the folder."
)
_NO_MEMORY = re.compile(
    r"MemoryError|bad_alloc|(can't|could not|failed to|unable to) allocate|not enough memory"
    r"|(os|win)error:? 1455|os error 1455",
    re.IGNORECASE,
)
_DISK_FULL = re.compile(r"no space left|errno 28\b|winerror 112|not enough space", re.IGNORECASE)
_KILLED = (-9, 137)
"""How Linux ends the largest program when no memory is left."""

_LOGGED_LINES = 40

log = logging.getLogger(__name__)


class Try(Protocol):
    """Tries a model in the runtime that will run it."""

    async def __call__(self, found: Found, accelerator: str, work: Path, report: Report) -> None:
        """Load a model and let it generate; `work` is a folder for what the runtime writes.

        Raises:
            PreparationFailed: it cannot be loaded, or does not work.
        """


def free_memory_bytes() -> int:
    """Return what programs can still have: free memory, and what can be swapped out for it."""
    import psutil  # costs the sidecar's start too much

    return int(psutil.virtual_memory().available + psutil.swap_memory().free)


@dataclass(frozen=True)
class Converter:
    """Makes builds of a model from its original; see `models.making.Convert`.

    Attributes:
        environments: where the tools live.
        attempt: tries the result.
        free_memory_bytes: what the system says that is free.
        environment_of: the runtime environment that an accelerator takes, if any.
    """

    environments: Environments
    attempt: Try
    free_memory_bytes: Callable[[], int] = free_memory_bytes
    environment_of: Callable[[str], str | None] = lambda _: None

    def download_bytes(self, build: Build, counted: Collection[str]) -> int:
        """Return what fetching the tools takes that are not here yet."""
        missing = self._missing(_recipe_of(build))
        plans = (self.environments.plan(name) for name in missing if name not in counted)
        return sum(plan.download_bytes or plan.install_bytes for plan in plans)

    async def get_ready(self, wanted: Wanted, report: Report) -> None:
        """Say what a conversion takes, check that the machine has it, and set its tools up.

        All that it will need: what took minutes to make must not be lost for want of what tries it.

        Raises:
            PreparationFailed: the machine has too little memory or room, or they cannot be had.
        """
        conversion = _recipe_of(wanted.build)
        what = _what(wanted.model, conversion)
        missing = self._missing(conversion)
        original = wanted.original
        if original is None:
            needed, fetched = needs_before(conversion, wanted.original_bytes), wanted.original_bytes
        else:
            architecture = await to_the_end(lambda: _look_at(original, what))
            needed, fetched = needs(conversion, architecture), 0
        self._check_memory(needed, what)
        installed = sum(self.environments.plan(name).install_bytes for name in missing)
        disk = needed.disk + fetched + installed
        check_room({wanted.place: disk})
        fetched += self.download_bytes(wanted.build, ())
        download = f"a download of {megabytes(fetched)}, " if fetched else ""
        takes = f"{download}{megabytes(needed.memory)} of memory and {megabytes(disk)} on disk"
        report(StepProgress(step=f"{what} takes about {takes}"))
        for name in missing:
            await self.environments.prepare(name, report)

    async def __call__(
        self, model: CatalogModel, build: Build, original: Path, target: Path, report: Report
    ) -> None:
        """Convert the original's files into the target, an empty folder.

        Raises:
            PreparationFailed: it could not be made, or what was made does not work.
        """
        conversion = _recipe_of(build)
        what = _what(model, conversion)
        architecture = await to_the_end(lambda: _look_at(original, what))
        needed = needs(conversion, architecture)
        self._check_memory(needed, what)
        check_room({target: needed.disk})
        python = await self.environments.prepare(ENVIRONMENT, report)
        work = target / "work"
        await to_the_end(lambda: work.mkdir(parents=True))
        try:
            said = command(conversion, architecture, original, target, work)
            for note in said.notes:
                report(StepProgress(step=note))
            await _run(said, python, work, Stages(what, architecture.layers, report))
            found = await to_the_end(lambda: _look_at_result(target, conversion, what))
            await self.attempt(found, conversion.tried_on, work, report)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove, work))

    def _missing(self, conversion: Conversion) -> Sequence[str]:
        """Return the environments that a conversion and its trial take and that are not here."""
        names = (ENVIRONMENT, self.environment_of(conversion.tried_on))
        return [
            name
            for name in dict.fromkeys(names)
            if name is not None and self.environments.python(name) is None
        ]

    def _check_memory(self, needed: Needs, what: str) -> None:
        free = self.free_memory_bytes()
        if needed.memory > free:
            raise PreparationFailed(
                f"{what} failed: it takes about {megabytes(needed.memory)} of memory,"
                f" {megabytes(free)} are free.",
                remedy=_LESS_MEMORY,
            )


def _recipe_of(build: Build) -> Conversion:
    if not isinstance(build.source, ConversionSource):
        raise TypeError(build.source)
    return _known(build.source.recipe)


def _what(model: CatalogModel, conversion: Conversion) -> str:
    return f"Converting {model.title} to {conversion.title}"


def _known(recipe: str) -> Conversion:
    if recipe not in CONVERSIONS:
        raise PreparationFailed(
            f"There is no conversion called {recipe!r}.",
            remedy=f"Use one of: {', '.join(CONVERSIONS)}.",
        )
    return CONVERSIONS[recipe]


def _look_at(original: Path, what: str) -> Architecture:
    try:
        transformers_folder.recognize(original)
        architecture = transformers_folder.read_sizes(original)
    except NotUsable as error:
        raise PreparationFailed(f"{what} failed: {error}", remedy=error.remedy) from error
    if architecture.model_type != _ARCHITECTURE:
        raise PreparationFailed(
            f"{what} failed: it is of the kind {architecture.model_type!r}; Phi Sidecar converts"
            " models of the Phi-3 family.",
            remedy="Import a folder with the model in OpenVINO or ONNX form.",
        )
    return architecture


def _look_at_result(target: Path, conversion: Conversion, what: str) -> Found:
    try:
        found = recognize(target)
    except NotUsable as error:
        raise PreparationFailed(f"{what} failed: what was made is not whole. {error}") from error
    if found.quantization != conversion.quantization:
        raise PreparationFailed(
            f"{what} failed: what was made is {found.quantization}, not {conversion.quantization}."
        )
    return found


async def _run(said: Command, python: Path, work: Path, stages: Stages) -> None:
    argv = (str(python), "-I", "-u", "-X", "utf8", "-m", said.module, *said.args)
    stages.begin()
    ended = await process.run(argv, env=_environ(work), cwd=work, on_line=stages.hear)
    if ended.code == 0:
        return
    tail = "\n".join(ended.said[-_LOGGED_LINES:])
    log.error("%s failed with code %d:\n%s", said.module, ended.code, tail)
    if ended.code in _KILLED or _NO_MEMORY.search(tail):
        raise PreparationFailed(f"{stages.what} failed: memory ran out.", remedy=_LESS_MEMORY)
    if _DISK_FULL.search(tail):
        raise PreparationFailed(
            f"{stages.what} failed: the disk is full.",
            remedy="Free some room on the disk and try again.",
        )
    raise PreparationFailed(f"{stages.what} failed: {last_words(ended.said)}")


def _environ(work: Path) -> Mapping[str, str]:
    """Let the tools find nothing of the person's, write nowhere else and ask nobody."""
    own = str(work)
    return clean_environ() | {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HOME": str(work / "hub"),
        # An intermediate model as large as the result goes there: where room was checked for.
        "TMPDIR": own,
        "TEMP": own,
        "TMP": own,
        # NNCF would report each use; this is the variable by which its own builds keep it silent.
        "NNCF_CI": "1",
    }
