"""A build that is being made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from phi_sidecar.models.catalog import Build, CatalogModel
from phi_sidecar.progress import Report


@dataclass(frozen=True)
class Making:
    """Where a build is made.

    Attributes:
        title: the model, for people.
        place: where it will lie; what is there now is damaged, or of another origin.
        origin: what it is made from, as it is noted with it.
        made: a name beside its place, for a folder that is renamed into it when it is whole.
        downloads: what was fetched for it so far; kept if it fails, for the next attempt.
    """

    title: str
    place: Path
    origin: str
    made: Path
    downloads: Path


@dataclass(frozen=True)
class Made:
    """A build that is whole.

    Attributes:
        folder: what is to be put into its place; on the same disk.
        sha256: of its files, by path with forward slashes.
        revision: the commit, where it came from a model hub.
    """

    folder: Path
    sha256: Mapping[str, str]
    revision: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A build that is to be converted.

    Attributes:
        place: the folder that it is made in; may not exist yet.
        original: the original's folder; None where it is still to be fetched.
        original_bytes: about how much that is.
    """

    model: CatalogModel
    build: Build
    place: Path
    original: Path | None
    original_bytes: int


class Convert(Protocol):
    """Makes a build from another one."""

    def download_bytes(self, build: Build, counted: Collection[str]) -> int:
        """Return what fetching the tools takes that are not here yet.

        Args:
            build: what they make.
            counted: names of the runtime environments that are left out.
        """

    async def get_ready(self, wanted: Wanted, report: Report) -> None:
        """Say what a conversion takes, check that the machine has it, and set its tools up.

        Raises:
            PreparationFailed: the machine has too little memory or room, or they cannot be had.
        """

    async def __call__(
        self, model: CatalogModel, build: Build, original: Path, target: Path, report: Report
    ) -> None:
        """Convert the original's files into the target, an empty folder.

        Raises:
            PreparationFailed: it could not be made, or what was made does not work.
        """
