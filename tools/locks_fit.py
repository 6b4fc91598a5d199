"""Say where a lock file's pins are not what pyproject.toml asks for."""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, set[str]]:
    """Return each locked package's versions; several where markers tell them apart."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(lock.read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def unmet(lock: str, locked: Mapping[str, set[str]], asked: Iterable[str]) -> list[str]:
    """Return a line for each requirement that the lock does not meet."""
    wrong = []
    for requirement in map(Requirement, asked):
        versions = locked.get(canonicalize_name(requirement.name), set())
        if not versions or not all(map(requirement.specifier.contains, versions)):
            wrong.append(f"{lock} has {sorted(versions) or 'nothing'} for {requirement}")
    return wrong


def unasked(lock: str, locked: Iterable[str], asked: Iterable[str]) -> list[str]:
    """Return a line for each package of a lock without dependencies that nobody asks for."""
    names = {canonicalize_name(Requirement(each).name) for each in asked}
    return [f"{lock} has {name}, which nothing asks for" for name in locked if name not in names]


def complaints(root: Path) -> list[str]:
    """Return what is wrong with the locks of a checkout."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    base = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    beside = extras.pop("hub") + extras.pop("code")
    groups = project["dependency-groups"]
    dev = groups.pop("dev")
    installed = {
        "requirements/sidecar.txt": base + beside,
        "requirements/dev.txt": base + beside + dev,
        # All other extras are runtimes' environments.
        **{
            f"sidecar/phi_sidecar/provision/locks/{name}.txt": base + extra
            for name, extra in extras.items()
        },
    }
    # All other groups are of packages that are unpacked and never installed.
    unpacked = {f"requirements/{name}.txt": group for name, group in groups.items()}
    wrong = []
    for lock, asked in (installed | unpacked).items():
        locked = pins(root / lock)
        wrong += unmet(lock, locked, asked)
        wrong += unasked(lock, locked, asked) if lock in unpacked else []
    return wrong


def main() -> None:
    """Print the complaints; end with 1 if there are any."""
    wrong = complaints(ROOT)
    sys.stdout.write("".join(f"{line}: npm run lock\n" for line in wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
