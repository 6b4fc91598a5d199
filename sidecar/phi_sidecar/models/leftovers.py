"""What lies on disk of models and builds that nobody knows any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.catalog import Catalog, CatalogModel
from phi_sidecar.models.layout import Layout, compiled_in
from phi_sidecar.paths import Paths
from phi_sidecar.provision import place


@dataclass(frozen=True)
class Leftover:
    """Files of one build, or of what an earlier version kept in another way.

    Attributes:
        model: the model's id, or the name of the folder.
        build: the build's id; None where the model itself is not known.
    """

    model: str
    build: str | None
    paths: tuple[Path, ...]
    bytes: int


def leftovers(paths: Paths, catalog: Catalog) -> Sequence[Leftover]:
    """Look what is left; adds up the sizes of files, which takes a moment."""
    found: dict[tuple[str, str | None], list[Path]] = {}
    for root in (paths.models, compiled_in(paths)):
        for folder in _folders_in(root):
            model = catalog.models.get(folder.name)
            if model is not None:
                for path in folder.iterdir():
                    if not _is_known(path.name, model):
                        build = path.name.partition(".")[0]
                        found.setdefault((folder.name, build), []).append(path)
            elif not _is_earlier(folder, paths, catalog):
                found.setdefault((folder.name, None), []).append(folder)
    rows = [
        Leftover(model_id, build, tuple(lying), sum(map(place.bytes_of, lying)))
        for (model_id, build), lying in found.items()
    ]
    return [row for row in rows if row.bytes]


def _folders_in(root: Path) -> Sequence[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def _is_known(name: str, model: CatalogModel) -> bool:
    return any(name == build.id or name.startswith(f"{build.id}.") for build in model.builds)


def _is_earlier(folder: Path, paths: Paths, catalog: Catalog) -> bool:
    """Tell whether it is a model that is still to be taken over from an earlier version."""
    return any(
        folder == Layout(paths, model, build).earlier
        for model in catalog.models.values()
        for build in model.builds
    )
