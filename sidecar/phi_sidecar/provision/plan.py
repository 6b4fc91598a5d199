"""What a lock means on one machine: which packages, how large, under which name."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_wheel_filename,
)

_LIGHT_BYTES = 1_000_000
# 84 MB of wheels became 270 MB of files for OpenVINO GenAI 2026.4 on Linux.
_GROWTH_ON_INSTALL = 3.5
_INSTALL_BYTES_UNKNOWN = 1_500_000_000

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_COMMENT = re.compile(r"(^|\s)#.*$")


@dataclass(frozen=True)
class Pin:
    """A package that will be fetched.

    Attributes:
        name: as the registries normalize it.
        sha256: the hashes of all its files, for every platform.
        bytes: size of the wheel for this machine; None where it was not recorded.
    """

    name: NormalizedName
    version: str
    sha256: frozenset[str]
    bytes: int | None

    @property
    def requirement(self) -> str:
        """The line that asks for just this."""
        hashes = " ".join(f"--hash=sha256:{digest}" for digest in sorted(self.sha256))
        return f"{self.name}=={self.version} {hashes}"


@dataclass(frozen=True)
class Target:
    """The Python that the packages are for.

    Attributes:
        markers: what requirement markers are evaluated against.
        tags: the wheel tags that it takes, best first.
        tag: its implementation and version, such as `cpython-311`.
        platform: such as `linux-x86_64`.
    """

    markers: Mapping[str, str]
    tags: Sequence[Tag]
    tag: str
    platform: str


@dataclass(frozen=True)
class Plan:
    """What will be in an environment.

    Attributes:
        key: differs where lock, Python or platform differ; fit for a folder's name.
    """

    pins: tuple[Pin, ...]
    key: str

    @property
    def download_bytes(self) -> int | None:
        """Size of all wheels; None where one is unknown."""
        return total_bytes(self.pins)

    @property
    def install_bytes(self) -> int:
        """About how much the installed files take."""
        wheels = self.download_bytes
        return _INSTALL_BYTES_UNKNOWN if wheels is None else int(wheels * _GROWTH_ON_INSTALL)


def make_plan(lock: str, wheel_bytes: Mapping[str, int], target: Target) -> Plan:
    """Read a lock: pinned requirements with hashes, as `pip install -r` takes them.

    `wheel_bytes` says the sizes of wheels by file name, for as many as are known.
    """
    sizes = _sizes_for(target.tags, wheel_bytes)
    pins = []
    for line in _joined_lines(lock):
        requirement = Requirement(_HASH.sub("", line).strip())
        if requirement.marker and not requirement.marker.evaluate(_full(target.markers)):
            continue
        name = canonicalize_name(requirement.name)
        version = str(requirement.specifier).removeprefix("==")
        pins.append(
            Pin(
                name=name,
                version=version,
                sha256=frozenset(_HASH.findall(line)),
                bytes=sizes.get((name, version)),
            )
        )
    seed = "\n".join([target.tag, target.platform, *(pin.requirement for pin in pins)])
    key = f"{target.tag}-{hashlib.sha256(seed.encode()).hexdigest()[:12]}"
    return Plan(pins=tuple(pins), key=key)


def batches(pins: Iterable[Pin]) -> list[tuple[Pin, ...]]:
    """Share the pins out over downloads: what is interrupted is lost whole, so keep those small.

    Light packages go together, because each download costs a process; every other goes alone.
    The largest come first, so that nothing is left to wait for at the end.
    """
    pins = list(pins)
    light = tuple(pin for pin in pins if pin.bytes is not None and pin.bytes < _LIGHT_BYTES)
    heavy = [pin for pin in pins if pin not in light]
    heavy.sort(key=lambda pin: pin.bytes if pin.bytes is not None else _LIGHT_BYTES, reverse=True)
    return [*((pin,) for pin in heavy), *([light] if light else [])]


def total_bytes(pins: Iterable[Pin]) -> int | None:
    """Add up the sizes; None where one is unknown."""
    total = 0
    for pin in pins:
        if pin.bytes is None:
            return None
        total += pin.bytes
    return total


def _joined_lines(lock: str) -> Iterable[str]:
    """Yield each requirement with its continuation lines, without comments."""
    joined = ""
    for raw in lock.splitlines():
        line = _COMMENT.sub("", raw).rstrip()
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        joined += line
        if joined.strip():
            yield joined.strip()
        joined = ""
    if joined.strip():
        yield joined.strip()


def _full(markers: Mapping[str, str]) -> dict[str, str]:
    return {**default_environment(), **markers}  # type: ignore[dict-item]


def _sizes_for(
    tags: Sequence[Tag], wheel_bytes: Mapping[str, int]
) -> dict[tuple[NormalizedName, str], int]:
    """Pick, for each package, the size of the wheel that suits the machine best."""
    preference = {tag: place for place, tag in enumerate(tags)}
    best: dict[tuple[NormalizedName, str], tuple[int, int]] = {}
    for filename, size in wheel_bytes.items():
        try:
            name, version, _, wheel_tags = parse_wheel_filename(filename)
        except InvalidWheelFilename:
            continue
        places = [preference[tag] for tag in wheel_tags if tag in preference]
        if not places:
            continue
        key = (name, str(version))
        candidate = (min(places), size)
        best[key] = min(best.get(key, candidate), candidate)
    return {key: size for key, (_, size) in best.items()}
