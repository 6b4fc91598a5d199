"""A build that is being made."""

from collections.abc import Mapping
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


class Convert(Protocol):
    """Makes a build from another one."""

    async def __call__(
        self, model: CatalogModel, build: Build, original: Path, target: Path, report: Report
    ) -> None:
        """Convert the original's files into the target, an empty folder.

        Raises:
            PreparationFailed: it could not be made, or what was made does not work.
        """
