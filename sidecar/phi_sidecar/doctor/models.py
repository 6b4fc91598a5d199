"""The known models: what there is of each, without what the person calls their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.doctor.findings import ExaminedModel, Finding
from phi_sidecar.engine.installation import Installation
from phi_sidecar.generated.protocol import ModelInfo
from phi_sidecar.models.catalog import CatalogModel, FolderSource
from phi_sidecar.models.store import ModelState, StoredBuild

_SOMEBODYS = "a model that is not known"


@dataclass(frozen=True)
class Imported:
    """How an imported model is called in a report: its name and its folder are the person's own.

    Attributes:
        names: what would tell which one it is.
        folder: where it lies.
    """

    stand_in: str
    names: tuple[str, ...]
    folder: Path


class ModelNames:
    """Tells models apart in a report without saying how the person calls theirs."""

    def __init__(self, models: Mapping[str, CatalogModel]) -> None:
        self._models = models
        brought = ((id, _folder_of(model)) for id, model in models.items())
        self._imported = {
            id: Imported(
                stand_in=f"imported-{number}",
                names=tuple({id, models[id].title, folder.name, folder.stem}),
                folder=folder,
            )
            for number, (id, folder) in enumerate(
                ((id, folder) for id, folder in brought if folder is not None), start=1
            )
        }

    @property
    def imported(self) -> Iterable[Imported]:
        """Those that must not be named."""
        return self._imported.values()

    def public_id(self, id: str) -> str:
        """Return what a model's id is in a report; one that is not known was the person's."""
        if id in self._imported:
            return self._imported[id].stand_in
        return id if id in self._models or id == "none" else _SOMEBODYS

    def public_info(self, info: ModelInfo) -> ModelInfo:
        """Return what a report says of a model."""
        id = self.public_id(info.id)
        if id == info.id:
            return info
        return ModelInfo(id=id, name=id, quantization=info.quantization, starter=False)

    def public_title(self, title: str) -> str:
        """Return a model's title as a report has it."""
        for imported in self._imported.values():
            if title in imported.names:
                return imported.stand_in
        return title


async def examine_models(
    installation: Installation, names: ModelNames
) -> tuple[Sequence[Finding], Sequence[ExaminedModel]]:
    """Read all that there is of every build, which takes as long as reading the files."""
    findings, examined = [], []
    for model_id in installation.catalog.models:
        builds = [
            (stored, await installation.models.verify(stored.model, stored.build))
            for stored in installation.models.list()
            if stored.model.id == model_id
        ]
        examined += [_examined(stored, state, names) for stored, state in builds]
        there = [
            each for each in builds if each[1] is not ModelState.MISSING or _is_theirs(each[0])
        ]
        if not there:
            title = names.public_title(builds[0][0].model.title)
            findings.append(Finding(f"model {title}", True, str(ModelState.MISSING)))
        findings += [_finding(stored, state, names) for stored, state in there]
    return findings, examined


def _examined(stored: StoredBuild, state: ModelState, names: ModelNames) -> ExaminedModel:
    return ExaminedModel(
        info=names.public_info(stored.chosen.info),
        build=stored.build.id,
        state=str(state),
        bytes_on_disk=stored.bytes_on_disk,
        download_bytes=stored.download_bytes,
    )


def _finding(stored: StoredBuild, state: ModelState, names: ModelNames) -> Finding:
    well = state is ModelState.READY
    title = names.public_title(stored.model.title)
    what = f"model {title}, {stored.build.id}"
    if well:
        return Finding(what, well, str(state))
    if not _is_theirs(stored):
        return Finding(what, well, str(state), "It is fetched again when it is next needed.")
    gone = state is ModelState.MISSING
    return Finding(
        what,
        well,
        "its folder is gone" if gone else str(state),
        f"{'Bring its folder back' if gone else 'Repair its folder'}, or remove it from the list.",
    )


def _is_theirs(stored: StoredBuild) -> bool:
    return isinstance(stored.build.source, FolderSource)


def _folder_of(model: CatalogModel) -> Path | None:
    sources = (build.source for build in model.builds)
    return next((source.path for source in sources if isinstance(source, FolderSource)), None)
