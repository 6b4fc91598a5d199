"""Say where a lock file's pins are not what pyproject.toml asks for."""

import re
import sys
import tomllib
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


def complaints(lock: str, asked: list[str]) -> list[str]:
    """Return a line for each requirement that the lock does not meet."""
    locked = pins(ROOT / lock)
    wrong = []
    for requirement in map(Requirement, asked):
        versions = locked.get(canonicalize_name(requirement.name), set())
        if not versions or not all(map(requirement.specifier.contains, versions)):
            wrong.append(f"{lock} has {sorted(versions) or 'nothing'} for {requirement}")
    return wrong


def main() -> None:
    """Print the complaints; end with 1 if there are any."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    hub = extras.pop("hub")
    locks = {
        "requirements/sidecar.txt": base + hub,
        "requirements/dev.txt": base + hub + project["dependency-groups"]["dev"],
        # All other extras are runtimes' environments.
        **{
            f"sidecar/phi_sidecar/provision/locks/{name}.txt": base + extra
            for name, extra in extras.items()
        },
    }
    wrong = [line for lock, asked in locks.items() for line in complaints(lock, asked)]
    sys.stdout.write("".join(f"{line}: npm run lock\n" for line in wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
