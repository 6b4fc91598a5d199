"""Other people's code on this machine, under licences that permit it: `sources.toml`."""

import sysconfig
import tomllib
from collections.abc import Sequence
from pathlib import Path

from quality.cutting import Source

LIST = Path(__file__).with_name("sources.toml")
_CHECKOUT = Path(__file__).parents[2]


def code_files() -> Sequence[Source]:
    """Return the files that are there."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    found: list[Source] = []
    for root, entry in listed.items():
        folder = _root(root.partition("-js")[0].partition("-cpp")[0])
        for by_package in entry["files"].values():
            for package, files in by_package.items():
                for file in files:
                    path = folder / package / file
                    if path.is_file():
                        name = f"{root}/{(Path(package) / file).as_posix()}"
                        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
                        source = Source(entry["group"], name, entry["language"], text)
                        found.append(source)
    return found


def _root(name: str) -> Path:
    match name:
        case "stdlib":
            return Path(sysconfig.get_path("stdlib"))
        case "include":
            return Path(sysconfig.get_path("include"))
        case "site-packages":
            return Path(sysconfig.get_path("purelib"))
        case "node_modules":
            return _CHECKOUT / "node_modules"
        case _:
            raise ValueError(name)
