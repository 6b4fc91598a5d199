"""What there is of a build on this machine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from phi_sidecar.models import manifest
from phi_sidecar.models.catalog import Build, CatalogModel, Chosen, FolderSource, PackageSource
from phi_sidecar.models.layout import Layout
from phi_sidecar.provision import place


class ModelState(StrEnum):
    """What there is of a build."""

    MISSING = "missing"
    READY = "ready"
    DAMAGED = "damaged"
    """Files of it are there, but not as they were when they were checked."""


@dataclass(frozen=True)
class StoredBuild:
    """A known build and what there is of it on this machine.

    Attributes:
        bytes_on_disk: what its files take now, with what was made of them for a runtime, and with
            what is not finished.
        download_bytes: about what making it would transfer, with the tools of a conversion.
        last_used: when it was last loaded; None if it never was.
        outdated: it is whole, but what it was made from has changed: it counts as damaged.
    """

    model: CatalogModel
    build: Build
    state: ModelState
    bytes_on_disk: int
    download_bytes: int
    last_used: datetime | None
    outdated: bool = False

    @property
    def chosen(self) -> Chosen:
        """The model in this form."""
        return Chosen(self.model, self.build, self.build.quantization)


def is_outdated(layout: Layout) -> bool:
    """Tell whether a build is there that was made from something else than it would be now."""
    # What a package holds is told by its hash, wherever it comes from.
    if isinstance(layout.build.source, PackageSource | FolderSource):
        return False
    noted = manifest.read(layout.folder)
    return noted is not None and not manifest.is_of(noted, layout.origin, layout.original)


def bytes_on_disk(layout: Layout) -> int:
    """Add up what a build takes; see `StoredBuild`."""
    source, theirs = layout.build.source, 0
    if isinstance(source, FolderSource):
        theirs = place.bytes_of(source.path)
    return theirs + sum(place.size_bytes(part) for part in (*layout.parts, *layout.attempts))


def last_used(layout: Layout) -> datetime | None:
    """Return when a build was last loaded; None if it never was."""
    try:
        return datetime.fromtimestamp(layout.used.stat().st_mtime, UTC)
    except OSError:
        return None
