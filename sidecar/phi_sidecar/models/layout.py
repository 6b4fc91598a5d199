"""Where a model's builds lie, and how they are told from each other."""

from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import (
    Build,
    CatalogModel,
    ConversionSource,
    FolderSource,
    Format,
    HubSource,
    PackageSource,
)
from phi_sidecar.models.originals import mark_of
from phi_sidecar.models.packages import weights_name
from phi_sidecar.paths import Paths


@dataclass(frozen=True)
class Layout:
    """The places of one build: `<model>/<build>/`, and what lies beside it.

    Attributes:
        paths: the user's.
    """

    paths: Paths
    model: CatalogModel
    build: Build

    @property
    def folder(self) -> Path:
        """Its files."""
        return self.paths.models / self.model.id / self.build.id

    @property
    def downloads(self) -> Path:
        """What was fetched for it and is not whole yet."""
        return self._beside("download")

    @property
    def compiled(self) -> Path:
        """What runtimes make of its files and keep for the next load; one folder per backend."""
        return compiled_in(self.paths) / self.model.id / self.build.id

    @property
    def lock(self) -> Path:
        """Held by whoever makes or removes it."""
        return self._beside("lock")

    @property
    def used(self) -> Path:
        """A file whose date is that of its last use."""
        return self._beside("used")

    @property
    def parts(self) -> tuple[Path, ...]:
        """All that is removed with it."""
        return (self.folder, self.downloads, self.used, self.compiled)

    @property
    def attempts(self) -> tuple[Path, ...]:
        """What attempts that were killed left, or what is being made at this moment."""
        places = (self.folder.parent, self.compiled.parent)
        return tuple(left for each in places for left in each.glob(f"{self.build.id}.*.partial"))

    @property
    def earlier(self) -> Path:
        """Where earlier versions of the product had it."""
        return self.paths.models / f"{self.model.id}-{self.build.quantization}"

    @property
    def weights(self) -> Path:
        """What a backend is given: a file, or the whole folder."""
        if isinstance(self.build.source, PackageSource):
            return self.folder / weights_name(self.build.source)
        if self.build.format is Format.GGUF:
            return next(iter(sorted(self.folder.glob("*.gguf"))), self.folder)
        return self.folder

    @property
    def loaded(self) -> Path:
        """In which folder, or as which file, it is while it is loaded."""
        source = self.build.source
        return source.path if isinstance(source, FolderSource) else self.folder

    @property
    def title(self) -> str:
        """Its name for people, by what tells it from the model's others."""
        if len(self.model.builds) == 1:
            return self.model.title
        return f"{self.model.title} ({self.build.quantization})"

    @property
    def origin(self) -> str:
        """What its files were made from, so that others are not taken for them."""
        return _origin(self.model, self.build)

    @property
    def original(self) -> str | None:
        """What tells the state of the person's folder that it is converted from.

        None where it is converted from none, or where the folder is gone.
        """
        source = self.build.source
        if isinstance(source, ConversionSource):
            of = self.model.build(source.of).source
            return mark_of(of.path) if isinstance(of, FolderSource) else None
        return None

    def _beside(self, suffix: str) -> Path:
        return self.paths.models / self.model.id / f"{self.build.id}.{suffix}"


def compiled_in(paths: Paths) -> Path:
    """Return the folder of all that runtimes compiled: `<model>/<build>/<backend>/`."""
    return paths.cache / "compiled"


def _origin(model: CatalogModel, build: Build) -> str:
    source = build.source
    match source:
        case PackageSource():
            return f"{source.requirement}/{source.member_sha256}"
        case HubSource():
            return f"{source.repository}@{source.revision}/{source.subfolder}"
        case ConversionSource():
            return f"{source.recipe} of {_origin(model, model.build(source.of))}"
        case FolderSource():
            return str(source.path)
