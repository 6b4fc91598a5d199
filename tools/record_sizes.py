"""Record the sizes of the files that a lock pins, for progress and the check of the disk.

Called by `npm run lock` as `python record_sizes.py LOCK PYLOCK`: the lock that pip reads, and uv's
pylock.toml of the same packages, which names every wheel with its size.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


def record(lock: Path, resolved: Path) -> None:
    """Write `<lock>.sizes.json` beside a lock: file name to size in bytes.

    Source archives are among them only where a package has no wheel for Linux: it is built there.
    """
    packages = tomllib.loads(resolved.read_text(encoding="utf-8"))["packages"]
    sizes = {
        _file_name(file["url"]): file["size"]
        for package in packages
        for file in (*package.get("wheels", []), *_source_to_build(package))
        if "size" in file
    }
    text = json.dumps(dict(sorted(sizes.items())), indent=1) + "\n"
    lock.with_suffix(".sizes.json").write_text(text, encoding="utf-8", newline="\n")


def _source_to_build(package: dict[str, Any]) -> list[dict[str, Any]]:
    names = [_file_name(wheel["url"]) for wheel in package.get("wheels", [])]
    if any("linux" in name or name.endswith("-any.whl") for name in names):
        return []
    # Packages for Windows alone have no archive either.
    return [package["sdist"]] if "sdist" in package else []


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


if __name__ == "__main__":
    record(Path(sys.argv[1]), Path(sys.argv[2]))
