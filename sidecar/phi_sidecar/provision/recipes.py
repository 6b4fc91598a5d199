"""The runtime environments that the product knows how to make."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from phi_sidecar.provision.npu_build import NpuLibraryBuild
from phi_sidecar.provision.source_build import SourceBuild


@dataclass(frozen=True)
class Recipe:
    """One runtime environment.

    Attributes:
        name: as backends name it.
        title: what it is, for people, in the middle of a sentence.
        runtime: the modules whose import shows that it works, as after `import`.
        lock: pinned requirements with hashes, for every platform.
        file_bytes: sizes of the wheels and source archives by file name, recorded with the lock.
        growth: how many times the packed packages' size the installed files take.
        build: how the package is built that has no wheel for some machines.
    """

    name: str
    title: str
    runtime: str
    lock: str
    file_bytes: Mapping[str, int]
    growth: float = 3.5
    build: SourceBuild | None = None


def known_recipes() -> Mapping[str, Recipe]:
    """Read the recipes that ship with the package."""
    recipes = (
        # Growth is what was measured on Linux with Python 3.11, and a little: bytecode comes when
        # modules are first used.
        _shipped("openvino", "the OpenVINO runtime", "openvino_genai", growth=3.5),
        _shipped("directml", "ONNX Runtime GenAI", "onnxruntime_genai", growth=3.5),
        _shipped(
            "npu",
            "the Intel NPU Acceleration Library",
            "intel_npu_acceleration_library",
            growth=4.0,
            build=NpuLibraryBuild(),
        ),
        _shipped(
            "convert",
            "Optimum Intel and the tools that convert models",
            "optimum.intel.openvino, nncf, onnxruntime_genai.models.builder",
            growth=4.0,
        ),
    )
    return MappingProxyType({recipe.name: recipe for recipe in recipes})


def _shipped(
    name: str, title: str, runtime: str, *, growth: float, build: SourceBuild | None = None
) -> Recipe:
    locks = files(__package__).joinpath("locks")
    sizes = json.loads(locks.joinpath(f"{name}.sizes.json").read_text(encoding="utf-8"))
    return Recipe(
        name=name,
        title=title,
        runtime=runtime,
        lock=locks.joinpath(f"{name}.txt").read_text(encoding="utf-8"),
        file_bytes=sizes,
        growth=growth,
        build=build,
    )
