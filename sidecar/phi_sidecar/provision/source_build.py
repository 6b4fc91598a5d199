"""What a package needs to be built where there is no wheel of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName

from phi_sidecar.errors import PreparationFailed


@dataclass(frozen=True)
class BuildSite:
    """Where a package is built.

    Attributes:
        archive: the package's source.
        packages: the environment's site-packages; all that the package needs is installed there.
        scratch: an empty folder of the build's own, removed afterwards.
        title: what is made, for people, in the middle of a sentence.
    """

    archive: Path
    packages: Path
    scratch: Path
    title: str


class SourceBuild(Protocol):
    """How one package is built and installed."""

    @property
    def package(self) -> NormalizedName:
        """The package that this builds."""

    def obstacle(self) -> PreparationFailed | None:
        """Tell why it cannot be built on this machine, or None; cheap, starts no process."""

    async def run(self, site: BuildSite) -> None:
        """Build the package and put it into the environment. Cancelling it ends the build.

        Raises:
            PreparationFailed: it could not be built.
        """
