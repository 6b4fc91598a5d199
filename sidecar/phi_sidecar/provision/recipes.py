"""The runtime environments that the product knows how to make."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class Recipe:
    """One runtime environment.

    Attributes:
        name: as backends name it.
        title: what it is, for people, in the middle of a sentence.
        runtime: the module whose import shows that it works.
        lock: pinned requirements with hashes, for every platform.
        wheel_bytes: sizes of the wheels by file name, recorded with the lock.
    """

    name: str
    title: str
    runtime: str
    lock: str
    wheel_bytes: Mapping[str, int]


def known_recipes() -> Mapping[str, Recipe]:
    """Read the recipes that ship with the package."""
    return MappingProxyType(
        {
            "openvino": _shipped("openvino", "the OpenVINO runtime", "openvino_genai"),
        }
    )


def _shipped(name: str, title: str, runtime: str) -> Recipe:
    locks = files(__package__).joinpath("locks")
    sizes = json.loads(locks.joinpath(f"{name}.sizes.json").read_text(encoding="utf-8"))
    return Recipe(
        name=name,
        title=title,
        runtime=runtime,
        lock=locks.joinpath(f"{name}.txt").read_text(encoding="utf-8"),
        wheel_bytes=sizes,
    )
