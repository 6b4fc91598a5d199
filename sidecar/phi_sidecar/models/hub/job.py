"""What the agent is asked to do, and what it tells: both processes know these, as lines of JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FIRST_WAIT_S = 1.0


@dataclass(frozen=True)
class Job:
    """Files of one folder of a repository.

    Attributes:
        revision: a commit, or a branch.
        subfolder: the folder; empty for the repository's root.
        files: patterns of their names in it.
        folder: where they are fetched to; None to look only at what there is.
        first_wait_s: before something that failed for the moment is tried again; then twice that.
    """

    repository: str
    revision: str
    subfolder: str
    files: tuple[str, ...]
    folder: str | None
    first_wait_s: float = FIRST_WAIT_S


@dataclass(frozen=True)
class Listed:
    """The hub told which files there are.

    Attributes:
        revision: the commit.
        sizes: bytes of each file, by its path in the folder.
    """

    revision: str
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Checking:
    """Files that are there already are read and compared."""


@dataclass(frozen=True)
class Arrived:
    """How many bytes of all the files are there."""

    bytes: int


@dataclass(frozen=True)
class Waiting:
    """Something failed for the moment; it is tried again after a pause."""

    reason: str


@dataclass(frozen=True)
class Done:
    """All files are there, whole and right.

    Attributes:
        revision: the commit that they are of.
        sha256: of each, by its path in the folder.
    """

    revision: str
    sha256: Mapping[str, str]


@dataclass(frozen=True)
class Failed:
    """It cannot be done; what is right of the files stays for the next time."""

    reason: str
    remedy: str


Told = Listed | Checking | Arrived | Waiting | Done | Failed

_KINDS: dict[str, type[Told]] = {
    kind.__name__: kind for kind in (Listed, Checking, Arrived, Waiting, Done, Failed)
}


def write_job(job: Job) -> str:
    """Turn a job into a line."""
    return json.dumps(asdict(job))


def read_job(line: str) -> Job:
    """Read a job from its line."""
    raw = json.loads(line)
    return Job(**raw | {"files": tuple(raw["files"])})


def write_told(told: Told) -> str:
    """Turn what is told into a line."""
    return json.dumps({type(told).__name__: asdict(told)})


def read_told(line: str) -> Told | None:
    """Read what was told from its line; None if it is something else that was printed."""
    try:
        ((kind, fields),) = json.loads(line).items()
        return _KINDS[kind](**fields)
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def whole_in(downloads: Path) -> Path:
    """Return the folder in which an agent collects whole files."""
    return downloads / "whole"


def parts_in(downloads: Path) -> Path:
    """Return the folder in which an agent keeps what it has of a file so far."""
    return downloads / "parts"
