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
from phi_sidecar.models.packages import weights_name


@dataclass(frozen=True)
class Layout:
    """The places of one build: `<model>/<build>/`, and what lies beside it.

    Attributes:
        models: the folder of all models.
    """

    models: Path
    model: CatalogModel
    build: Build

    @property
    def folder(self) -> Path:
        """Its files."""
        return self.models / self.model.id / self.build.id

    @property
    def downloads(self) -> Path:
        """What was fetched for it and is not whole yet."""
        return self._beside("download")

    @property
    def lock(self) -> Path:
        """Held by whoever makes or removes it."""
        return self._beside("lock")

    @property
    def used(self) -> Path:
        """A file whose date is that of its last use."""
        return self._beside("used")

    @property
    def earlier(self) -> Path:
        """Where earlier versions of the product had it."""
        return self.models / f"{self.model.id}-{self.build.quantization}"

    @property
    def weights(self) -> Path:
        """What a backend is given: a file, or the whole folder."""
        if isinstance(self.build.source, PackageSource):
            return self.folder / weights_name(self.build.source)
        if self.build.format is Format.GGUF:
            return next(iter(sorted(self.folder.glob("*.gguf"))), self.folder)
        return self.folder

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

    def _beside(self, suffix: str) -> Path:
        return self.models / self.model.id / f"{self.build.id}.{suffix}"


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
