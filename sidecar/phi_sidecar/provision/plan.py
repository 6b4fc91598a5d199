"""What a lock means on one machine: which packages, how large, under which name."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

_LIGHT_BYTES = 1_000_000
_INSTALL_BYTES_UNKNOWN = 1_500_000_000

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_COMMENT = re.compile(r"(^|\s)#.*$")


class Form(StrEnum):
    """In which form a package comes to this machine."""

    WHEEL = "wheel"
    SOURCE = "source"
    """There is no wheel for it: its source archive is fetched, and built here."""
    NONE = "none"
    """Its wheels are for other Pythons or machines."""


@dataclass(frozen=True)
class Pin:
    """A package that will be fetched.

    Attributes:
        name: as the registries normalize it.
        sha256: the hashes of all its files, for every platform.
        bytes: size of the file for this machine; None where it was not recorded.
    """

    name: NormalizedName
    version: str
    sha256: frozenset[str]
    bytes: int | None
    form: Form = Form.WHEEL

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
        growth: how many times the packed packages' size the installed files take.
    """

    pins: tuple[Pin, ...]
    key: str
    growth: float

    @property
    def download_bytes(self) -> int | None:
        """Size of all that is fetched; None where one size is unknown."""
        return total_bytes(self.pins)

    @property
    def install_bytes(self) -> int:
        """About how much the installed files take."""
        packed = self.download_bytes
        return _INSTALL_BYTES_UNKNOWN if packed is None else int(packed * self.growth)

    @property
    def built(self) -> tuple[Pin, ...]:
        """What comes as source and is built here."""
        return tuple(pin for pin in self.pins if pin.form is Form.SOURCE)

    @property
    def unavailable(self) -> tuple[Pin, ...]:
        """What cannot be had for this Python and machine."""
        return tuple(pin for pin in self.pins if pin.form is Form.NONE)


def make_plan(
    lock: str, file_bytes: Mapping[str, int], target: Target, *, growth: float = 3.5
) -> Plan:
    """Read a lock: pinned requirements with hashes, as `pip install -r` takes them.

    `file_bytes` says the sizes of wheels and source archives by file name. A package of which it
    knows none counts as one with a wheel for every machine.
    """
    files = _files_for(target.tags, file_bytes)
    pins = []
    for line in _joined_lines(lock):
        requirement = Requirement(_HASH.sub("", line).strip())
        if requirement.marker and not requirement.marker.evaluate(_full(target.markers)):
            continue
        name = canonicalize_name(requirement.name)
        version = str(requirement.specifier).removeprefix("==")
        chosen = files.get((name, version))
        pins.append(
            Pin(
                name=name,
                version=version,
                sha256=frozenset(_HASH.findall(line)),
                bytes=None if chosen is None else chosen.bytes,
                form=Form.WHEEL if chosen is None else chosen.form,
            )
        )
    seed = "\n".join([target.tag, target.platform, *(pin.requirement for pin in pins)])
    key = f"{target.tag}-{hashlib.sha256(seed.encode()).hexdigest()[:12]}"
    return Plan(pins=tuple(pins), key=key, growth=growth)


def batches(pins: Iterable[Pin]) -> list[tuple[Pin, ...]]:
    """Share the pins out over downloads: what is interrupted is lost whole, so keep those small.

    Light wheels go together, because each download costs a process; all else goes alone.
    The largest come first, so that nothing is left to wait for at the end.
    """
    pins = list(pins)
    light = tuple(
        pin
        for pin in pins
        if pin.form is Form.WHEEL and pin.bytes is not None and pin.bytes < _LIGHT_BYTES
    )
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


@dataclass(frozen=True)
class _File:
    """One that could be fetched for a pin; what sorts first suits the machine best."""

    rank: int
    bytes: int | None
    form: Form


def _files_for(
    tags: Sequence[Tag], file_bytes: Mapping[str, int]
) -> dict[tuple[NormalizedName, str], _File]:
    """Pick, for each package that is known at all, the file that suits the machine best."""
    preference = {tag: place for place, tag in enumerate(tags)}
    best: dict[tuple[NormalizedName, str], _File] = {}
    for filename, size in file_bytes.items():
        try:
            key, file = _file(filename, size, preference)
        except (InvalidWheelFilename, InvalidSdistFilename):
            continue
        if key not in best or file.rank < best[key].rank:
            best[key] = file
    return best


def _file(
    filename: str, size: int, preference: Mapping[Tag, int]
) -> tuple[tuple[NormalizedName, str], _File]:
    if not filename.endswith(".whl"):
        name, version = parse_sdist_filename(filename)
        return (name, str(version)), _File(len(preference), size, Form.SOURCE)
    name, version, _, wheel_tags = parse_wheel_filename(filename)
    places = [preference[tag] for tag in wheel_tags if tag in preference]
    if not places:
        return (name, str(version)), _File(len(preference) + 1, None, Form.NONE)
    return (name, str(version)), _File(min(places), size, Form.WHEEL)
