"""Compares what the catalog says of a model hub's repositories with what the hub says."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.models.catalog import Build, CatalogModel, Format, HubSource
from phi_sidecar.models.hub.fetching import look_up
from phi_sidecar.models.hub.job import Listed

_AT_ONCE = 4
_TOLERANCE = 0.1
"""How far the catalog's sizes, meant for people, may be off."""

_NEEDED = {
    Format.GGUF: ("*.gguf",),
    Format.OPENVINO: (
        "openvino_model.xml",
        "openvino_model.bin",
        "openvino_tokenizer.xml",
        "openvino_detokenizer.xml",
        "tokenizer_config.json",
    ),
    Format.ONNX: ("genai_config.json", "*.onnx", "tokenizer.json"),
    Format.TRANSFORMERS: ("config.json", "*.safetensors", "tokenizer_config.json"),
}
"""What has to be among a build's files, by its form."""


@dataclass(frozen=True)
class Verified:
    """What came of looking up one build.

    Attributes:
        revision: the commit that the catalog's revision stands for; None if it is not there.
        bytes: what would be transferred.
        differences: in sentences for people; empty if all is as the catalog says.
    """

    model: CatalogModel
    build: Build
    source: HubSource
    revision: str | None
    bytes: int | None
    differences: tuple[str, ...]


async def verify_catalog(models: Iterable[CatalogModel]) -> Sequence[Verified]:
    """Look up every build that comes from a model hub."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def verify(model: CatalogModel, build: Build, source: HubSource) -> Verified:
        async with slots:
            try:
                listed = await look_up(source)
            except PhiSidecarError as error:
                return Verified(model, build, source, None, None, (f"{error} {error.remedy}",))
        size = sum(listed.sizes.values())
        told = tuple(differences(build, source, listed))
        return Verified(model, build, source, listed.revision, size, told)

    return await asyncio.gather(
        *(
            verify(model, build, build.source)
            for model in models
            for build in model.builds
            if isinstance(build.source, HubSource)
        )
    )


def differences(build: Build, source: HubSource, listed: Listed) -> Iterable[str]:
    """Say what is not as the catalog has it."""
    for needed in _NEEDED[build.format]:
        if not any(fnmatchcase(path, needed) for path in listed.sizes):
            yield f"It holds no {needed}."
    size = sum(listed.sizes.values())
    if abs(size - source.bytes) > _TOLERANCE * source.bytes:
        yield f"It has {size / 1e9:.2f} GB; the catalog says {source.bytes / 1e9:.2f} GB."
