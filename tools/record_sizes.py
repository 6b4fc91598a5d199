"""Record the sizes of the wheels that a lock pins, for progress and the check of the disk.

Called by `npm run lock` as `python record_sizes.py LOCK PYLOCK`: the lock that pip reads, and uv's
pylock.toml of the same packages, which names every wheel with its size.
"""

import json
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit


def record(lock: Path, resolved: Path) -> None:
    """Write `<lock>.sizes.json` beside a lock: wheel file name to size in bytes."""
    packages = tomllib.loads(resolved.read_text(encoding="utf-8"))["packages"]
    sizes = {
        unquote(urlsplit(wheel["url"]).path.rpartition("/")[2]): wheel["size"]
        for package in packages
        for wheel in package.get("wheels", [])
        if "size" in wheel
    }
    text = json.dumps(dict(sorted(sizes.items())), indent=1)
    lock.with_suffix(".sizes.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]), Path(sys.argv[2]))
